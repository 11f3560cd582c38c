import { padded } from "#num";
import type { Block, Pass, Shelf, Signal, Taped, TapedTangent } from "../block.ts";
import { Dense, type DenseSpec } from "./dense.ts";

/** A multi-layer perceptron on each row: linear maps with activations between, the last one linear. */
export function mlp(shelf: Shelf, name: string, spec: DenseSpec): Block {
  const dense = new Dense(shelf, name, spec);
  const { outputs } = dense;
  const stride = 4 * padded(spec.inputs);
  const sliceOf = (x: Signal) => ({ x: x.at, stride, rows: x.steps * x.rows, t: 0 });
  /** A ring for all rows, the gradient of the output in its last region. */
  const openRing = (pass: Pass, rows: number, dy: number): number[] => {
    const n = rows * padded(outputs);
    const ring = dense.ring(pass, rows);
    pass.arena.f32(ring.at(-1)!, n).set(pass.arena.f32(dy, n));
    return ring;
  };
  const shape = (x: Signal, at: number): Signal => ({ ...x, at, width: outputs });
  return {
    parameters: dense.parameters,
    outputs,
    workspace: (steps) => dense.workspace(steps, steps),

    forward(pass: Pass, x: Signal): Taped {
      const slice = sliceOf(x);
      const { rows } = slice;
      const kept = dense.keep(pass, rows);
      const y = dense.forward(pass, kept, slice);
      return {
        y: shape(x, y),
        backward(dy) {
          const ring = openRing(pass, rows, dy);
          const dx = pass.scratch.take((rows * stride) / 4);
          dense.backward(pass, kept, slice, { ring, slot: 0, dx });
          dense.accumulate(pass, kept, { ...slice, slice: rows, ring, slot: 0 });
          return dx;
        },
      };
    },

    forwardTangent(pass: Pass, x: Signal, xDot: number): TapedTangent {
      const slice = sliceOf(x);
      const { rows } = slice;
      const states = { kept: dense.keep(pass, rows), dots: dense.keep(pass, rows) };
      const y = dense.forward(pass, states.kept, slice);
      const dot = dense.forwardTangent(pass, states, slice, xDot);
      return {
        y: shape(x, y),
        dot,
        backward(dy, dDot) {
          const ring = openRing(pass, rows, dy);
          const dotRing = openRing(pass, rows, dDot);
          const dx = pass.scratch.take((rows * stride) / 4);
          const dxDot = pass.scratch.take((rows * stride) / 4);
          const way = { ring, dotRing, slot: 0, dx, dxDot };
          dense.backwardTangent(pass, states, slice, way);
          const over = { ...slice, slice: rows, slot: 0 };
          dense.accumulate(pass, states.kept, { ...over, ring });
          dense.accumulate(pass, states.dots, {
            ...over,
            x: xDot,
            ring: dotRing,
            derivative: true,
          });
          return { dx, dDot: dxDot };
        },
      };
    },
  };
}
