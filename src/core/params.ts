import { suggest, VolterraError } from "./errors.ts";

/** Values that text parameters may take, by name; others take any text. */
export type Choices = Readonly<Record<string, readonly string[]>>;

/**
 * Given parameters over their defaults. Throws `VolterraError("SPEC")` for an unknown name or choice, with a suggestion,
 * and for a value of another type than its default.
 */
export function fillParams<P extends object>(
  owner: string,
  { params: defaults, choices = {} }: { readonly params: P; readonly choices?: Choices },
  given: object,
): P {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in defaults)) {
      throw new VolterraError(
        "SPEC",
        `${owner} has no parameter "${name}"`,
        suggest(name, Object.keys(defaults)),
      );
    }
    const expected = typeof (defaults as Record<string, unknown>)[name];
    if (typeof value !== expected) {
      throw new VolterraError(
        "SPEC",
        `${owner}: ${name} is ${JSON.stringify(value)}, not a ${expected}`,
      );
    }
    const allowed = choices[name];
    if (allowed && !allowed.includes(value as string)) {
      throw new VolterraError(
        "SPEC",
        `${owner}: ${name} cannot be "${value}"`,
        suggest(String(value), allowed),
      );
    }
  }
  return { ...defaults, ...given };
}
