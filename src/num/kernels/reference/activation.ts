import type { Kernels } from "../kernels.ts";
import { erf, exp, gelu, geluBend, geluSlope, log, madd, squash } from "./elements.ts";
import type { Views } from "./views.ts";

const f = Math.fround;

type Names =
  | "expMany"
  | "logMany"
  | "erfMany"
  | "relu"
  | "squash"
  | "geluMany"
  | "reluBackward"
  | "tanhBackward"
  | "geluBackward"
  | "tanhCurve"
  | "geluCurve"
  | "addMany";

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
  const curve =
    (bend: (x: number) => number): Kernels["tanhCurve"] =>
    (n, x, a, b, d) => {
      const { f32 } = views();
      for (let i = 0; i < n; i++) {
        const product = Math.fround(f32[(a >> 2) + i]! * f32[(b >> 2) + i]!);
        f32[(d >> 2) + i] = madd(bend(f32[(x >> 2) + i]!), product, f32[(d >> 2) + i]!);
      }
    };
  return {
    expMany: many(exp),
    logMany: many(log),
    erfMany: many(erf),
    relu: many((x) => Math.max(x, 0)),
    squash: (n, x, y, inside, outside, shift) =>
      many((value) => squash(value, f(inside), f(outside), f(shift)))(n, x, y),
    geluMany: many(gelu),
    reluBackward: backward((d, x) => (x > 0 ? d : 0)),
    tanhBackward: backward((d, y) => d * Math.fround(1 - Math.fround(y * y))),
    geluBackward: backward((d, x) => d * geluSlope(x)),
    tanhCurve: curve((y) => Math.fround(Math.fround(y * -2) * Math.fround(1 - Math.fround(y * y)))),
    geluCurve: curve(geluBend),
    addMany: backward((y, x) => y + x),
  };
}
