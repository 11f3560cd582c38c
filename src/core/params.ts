import { suggest, VolterraError } from "./errors.ts";

/**
 * Given parameters over their defaults. Throws `VolterraError("SPEC")` for an unknown name, with a suggestion, and for
 * a value of another type than its default.
 */
export function fillParams<P extends object>(owner: string, defaults: P, given: object): P {
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
  }
  return { ...defaults, ...given };
}
