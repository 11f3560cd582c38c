import { type Day, toDay, toNumber } from "#core";

/** Metrics that are days: numbers inside, ISO dates in JSON. */
const DAY_METRICS: ReadonlySet<string> = new Set([
  "maxDrawdownPeak",
  "maxDrawdownTrough",
  "maxDrawdownRecovery",
]);

/** JSON for results: NaN and infinities as null, typed arrays as arrays, days of metrics as ISO dates. */
export function toJson(value: unknown, indent = 0): string {
  return JSON.stringify(
    value,
    (name, v: unknown) => {
      if (typeof v === "number" && DAY_METRICS.has(name)) return toDay(v);
      if (typeof v === "number" && !Number.isFinite(v)) return null;
      return ArrayBuffer.isView(v)
        ? Array.from(v as Float64Array, (x) => (Number.isFinite(x) ? x : null))
        : v;
    },
    indent,
  );
}

/** What `toJson` wrote, with the days of metrics as numbers again. */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (name, v: unknown) =>
    typeof v === "string" && DAY_METRICS.has(name) ? toNumber(v as Day) : v,
  );
}

/** An array of JSON numbers, null as NaN. */
export function toFloats(values: readonly (number | null)[]): Float64Array {
  return Float64Array.from(values, (x) => x ?? NaN);
}
