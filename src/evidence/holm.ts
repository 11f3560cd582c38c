/**
 * Holm's step-down correction: adjusted p-values in the order given, p̃₍ᵢ₎ = max over j ≤ i of min(1, (m − j + 1) p₍ⱼ₎).
 * A hypothesis is rejected at family-wise level α where its adjusted value is ≤ α. Holm, "A simple sequentially
 * rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979) 65–70.
 */
export function holm(pValues: ArrayLike<number>): Float64Array {
  const m = pValues.length;
  const order = Array.from(pValues, (_, i) => i).toSorted((a, b) => pValues[a]! - pValues[b]!);
  const out = new Float64Array(m);
  let largest = 0;
  order.forEach((i, step) => {
    largest = Math.max(largest, Math.min(1, (m - step) * pValues[i]!));
    out[i] = largest;
  });
  return out;
}
