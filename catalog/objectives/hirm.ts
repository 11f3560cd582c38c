import { defineObjective, penalise } from "#hedge";

/** 1 − mean cosine over all pairs of environments of their risks' gradients by the last layer. */
export default defineObjective({
  name: "hirm",
  describe:
    "Mean risk plus λ times the disagreement of the environments' gradients at the last layer",
  probe: "gradients",
  penalised: true,
  start: () => (measured) => {
    const { gradients } = measured;
    const lengths = gradients.map((g) => Math.sqrt(Math.max(1e-24, dot(g, g))));
    const units = gradients.map((g, e) => g.map((x) => x / lengths[e]!));
    const n = units.length;
    const pairs = (n * (n - 1)) / 2;
    let cosine = 0;
    const directions = gradients.map((g) => new Float64Array(g.length));
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        if (a === b) continue;
        const c = dot(units[a]!, units[b]!);
        cosine += c / (2 * pairs);
        // ∂(u·v)/∂g = (v − (u·v)·u)/|g|.
        for (let i = 0; i < units[a]!.length; i++) {
          directions[a]![i]! -= (units[b]![i]! - c * units[a]![i]!) / (lengths[a]! * pairs);
        }
      }
    }
    return penalise(measured, n > 1 ? 1 - cosine : 0, { directions });
  },
});

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}
