import type { Kernels } from "../kernels.ts";
import type { Views } from "./views.ts";

export function histogramKernels(views: () => Views): Pick<Kernels, "histogram"> {
  return {
    histogram(n, index, bins, features, first, last, pairs, out) {
      const { u32, u8, f64 } = views();
      for (let q = 0; q < n; q++) {
        const row = u32[(index >> 2) + q]!;
        for (let feature = first; feature < last; feature++) {
          const bin = u8[bins + row * features + feature]!;
          const at = (out >> 3) + ((feature - first) * 256 + bin) * 2;
          f64[at]! += f64[(pairs >> 3) + 2 * row]!;
          f64[at + 1]! += f64[(pairs >> 3) + 2 * row + 1]!;
        }
      }
    },
  };
}
