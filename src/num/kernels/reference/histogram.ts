import type { Kernels } from "../kernels.ts";
import type { Views } from "./views.ts";

/** Numbers from a feature's histogram to the next. */
export const STEP = 520;

export function histogramKernels(views: () => Views): Pick<Kernels, "histogram" | "subtract"> {
  return {
    histogram(n, index, bins, features, first, last, pairs, out) {
      const { u32, u8, f64 } = views();
      for (let q = 0; q < n; q++) {
        const row = u32[(index >> 2) + q]!;
        for (let feature = first; feature < last; feature++) {
          const bin = u8[bins + row * features + feature]!;
          const at = (out >> 3) + (feature - first) * STEP + 2 * bin;
          f64[at]! += f64[(pairs >> 3) + 2 * row]!;
          f64[at + 1]! += f64[(pairs >> 3) + 2 * row + 1]!;
        }
      }
    },
    subtract(n, part, whole) {
      const { f64 } = views();
      for (let i = 0; i < n; i++) f64[(whole >> 3) + i]! -= f64[(part >> 3) + i]!;
    },
  };
}
