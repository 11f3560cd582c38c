import type { Kernels } from "../kernels.ts";
import { erf, exp, gelu, geluSlope, log, tanh } from "./elements.ts";
import type { Views } from "./views.ts";

type Names =
  | "expMany"
  | "logMany"
  | "erfMany"
  | "relu"
  | "tanhMany"
  | "geluMany"
  | "reluBackward"
  | "tanhBackward"
  | "geluBackward";

export function activationKernels(views: () => Views): Pick<Kernels, Names> {
  const many =
    (apply: (x: number) => number) =>
    (n: number, x: number, y: number): void => {
      const { f32 } = views();
      for (let i = 0; i < n; i++) f32[(y >> 2) + i] = apply(f32[(x >> 2) + i]!);
    };
  const backward =
    (apply: (d: number, x: number) => number) =>
    (n: number, x: number, d: number): void => {
      const { f32 } = views();
      for (let i = 0; i < n; i++) {
        f32[(d >> 2) + i] = apply(f32[(d >> 2) + i]!, f32[(x >> 2) + i]!);
      }
    };
  return {
    expMany: many(exp),
    logMany: many(log),
    erfMany: many(erf),
    relu: many((x) => Math.max(x, 0)),
    tanhMany: many(tanh),
    geluMany: many(gelu),
    reluBackward: backward((d, x) => (x > 0 ? d : 0)),
    tanhBackward: backward((d, y) => d * Math.fround(1 - Math.fround(y * y))),
    geluBackward: backward((d, x) => d * geluSlope(x)),
  };
}
