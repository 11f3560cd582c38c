import { padded } from "#num";
import {
  type Matrix,
  type Pass,
  type Signal,
  product,
  productBack,
  productGradient,
} from "../block.ts";

/** The weights of one layer; gates lie in PyTorch's order, i f g o, each `units` columns wide. */
export interface LstmLayer {
  readonly input: Matrix;
  readonly recurrent: Matrix;
  readonly bias: number;
  readonly hidden: number;
  /** Hidden units padded to eight. */
  readonly units: number;
  readonly dropout: number;
  readonly stream: number;
}

/** Results of a layer: gates (dz on the way back), cells with the zero state before step 0, tanh of the cells, outputs. */
export interface LstmStates {
  readonly gates: number;
  readonly cells: number;
  readonly squashed: number;
  readonly outputs: number;
  /** Outputs after dropout. */
  readonly y: number;
}

/** One layer over all steps. */
export function forwardLayer(pass: Pass, layer: LstmLayer, x: Signal): LstmStates {
  const { kernels, arena, scratch, values } = pass;
  const { units, input, recurrent } = layer;
  const { steps, rows } = x;
  const n = rows * units;
  const gates = scratch.take(4 * steps * n);
  const cells = scratch.take((steps + 1) * n);
  const squashed = scratch.take(steps * n);
  const outputs = scratch.take(steps * n);
  arena.f32(cells, n).fill(0);
  const all = { at: x.at, rows: steps * rows, stride: 4 * padded(input.inputs) };
  const weights = { matrix: input, base: values };
  product(pass, "matmulBias", all, weights, { at: gates, extra: values + 4 * layer.bias });
  for (let t = 0; t < steps; t++) {
    const z = gates + 16 * t * n;
    const here = 4 * t * n;
    if (t > 0) {
      const before = { at: outputs + here - 4 * n, rows, stride: 4 * units };
      product(pass, "matmulAccumulate", before, { matrix: recurrent, base: values }, { at: z });
    }
    kernels.lstmForward(
      ...([rows, units, z, cells + here] as const),
      ...([cells + here + 4 * n, squashed + here, outputs + here] as const),
    );
  }
  return { gates, cells, squashed, outputs, y: dropSteps(pass, layer, x, outputs) };
}

/** The gradient by the layer's input; replaces the gates by their gradients. */
export function backwardLayer(
  pass: Pass,
  layer: LstmLayer,
  { x, kept, dy }: { x: Signal; kept: LstmStates; dy: number },
): number {
  const { kernels, arena, scratch, transposed, gradient } = pass;
  const { units, input, recurrent } = layer;
  const { steps, rows } = x;
  const n = rows * units;
  dropSteps(pass, layer, x, dy, dy);
  const dc = scratch.take(n);
  arena.f32(dc, n).fill(0);
  for (let t = steps - 1; t >= 0; t--) {
    const here = 4 * t * n;
    const z = kept.gates + 16 * t * n;
    const d = dy + here;
    if (t < steps - 1) {
      // What the next step says of this output, and what the layer above says.
      const next = { at: z + 16 * n, rows };
      const weights = { matrix: recurrent, base: transposed };
      productBack(pass, "matmulAccumulate", next, weights, { at: d });
    }
    kernels.lstmBackward(rows, units, z, kept.cells + here, kept.squashed + here, d, dc);
  }
  const all = steps * rows;
  const stride = 4 * padded(input.inputs);
  productGradient(pass, { at: x.at, rows: all, stride }, kept.gates, input);
  const before = { at: kept.outputs, rows: all - rows, stride: 4 * units };
  productGradient(pass, before, kept.gates + 16 * n, recurrent);
  kernels.columnSums(all, 4 * units, kept.gates, 16 * units, gradient + 4 * layer.bias);
  const dx = scratch.take((all * stride) / 4);
  productBack(
    pass,
    "matmulZero",
    { at: kept.gates, rows: all },
    { matrix: input, base: transposed },
    { at: dx },
  );
  return dx;
}

/** Dropout of a layer's outputs step by step; returns where they are afterwards. */
export function dropSteps(pass: Pass, layer: LstmLayer, x: Signal, from: number, to = 0): number {
  const { dropout, scratch, kernels } = pass;
  if (!dropout || layer.dropout === 0) return from;
  const n = x.rows * layer.units;
  const out = to || scratch.take(x.steps * n);
  const threshold = Math.round(layer.dropout * 2 ** 32);
  for (let t = 0; t < x.steps; t++) {
    const at = 4 * t * n;
    kernels.dropout(
      ...([x.rows, layer.units, dropout.key, dropout.first, layer.stream * 65536 + t] as const),
      ...([threshold, 1 / (1 - layer.dropout), from + at, out + at] as const),
    );
  }
  return out;
}
