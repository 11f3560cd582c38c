import type { Kernels } from "../kernels.ts";
import { laneSum, madd } from "./elements.ts";
import type { Views } from "./views.ts";

const f = Math.fround;

export function layerNormKernels(
  views: () => Views,
): Pick<Kernels, "layerNormForward" | "layerNormBackward"> {
  return {
    layerNormForward(rows, n, padded, epsilon, x, gain, shift, hat, y, inverse) {
      const { f32 } = views();
      for (let row = 0; row < rows; row++) {
        const at = row * padded;
        const value = (i: number): number => f32[(x >> 2) + at + i]!;
        const mean = f(laneSum(padded, (i, sum) => f(sum + value(i))) / n);
        const squares = laneSum(padded, (i, sum) => {
          const d = f(value(i) - mean);
          return madd(d, d, sum);
        });
        const extra = f(f(f(padded - n) * mean) * mean);
        const variance = f(f(squares - extra) / n);
        const scale = f(1 / f(Math.sqrt(f(Math.max(variance, 0) + f(epsilon)))));
        f32[(inverse >> 2) + row] = scale;
        for (let i = 0; i < padded; i++) {
          const standard = f(f(value(i) - mean) * scale);
          f32[(hat >> 2) + at + i] = standard;
          f32[(y >> 2) + at + i] = madd(standard, f32[(gain >> 2) + i]!, f32[(shift >> 2) + i]!);
        }
      }
    },
    layerNormBackward(rows, n, padded, gain, hat, inverse, d, dGain, dShift) {
      const { f32 } = views();
      for (let row = 0; row < rows; row++) {
        const at = row * padded;
        const standard = (i: number): number => f32[(hat >> 2) + at + i]!;
        const scaled = new Float32Array(padded);
        for (let i = 0; i < padded; i++) {
          const given = f32[(d >> 2) + at + i]!;
          f32[(dShift >> 2) + i]! += given;
          f32[(dGain >> 2) + i] = madd(given, standard(i), f32[(dGain >> 2) + i]!);
          scaled[i] = given * f32[(gain >> 2) + i]!;
        }
        const mean = f(laneSum(padded, (i, sum) => f(sum + scaled[i]!)) / n);
        const slope = f(laneSum(padded, (i, sum) => madd(scaled[i]!, standard(i), sum)) / n);
        const scale = f32[(inverse >> 2) + row]!;
        for (let i = 0; i < padded; i++) {
          const centred = f(f(scaled[i]! - mean) - f(standard(i) * slope));
          f32[(d >> 2) + at + i] = i < n ? centred * scale : 0;
        }
      }
    },
  };
}
