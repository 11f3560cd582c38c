import { padded } from "#num";
import type { Block } from "../block.ts";

/** The last step of a sequence of states. */
export function lastStep(width: number): Block {
  const spread = (
    x: { steps: number; rows: number },
    d: number,
    pass: Parameters<Block["forward"]>[0],
  ): number => {
    const n = x.rows * padded(width);
    const dx = pass.scratch.take(x.steps * n);
    const out = pass.arena.f32(dx, x.steps * n);
    out.fill(0);
    out.set(pass.arena.f32(d, n), (x.steps - 1) * n);
    return dx;
  };
  return {
    parameters: [],
    outputs: width,
    workspace: (steps) => 2 * steps * (padded(width) + 16),
    forward(pass, x) {
      const offset = 4 * (x.steps - 1) * x.rows * padded(width);
      const y = { at: x.at + offset, steps: 1, rows: x.rows, width };
      return { y, backward: (dy) => spread(x, dy, pass) };
    },
    forwardTangent(pass, x, xDot) {
      const offset = 4 * (x.steps - 1) * x.rows * padded(width);
      const y = { at: x.at + offset, steps: 1, rows: x.rows, width };
      return {
        y,
        dot: xDot + offset,
        backward: (dy, dDot) => ({ dx: spread(x, dy, pass), dDot: spread(x, dDot, pass) }),
      };
    },
  };
}
