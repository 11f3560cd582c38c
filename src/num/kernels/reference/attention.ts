import type { Kernels } from "../kernels.ts";
import { exp, laneSum, madd } from "./elements.ts";
import type { Views } from "./views.ts";

const f = Math.fround;

function dot(f32: Float32Array, n: number, a: number, b: number): number {
  return laneSum(n, (i, sum) => madd(f32[a + i]!, f32[b + i]!, sum));
}

export function attentionKernels(
  views: () => Views,
): Pick<Kernels, "attentionForward" | "attentionBackward"> {
  return {
    attentionForward(steps, rows, n, u, v, states, shares, context) {
      const { f32 } = views();
      for (let row = 0; row < rows; row++) {
        const share = (t: number): number => (shares >> 2) + t * rows + row;
        const at = (t: number): number => (t * rows + row) * n;
        let highest = -Infinity;
        for (let t = 0; t < steps; t++) {
          const score = dot(f32, n, (u >> 2) + at(t), v >> 2);
          f32[share(t)] = score;
          highest = Math.max(highest, score);
        }
        let total = 0;
        for (let t = 0; t < steps; t++) {
          f32[share(t)] = exp(f(f32[share(t)]! - highest));
          total = f(total + f32[share(t)]!);
        }
        const out = (context >> 2) + row * n;
        f32.fill(0, out, out + n);
        for (let t = 0; t < steps; t++) {
          f32[share(t)]! /= total;
          const state = (states >> 2) + at(t);
          for (let i = 0; i < n; i++) {
            f32[out + i] = madd(f32[share(t)]!, f32[state + i]!, f32[out + i]!);
          }
        }
      }
    },
    attentionBackward(steps, rows, n, u, v, states, shares, dContext, dStates, dv, scratch) {
      const { f32 } = views();
      for (let row = 0; row < rows; row++) {
        const share = (t: number): number => f32[(shares >> 2) + t * rows + row]!;
        const at = (t: number): number => (t * rows + row) * n;
        const dc = (dContext >> 2) + row * n;
        let mean = 0;
        for (let t = 0; t < steps; t++) {
          const d = dot(f32, n, (states >> 2) + at(t), dc);
          f32[(scratch >> 2) + t] = d;
          mean = f(mean + f(d * share(t)));
        }
        for (let t = 0; t < steps; t++) {
          const ds = f(share(t) * f(f32[(scratch >> 2) + t]! - mean));
          for (let i = 0; i < n; i++) {
            const ui = (u >> 2) + at(t) + i;
            const y = f32[ui]!;
            f32[(dv >> 2) + i] = madd(ds, y, f32[(dv >> 2) + i]!);
            f32[ui] = f(ds * f32[(v >> 2) + i]!) * f(1 - f(y * y));
            f32[(dStates >> 2) + at(t) + i] = share(t) * f32[dc + i]!;
          }
        }
      }
    },
  };
}
