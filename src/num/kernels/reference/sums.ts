import type { Kernels } from "../kernels.ts";
import type { Views } from "./views.ts";

const LANES = 8;

export function sumKernels(views: () => Views): Pick<Kernels, "weightedSums"> {
  return {
    weightedSums(n, x, y, weights, sums) {
      const { f64 } = views();
      for (const [row, out] of [
        [x >> 3, sums >> 3],
        [y >> 3, (sums >> 3) + LANES],
      ] as const) {
        for (let lane = 0; lane < LANES; lane++) {
          let total = 0;
          for (let t = 0; t < n; t++)
            total += f64[row + t]! * f64[(weights >> 3) + LANES * t + lane]!;
          f64[out + lane] = total;
        }
      }
    },
  };
}
