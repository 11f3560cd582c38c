import type { Kernels } from "../kernels.ts";
import { exp } from "./elements.ts";
import type { Views } from "./views.ts";

export function rowKernels(
  views: () => Views,
): Pick<Kernels, "divideRows" | "addToRows" | "softprob"> {
  return {
    divideRows(n, index, bins, shift, cut, left, right) {
      const { u32, u8 } = views();
      let lefts = 0;
      for (let q = 0; q < n; q++) {
        const row = u32[(index >> 2) + q]!;
        u32[(left >> 2) + lefts] = row;
        u32[(right >> 2) + q - lefts] = row;
        if (((u8[bins + row]! + shift) & 255) <= cut) lefts++;
      }
      return lefts;
    },
    addToRows(n, index, value, scores) {
      const { u32, f64 } = views();
      for (let q = 0; q < n; q++) f64[(scores >> 3) + u32[(index >> 2) + q]!]! += value;
    },
    softprob(n, width, stride, scores, target, weight, gradients, room) {
      const { f32, f64 } = views();
      const score = (i: number, c: number): number => f64[(scores >> 3) + c * stride + i]!;
      for (let i = 0; i < n; i++) {
        let most = score(i, 0);
        for (let c = 1; c < width; c++) most = Math.max(most, score(i, c));
        for (let c = 0; c < width; c++) f32[(room >> 2) + i * width + c] = score(i, c) - most;
      }
      for (let i = 0; i < ((n * width + 7) & ~7); i++)
        f32[(room >> 2) + i] = exp(f32[(room >> 2) + i]!);
      for (let i = 0; i < n; i++) {
        const e = f32.subarray((room >> 2) + i * width, (room >> 2) + (i + 1) * width);
        const scale = 1 / e.reduce((sum, x) => sum + x, 0);
        const w = f64[(weight >> 3) + i]!;
        for (let c = 0; c < width; c++) {
          const share = e[c]! * scale;
          const pair = (gradients >> 3) + 2 * (c * stride + i);
          f64[pair] = (share - (f64[(target >> 3) + i] === c ? 1 : 0)) * w;
          f64[pair + 1] = Math.max(2 * share * (1 - share), 1e-16) * w;
        }
      }
    },
  };
}
