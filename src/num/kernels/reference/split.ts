import type { Kernels } from "../kernels.ts";
import { STEP } from "./histogram.ts";
import type { Views } from "./views.ts";

const MISSING = 255;

export function splitKernels(views: () => Views): Pick<Kernels, "bestSplit"> {
  return {
    bestSplit(first, last, histogram, cuts, allowed, best, ...sums) {
      const [g, h, lambda, alpha, least, noise, start, floor] = sums;
      const { f64, u32, u8 } = views();
      const out = best >> 3;
      let most = start;
      f64[out] = -1;
      const shrunk = (slope: number): number => Math.max(Math.abs(slope) - alpha, 0);
      for (let feature = first; feature < last; feature++) {
        if (u8[allowed + feature] === 0) continue;
        const at = (histogram >> 3) + (feature - first) * STEP;
        const count = u32[(cuts >> 2) + feature]!;
        const any = count < MISSING && f64[at + 2 * MISSING + 1]! > noise;
        for (let side = 0; side <= (any ? 1 : 0); side++) {
          let gl = side === 1 ? f64[at + 2 * MISSING]! : 0;
          let hl = side === 1 ? f64[at + 2 * MISSING + 1]! : 0;
          // With missing values to the right, all others to the left is a split as well.
          const end = any && side === 0 ? count + 1 : count;
          for (let bin = 0; bin < end; bin++) {
            gl += f64[at + 2 * bin]!;
            hl += f64[at + 2 * bin + 1]!;
            const hr = h - hl;
            if (hl < least || hr < least) continue;
            const [x, y] = [shrunk(gl), shrunk(g - gl)];
            const [a, b] = [hl + lambda, hr + lambda];
            const gain = (x * x * b + y * y * a) / (a * b);
            if (!(gain > most && gain >= floor)) continue;
            most = gain;
            f64.set([gain, feature, bin, side, gl, hl], out);
          }
        }
      }
    },
  };
}
