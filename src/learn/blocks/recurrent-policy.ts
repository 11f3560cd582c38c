import { padded } from "#num";
import type { Parameter, Pass, Shelf } from "../block.ts";
import { type Activation, Dense } from "./dense.ts";

export interface PolicySpec {
  /** Features beside the previous action. */
  readonly features: number;
  readonly hidden: readonly number[];
  readonly activation: Activation;
  readonly norm?: boolean;
  readonly dropout?: number;
  /** Action = base + bound·tanh(output), starting at the base; the plain output where absent. */
  readonly bound?: number;
  /** Further outputs a step beside the action, at most seven; none unless given. */
  readonly heads?: number;
}

/** A tile of paths: features [steps][rows][stride floats] and base actions. */
export interface Paths {
  /** Column `features` of a row is the previous action: given at step 0, written by the policy after it. */
  readonly x: number;
  readonly steps: number;
  readonly rows: number;
  /** [steps][rows], needed where the policy has a bound. */
  readonly base?: number;
}

/**
 * A perceptron asked once a step, whose answer is a feature of the next step (Buehler, Gonon, Teichmann, Wood 2019). Run
 * for about sixteen paths at a time, so that all steps of a tile stay in the second cache.
 */
export interface RecurrentPolicy {
  readonly parameters: readonly Parameter[];
  /** Floats of a row of features: the features and the previous action, padded. */
  readonly stride: number;
  /** Floats a path needs. */
  workspace(steps: number): number;
  /**
   * The actions, [steps][rows], and the way back from their gradients, which it overwrites. `outputs` are the plain
   * outputs, [steps][rows][8]: the action's, then the heads; the way back takes gradients of the heads laid out alike. It
   * may be gone again, and adds to `gradient` where that is not the pass's.
   */
  forward(
    pass: Pass,
    paths: Paths,
  ): {
    readonly actions: number;
    readonly outputs: number;
    backward(dActions: number, dHeads?: number, gradient?: number): void;
  };
  /** Actions alone, keeping nothing. */
  act(pass: Pass, paths: Paths): number;
  /**
   * Actions and their derivatives in the direction of the pass and of a scalar w = 1 that multiplies the learned part,
   * w˙ = `along`; the way back takes the gradients by both, [steps][rows]. Where the gradient by the derivatives is that of
   * a loss by the actions, as it is for the derivative of that loss, the loss's own gradient comes on the same way back: it
   * is added up at `plain`.
   */
  forwardTangent(
    pass: Pass,
    paths: Paths,
    along: number,
  ): {
    readonly actions: number;
    readonly dots: number;
    backward(dActions: number, dDots: number, plain?: number): void;
  };
}

/** Steps whose weight gradients are added up at once on the way back. */
const RING = 4;

export function recurrentPolicy(shelf: Shelf, name: string, spec: PolicySpec): RecurrentPolicy {
  const { features, bound, heads = 0 } = spec;
  const dense = new Dense(shelf, name, {
    ...spec,
    inputs: features + 1,
    outputs: 1 + heads,
    zeroOutput: bound !== undefined,
  });
  const stride = padded(features + 1);
  /** Floats of the outputs, padded. */
  const lane = 8;
  const slice = ({ x, rows }: Paths, t: number) => ({
    x: x + 4 * t * rows * stride,
    stride: 4 * stride,
    rows,
    t,
  });
  /** The learned part of the action, and its slope, from the squashed output. */
  const learned = (y: number): number => (bound === undefined ? y : bound * y);
  const slope = (y: number): number => (bound === undefined ? 1 : bound * (1 - y * y));

  /** Squashes `n` outputs where the policy has a bound; returns where they are. */
  const squash = (pass: Pass, n: number, out: number, to: number): number => {
    if (bound === undefined) return out;
    pass.kernels.squash(n * lane, out, to, 1, 1, 0);
    return to;
  };

  /** Writes the actions of step t, whose outputs lie from `from` on, and the previous action of step t + 1. */
  const settle = (tape: Tape, t: number, y: Float32Array, from: number): void => {
    const { paths, actions, x, base } = tape;
    const { rows, steps } = paths;
    for (let row = 0; row < rows; row++) {
      const at = t * rows + row;
      const action = (base ? base[at]! : 0) + learned(y[from + row * lane]!);
      actions[at] = action;
      if (t + 1 < steps) x[(at + rows) * stride + features] = action;
    }
  };

  const open = (pass: Pass, paths: Paths): Tape => {
    const { steps, rows } = paths;
    const at = pass.scratch.take(steps * rows);
    return {
      paths,
      at,
      actions: pass.arena.f32(at, steps * rows),
      x: pass.arena.f32(paths.x, steps * rows * stride),
      base: paths.base === undefined ? undefined : pass.arena.f32(paths.base, steps * rows),
    };
  };

  return {
    parameters: dense.parameters,
    stride,
    workspace: (steps) =>
      dense.workspace(steps, RING) + 8 * steps + 6 * stride + 4 * steps * stride,

    act(pass, paths) {
      const tape = open(pass, paths);
      const { rows } = paths;
      const kept = dense.keep(pass, rows);
      const room = pass.scratch.take(rows * lane);
      for (let t = 0; t < paths.steps; t++) {
        const out = dense.forward(pass, kept, { ...slice(paths, t), t: 0 });
        settle(tape, t, pass.arena.f32(squash(pass, rows, out, room), rows * lane), 0);
      }
      return tape.at;
    },

    forward(pass, paths) {
      const { steps, rows } = paths;
      const { arena, scratch } = pass;
      const tape = open(pass, paths);
      const kept = dense.keep(pass, steps * rows);
      const out = kept.at(-1)!.y;
      const squashed = bound === undefined ? out : scratch.take(steps * rows * lane);
      const y = arena.f32(squashed, steps * rows * lane);
      const step = rows * lane;
      for (let t = 0; t < steps; t++) {
        dense.forward(pass, kept, slice(paths, t));
        squash(pass, rows, out + 4 * t * step, squashed + 4 * t * step);
        settle(tape, t, y, t * step);
      }
      return {
        actions: tape.at,
        outputs: out,
        backward(dActions, dHeads, gradient = pass.gradient) {
          const own = { ...pass, gradient };
          const d = arena.f32(dActions, steps * rows);
          const dOut = dHeads === undefined ? undefined : arena.f32(dHeads, steps * rows * lane);
          const dxAt = scratch.take(rows * stride);
          const dx = arena.f32(dxAt, rows * stride);
          const ring = dense.ring(pass, RING * rows);
          const dy = arena.f32(ring.at(-1)!, RING * step).fill(0);
          for (let t = steps - 1, filled = 0; t >= 0; t--) {
            const slot = RING - 1 - filled;
            for (let row = 0; row < rows; row++) {
              const at = t * rows + row;
              dy[slot * step + row * lane] = d[at]! * slope(y[at * lane]!);
              if (!dOut) continue;
              const to = slot * step + row * lane;
              for (let k = 1; k <= heads; k++) dy[to + k] = dOut[at * lane + k]!;
            }
            const way = { ring, slot, dx: t > 0 ? dxAt : 0 };
            dense.backward(own, kept, slice(paths, t), way);
            if (t > 0) {
              for (let row = 0; row < rows; row++) {
                d[(t - 1) * rows + row]! += dx[row * stride + features]!;
              }
            }
            filled += 1;
            if (filled < RING && t > 0) continue;
            const over = { ...slice(paths, t), rows: filled * rows, slice: rows, ring, slot };
            dense.accumulate(own, kept, over);
            filled = 0;
          }
        },
      };
    },

    forwardTangent(pass, paths, along) {
      const { steps, rows } = paths;
      const { arena, scratch } = pass;
      const tape = open(pass, paths);
      const n = steps * rows;
      const states = { kept: dense.keep(pass, n), dots: dense.keep(pass, n) };
      const raw = states.kept.at(-1)!.y;
      const squashed = bound === undefined ? raw : scratch.take(n * lane);
      const y = arena.f32(squashed, n * lane);
      const step = rows * lane;
      const rawDot = arena.f32(states.dots.at(-1)!.y, n * lane);
      const xDotAt = scratch.take(n * stride);
      const xDot = arena.f32(xDotAt, n * stride).fill(0);
      const dotsAt = scratch.take(n);
      const dots = arena.f32(dotsAt, n);
      for (let t = 0; t < steps; t++) {
        const here = slice(paths, t);
        dense.forward(pass, states.kept, here);
        dense.forwardTangent(pass, states, here, xDotAt + 4 * t * rows * stride);
        squash(pass, rows, raw + 4 * t * step, squashed + 4 * t * step);
        settle(tape, t, y, t * step);
        for (let at = t * rows; at < (t + 1) * rows; at++) {
          const own = y[at * lane]!;
          dots[at] = slope(own) * rawDot[at * lane]! + along * learned(own);
          if (t + 1 < steps) xDot[(at + rows) * stride + features] = dots[at]!;
        }
      }
      return {
        actions: tape.at,
        dots: dotsAt,
        backward(dActions, dDots, plain) {
          const [d, dDot] = [arena.f32(dActions, n), arena.f32(dDots, n)];
          const [dx, dxDot] = [scratch.take(rows * stride), scratch.take(rows * stride)];
          const [back, backDot] = [arena.f32(dx, rows * stride), arena.f32(dxDot, rows * stride)];
          const [ring, dotRing] = [dense.ring(pass, RING * rows), dense.ring(pass, RING * rows)];
          const out = arena.f32(ring.at(-1)!, RING * step).fill(0);
          const outDot = arena.f32(dotRing.at(-1)!, RING * step).fill(0);
          const plainPass = plain === undefined ? undefined : { ...pass, gradient: plain };
          for (let t = steps - 1, filled = 0; t >= 0; t--) {
            const slot = RING - 1 - filled;
            for (let row = 0; row < rows; row++) {
              const at = t * rows + row;
              const own = y[at * lane]!;
              const flat = slope(own);
              const bend = bound === undefined ? 0 : -2 * flat * own;
              const to = slot * step + row * lane;
              out[to] = flat * d[at]! + dDot[at]! * (along * flat + bend * rawDot[at * lane]!);
              outDot[to] = flat * dDot[at]!;
            }
            const here = slice(paths, t);
            dense.backwardTangent(pass, states, here, { ring, dotRing, slot, dx, dxDot });
            if (t > 0) {
              for (let row = 0; row < rows; row++) {
                d[(t - 1) * rows + row]! += back[row * stride + features]!;
                dDot[(t - 1) * rows + row]! += backDot[row * stride + features]!;
              }
            }
            filled += 1;
            if (filled < RING && t > 0) continue;
            const over = { ...here, rows: filled * rows, slice: rows, slot };
            const x = xDotAt + 4 * t * rows * stride;
            dense.accumulate(pass, states.kept, { ...over, ring });
            dense.accumulate(pass, states.dots, { ...over, x, ring: dotRing, derivative: true });
            if (plainPass) dense.accumulate(plainPass, states.kept, { ...over, ring: dotRing });
            filled = 0;
          }
        },
      };
    },
  };
}

interface Tape {
  readonly paths: Paths;
  /** Address of the actions. */
  readonly at: number;
  readonly actions: Float32Array;
  readonly x: Float32Array;
  readonly base: Float32Array | undefined;
}
