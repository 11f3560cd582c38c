import type { Kernels } from "./kernels.ts";
import { activationKernels } from "./reference/activation.ts";
import { attentionKernels } from "./reference/attention.ts";
import { histogramKernels } from "./reference/histogram.ts";
import { layerNormKernels } from "./reference/layer-norm.ts";
import { lstmKernels } from "./reference/lstm.ts";
import { matrixKernels } from "./reference/matrix.ts";
import { optimiserKernels } from "./reference/optimiser.ts";
import { randomKernels } from "./reference/random.ts";
import { rowKernels } from "./reference/rows.ts";
import { splitKernels } from "./reference/split.ts";
import { sumKernels } from "./reference/sums.ts";
import { viewsOf } from "./reference/views.ts";

/** The kernels as scalar TypeScript: slow, plain, and the oracle of the compiled ones. */
export function referenceKernels(memory: { readonly buffer: ArrayBufferLike }): Kernels {
  const views = viewsOf(memory);
  return {
    ...activationKernels(views),
    ...attentionKernels(views),
    ...histogramKernels(views),
    ...layerNormKernels(views),
    ...lstmKernels(views),
    ...matrixKernels(views),
    ...optimiserKernels(views),
    ...randomKernels(views),
    ...rowKernels(views),
    ...splitKernels(views),
    ...sumKernels(views),
  };
}
