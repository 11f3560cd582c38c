/** JSON for results: NaN and infinities as null, typed arrays as arrays. */
export function toJson(value: unknown, indent = 0): string {
  return JSON.stringify(
    value,
    (_, v: unknown) => {
      if (typeof v === "number" && !Number.isFinite(v)) return null;
      return ArrayBuffer.isView(v)
        ? Array.from(v as Float64Array, (x) => (Number.isFinite(x) ? x : null))
        : v;
    },
    indent,
  );
}

/** An array of JSON numbers, null as NaN. */
export function toFloats(values: readonly (number | null)[]): Float64Array {
  return Float64Array.from(values, (x) => x ?? NaN);
}
