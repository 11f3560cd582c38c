import type { Kernels } from "../kernels.ts";
import { madd } from "./elements.ts";
import type { Views } from "./views.ts";

const f = Math.fround;

export function optimiserKernels(views: () => Views): Pick<Kernels, "sumShards" | "adam"> {
  return {
    sumShards(n, shards, from, stride, to) {
      const { f32 } = views();
      // Four running sums: elements 0 and 4, 1 and 5, 2 and 6, 3 and 7 of each eight.
      const squares = new Float64Array(4);
      for (let i = 0; i < n; i++) {
        let sum = f32[(from >> 2) + i]!;
        for (let k = 1; k < shards; k++) sum = f(sum + f32[((from + k * stride) >> 2) + i]!);
        f32[(to >> 2) + i] = sum;
        squares[i & 3]! += sum * sum;
      }
      return squares[0]! + squares[2]! + (squares[1]! + squares[3]!);
    },
    adam(n, p, g, m, v, scale, l2, keep, beta1, beta2, rate, correction, epsilon) {
      const { f32 } = views();
      const [b1, b2] = [f(beta1), f(beta2)];
      const [c1, c2] = [f(1 - b1), f(1 - b2)];
      for (let i = 0; i < n; i++) {
        const value = f32[(p >> 2) + i]!;
        const gradient = madd(f32[(g >> 2) + i]!, f(scale), f(value * f(l2)));
        const mean = madd(b1, f32[(m >> 2) + i]!, f(c1 * gradient));
        const square = madd(b2, f32[(v >> 2) + i]!, f(c2 * f(gradient * gradient)));
        f32[(m >> 2) + i] = mean;
        f32[(v >> 2) + i] = square;
        const below = madd(f(Math.sqrt(square)), f(correction), f(epsilon));
        f32[(p >> 2) + i] = f(value * f(keep)) - f(f(f(rate) * mean) / below);
      }
    },
  };
}
