import { suggest, VolterraError } from "./errors.ts";

/** Values that text parameters may take, by name; others take any text. */
export type Choices = Readonly<Record<string, readonly string[]>>;

/** What a number parameter may be: at least, above, at most; a whole number. */
export interface Limit {
  readonly least?: number;
  readonly above?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

/** Limits of number parameters by name; every number must be finite. */
export type Limits = Readonly<Record<string, Limit>>;

/**
 * Given parameters over their defaults. Throws `VolterraError("SPEC")` for an unknown name or choice, with a suggestion,
 * for a value of another type than its default, and for a number outside its limits.
 */
export function fillParams<P extends object>(
  owner: string,
  {
    params: defaults,
    choices = {},
    limits = {},
  }: { readonly params: P; readonly choices?: Choices; readonly limits?: Limits },
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
    if (typeof value === "number") {
      const broken = brokenLimit(value, limits[name] ?? {});
      if (broken) throw new VolterraError("SPEC", `${owner}: ${name} is ${value}`, `${broken}.`);
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

/** What a number breaks, as a sentence without its end. */
function brokenLimit(value: number, { least, above, most, whole }: Limit): string | undefined {
  if (!Number.isFinite(value)) return "It must be finite";
  if (whole && !Number.isInteger(value)) return "It must be a whole number";
  if (least !== undefined && value < least) return `It must be at least ${least}`;
  if (above !== undefined && value <= above) return `It must be above ${above}`;
  if (most !== undefined && value > most) return `It must be at most ${most}`;
  return undefined;
}
