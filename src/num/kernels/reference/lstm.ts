import type { Kernels } from "../kernels.ts";
import { madd, sigmoid, tanh } from "./elements.ts";
import type { Views } from "./views.ts";

const f = Math.fround;

export function lstmKernels(views: () => Views): Pick<Kernels, "lstmForward" | "lstmBackward"> {
  return {
    lstmForward(rows, h, z, before, c, t, out) {
      const { f32 } = views();
      for (let e = 0; e < rows * h; e++) {
        const gate = (z >> 2) + Math.floor(e / h) * 4 * h + (e % h);
        const i = sigmoid(f32[gate]!);
        const forget = sigmoid(f32[gate + h]!);
        const g = tanh(f32[gate + 2 * h]!);
        const o = sigmoid(f32[gate + 3 * h]!);
        const cell = madd(forget, f32[(before >> 2) + e]!, f(i * g));
        const squashed = tanh(cell);
        f32[gate] = i;
        f32[gate + h] = forget;
        f32[gate + 2 * h] = g;
        f32[gate + 3 * h] = o;
        f32[(c >> 2) + e] = cell;
        f32[(t >> 2) + e] = squashed;
        f32[(out >> 2) + e] = o * squashed;
      }
    },
    lstmBackward(rows, h, z, before, t, dh, dc) {
      const { f32 } = views();
      for (let e = 0; e < rows * h; e++) {
        const gate = (z >> 2) + Math.floor(e / h) * 4 * h + (e % h);
        const i = f32[gate]!;
        const forget = f32[gate + h]!;
        const g = f32[gate + 2 * h]!;
        const o = f32[gate + 3 * h]!;
        const squashed = f32[(t >> 2) + e]!;
        const d = f32[(dh >> 2) + e]!;
        const slope = f(1 - f(squashed * squashed));
        const k = madd(f(d * o), slope, f32[(dc >> 2) + e]!);
        f32[gate] = f(k * g) * f(i * f(1 - i));
        f32[gate + h] = f(k * f32[(before >> 2) + e]!) * f(forget * f(1 - forget));
        f32[gate + 2 * h] = f(k * i) * f(1 - f(g * g));
        f32[gate + 3 * h] = f(d * squashed) * f(o * f(1 - o));
        f32[(dc >> 2) + e] = k * forget;
      }
    },
  };
}
