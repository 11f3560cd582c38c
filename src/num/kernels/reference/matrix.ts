import { packedIndex, type Kernels } from "../kernels.ts";
import { madd } from "./elements.ts";
import type { Views } from "./views.ts";

type Names =
  | "matmulZero"
  | "matmulBias"
  | "matmulBiasRelu"
  | "matmulAccumulate"
  | "matmulMask"
  | "matmulTransposed"
  | "transpose"
  | "columnSums";

const zero = (): number => 0;
const bias = (f32: Float32Array, _: number, extra: number, j: number): number => f32[extra + j]!;
const sumOnly = (_: Float32Array, sum: number): number => sum;

/** Matrix products: every sum runs over its inner index in order, from its start value. */
export function matrixKernels(views: () => Views): Pick<Kernels, Names> {
  const product =
    (
      from: (f32: Float32Array, c: number, extra: number, column: number) => number,
      store: (f32: Float32Array, sum: number, extra: number) => number,
    ): Kernels["matmulZero"] =>
    (m, n, k, a, aStride, b, c, cStride, extra) => {
      const { f32 } = views();
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          const at = ((c + i * cStride) >> 2) + j;
          let sum = from(f32, at, extra >> 2, j);
          for (let q = 0; q < k; q++) {
            const left = f32[((a + i * aStride) >> 2) + q]!;
            sum = madd(left, f32[(b >> 2) + packedIndex(k, n, q, j)]!, sum);
          }
          f32[at] = store(f32, sum, ((extra + i * cStride) >> 2) + j);
        }
      }
    };
  return {
    matmulZero: product(zero, sumOnly),
    matmulBias: product(bias, sumOnly),
    matmulBiasRelu: product(bias, (_, sum) => Math.max(sum, 0)),
    matmulAccumulate: product((f32, c) => f32[c]!, sumOnly),
    matmulMask: product(zero, (f32, sum, extra) => (f32[extra]! > 0 ? sum : 0)),
    matmulTransposed(m, n, k, a, aStride, d, dStride, c) {
      const { f32 } = views();
      for (let i = 0; i < k; i++) {
        for (let j = 0; j < n; j++) {
          const at = (c >> 2) + packedIndex(k, n, i, j);
          let sum = f32[at]!;
          for (let q = 0; q < m; q++) {
            const left = f32[((a + q * aStride) >> 2) + i]!;
            sum = madd(left, f32[((d + q * dStride) >> 2) + j]!, sum);
          }
          f32[at] = sum;
        }
      }
    },
    transpose(k, n, outputs, kPadded, from, to) {
      const { f32 } = views();
      for (let i = 0; i < kPadded; i++) {
        for (let j = 0; j < outputs; j++) {
          const value = i < k ? f32[(from >> 2) + packedIndex(k, n, i, j)]! : 0;
          f32[(to >> 2) + packedIndex(outputs, kPadded, j, i)] = value;
        }
      }
    },
    columnSums(rows, n, d, stride, sums) {
      const { f32 } = views();
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < n; j++) f32[(sums >> 2) + j]! += f32[((d + i * stride) >> 2) + j]!;
      }
    },
  };
}
