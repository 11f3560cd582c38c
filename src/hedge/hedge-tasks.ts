import { type Engine, type Setup } from "#num";
import {
  type ParameterMemory,
  type Pass,
  type PolicySpec,
  type RecurrentPolicy,
  Shelf,
  recurrentPolicy,
  scratchOver,
  updateTasks,
} from "#learn";
import { type Bundle, TILE } from "./bundle.ts";
import { type Disutility, type RiskSpec, disutility } from "./risk.ts";
import { headScore } from "./risk-head.ts";

/** Addresses of what a hedging training shares between threads. */
export interface HedgeLayout {
  /** Parameters, and the gradients of the risks: one a shard. */
  readonly parameters: ParameterMemory;
  /** Gradients of the slopes: one a shard. */
  readonly slopes: number;
  /** Directions of the environments in the space of the parameters, and their transposes. */
  readonly directions: number;
  readonly directionsTransposed: number;
  /** Thresholds of the environments, f64. */
  readonly thresholds: number;
  /** What a shard found, `FOUND` numbers each, f64. */
  readonly found: number;
  /** Actions on the testing bundle, [tile][steps][16]. */
  readonly actions: number;
  readonly scratch: readonly number[];
  readonly scratchBytes: number;
  /** Four words: the key of the step's dropout. */
  readonly key: number;
}

/** What a thread is told of a hedging training. */
export interface HedgeData {
  readonly policy: PolicySpec;
  readonly risk: RiskSpec;
  readonly training: Bundle;
  readonly testing: Bundle;
  /** Tiles of each environment in the training bundle. */
  readonly pool: number;
  /** Tiles of a half-batch of one environment. */
  readonly half: number;
  readonly layout: HedgeLayout;
}

/** Sums over the paths of a shard: u, u′, losses, head scores, probed derivatives. */
export const FOUND = { value: 0, slope: 1, loss: 2, score: 3, probe: 4, size: 5 } as const;
/** Ways to take the second derivative: along the residual, along a direction, of the risk head. */
export const ALONG = { residual: 0, direction: 1, head: 2 } as const;

/** Weight of the head's score beside the risk. */
export const HEAD_WEIGHT = 0.1;
/** Lanes of a row of the policy's outputs. */
const LANE = 8;

/** A policy and the sizes of its parameters. */
export function buildPolicy(spec: PolicySpec): { policy: RecurrentPolicy; shelf: Shelf } {
  const shelf = new Shelf();
  return { policy: recurrentPolicy(shelf, "policy", spec), shelf };
}

/**
 * The work of one thread. A shard is one half-batch of one environment, so that gradients of environments and halves
 * stay apart and their order of summation is fixed.
 */
export const setup: Setup = ({ engine, thread, data }) => {
  const given = data as HedgeData;
  const { policy, shelf } = buildPolicy(given.policy);
  const { layout, half, pool, risk } = given;
  const { arena } = engine;
  const scratch = scratchOver(layout.scratch[thread]!, layout.scratchBytes);
  const u = disutility(risk);
  const score = headScore(risk);
  const { steps } = given.training;
  const size = steps * TILE;
  const bounded = given.policy.bound !== undefined;
  const tile = tileOf(engine, given.training, bounded);

  const passOf = (gradient: number, shard: number, dropout: boolean): Pass => ({
    kernels: engine.kernels,
    arena,
    scratch,
    values: layout.parameters.values,
    transposed: layout.parameters.transposed,
    gradient,
    ...(dropout && { dropout: { key: layout.key, first: shard * half * TILE } }),
  });
  /** Clears a shard's room among those from `base` on; returns its address. */
  const begin = (shard: number, base: number): number => {
    const at = base + 4 * shard * shelf.size;
    arena.f32(at, shelf.size).fill(0);
    return at;
  };
  const thresholdOf = (shard: number) => arena.f64(layout.thresholds, shard + 1)[shard >> 1]!;

  const size8 = size * LANE;
  const weight = 1 / (half * TILE);
  const foundOf = (shard: number) => arena.f64(layout.found + 8 * FOUND.size * shard, FOUND.size);
  const numberOf = (shard: number, first: number, j: number) =>
    (shard >> 1) * pool + ((first + (shard & 1) * half + j) % pool);

  /** Adds what is found of the losses of a tile; calls back with each path's u at its loss. */
  const weigh = (
    found: Float64Array,
    losses: Float64Array,
    tau: number,
    each: (row: number, at: Disutility) => void,
  ): void => {
    for (let row = 0; row < TILE; row++) {
      const at = u(losses[row]! - tau);
      found[FOUND.value]! += at.value;
      found[FOUND.slope]! += at.slope;
      found[FOUND.loss]! += losses[row]!;
      each(row, at);
    }
  };

  /**
   * ∂/∂outputs of the mean head score times `headWeight`, and the scores added up. Where `byScale` is given also the
   * derivative of the mean score by a scale of the outputs, and there its ∂/∂outputs.
   */
  const scoreHeads = (
    found: Float64Array,
    outputsAt: number,
    remaining: Float64Array,
    { headWeight, byScale }: { headWeight: number; byScale?: Float32Array },
  ): number => {
    const at = scratch.take(size8);
    const outputs = arena.f32(outputsAt, size8);
    const d = arena.f32(at, size8);
    const each = weight / steps;
    const factor = headWeight * each;
    for (let k = 0; k < size; k++) {
      const [a, b] = [outputs[k * LANE + 1]!, outputs[k * LANE + 2]!];
      const { value, first: g, second: h } = score(remaining[k]!, a, b);
      found[FOUND.score]! += value / steps;
      d[k * LANE + 1] = factor * g[0];
      d[k * LANE + 2] = factor * g[1];
      if (!byScale) continue;
      found[FOUND.probe]! += (g[0] * a + g[1] * b) / steps;
      byScale[k * LANE + 1] = each * (g[0] + h[0] * a + h[1] * b);
      byScale[k * LANE + 2] = each * (g[1] + h[1] * a + h[2] * b);
    }
    return at;
  };

  /** Gradient of the mean of (1 − share)·u + share·loss, with the head's score, over the tiles of a shard. */
  const risks = (
    shard: number,
    first: number,
    { share, headWeight, pass }: { share: number; headWeight: number; pass: Pass },
  ): void => {
    const found = foundOf(shard);
    const tau = thresholdOf(shard);
    for (let j = 0; j < half; j++) {
      scratch.reset();
      const number = numberOf(shard, first, j);
      const taped = policy.forward(pass, tile.paths(number));
      const { losses, slopes, remaining } = tile.reckon(number, taped.actions);
      const dActions = scratch.take(size);
      const d = arena.f32(dActions, size);
      weigh(found, losses, tau, (row, { slope }) => {
        const factor = weight * ((1 - share) * slope + share);
        for (let k = row; k < size; k += TILE) d[k] = factor * slopes[k]!;
      });
      const dHeads =
        headWeight > 0 ? scoreHeads(found, taped.outputs, remaining, { headWeight }) : undefined;
      taped.backward(dActions, dHeads);
    }
  };

  /**
   * Derivative of a shard's mean u along the residual's scale or a direction, and the gradient of that derivative; on the
   * same way the gradient of the mean u itself, added up at `plain`.
   */
  const alongActions = (
    shard: number,
    first: number,
    { along, pass, plain }: { along: number; pass: Pass; plain?: number },
  ): void => {
    const found = foundOf(shard);
    const tau = thresholdOf(shard);
    for (let j = 0; j < half; j++) {
      scratch.reset();
      const number = numberOf(shard, first, j);
      const taped = policy.forwardTangent(pass, tile.paths(number), along);
      const { losses, slopes } = tile.reckon(number, taped.actions);
      const dots = arena.f32(taped.dots, size);
      const bends = tile.bend(number, dots);
      const [dActions, dDots] = [scratch.take(size), scratch.take(size)];
      const [d, dDot] = [arena.f32(dActions, size), arena.f32(dDots, size)];
      weigh(found, losses, tau, (row, { slope, bend }) => {
        let lossDot = 0;
        for (let k = row; k < size; k += TILE) lossDot += slopes[k]! * dots[k]!;
        found[FOUND.probe]! += slope * lossDot;
        const [byDot, byLoss] = [weight * slope, weight * bend * lossDot];
        for (let k = row; k < size; k += TILE) {
          d[k] = byLoss * slopes[k]! + byDot * bends[k]!;
          dDot[k] = byDot * slopes[k]!;
        }
      });
      taped.backward(dActions, dDots, plain);
    }
  };

  /**
   * Derivative of the mean head score by a scale of the head's outputs, and its gradient, where the losses count as given;
   * after the same way forward the gradient of the mean u and of the score, added up at `plain`.
   */
  const alongHead = (
    shard: number,
    first: number,
    { pass, plain }: { pass: Pass; plain: number },
  ) => {
    const found = foundOf(shard);
    const tau = thresholdOf(shard);
    for (let j = 0; j < half; j++) {
      scratch.reset();
      const number = numberOf(shard, first, j);
      const taped = policy.forward({ ...pass, gradient: plain }, tile.paths(number));
      const { losses, slopes, remaining } = tile.reckon(number, taped.actions);
      const dActions = scratch.take(size);
      const d = arena.f32(dActions, size);
      weigh(found, losses, tau, (row, { slope }) => {
        for (let k = row; k < size; k += TILE) d[k] = weight * slope * slopes[k]!;
      });
      const dScale = scratch.take(size8);
      const dHeads = scoreHeads(found, taped.outputs, remaining, {
        headWeight: HEAD_WEIGHT,
        byScale: arena.f32(dScale, size8),
      });
      taped.backward(dActions, dHeads);
      d.fill(0);
      taped.backward(dActions, dScale, pass.gradient);
    }
  };

  const testing = tileOf(engine, given.testing, bounded);

  return {
    ...updateTasks(engine, layout.parameters),

    /** args: first tile of the batch, share of the mean, weight of the head's score, whether to drop out. */
    risks(shard, [first = 0, share = 0, headWeight = 0, dropout = 0]) {
      const pass = passOf(begin(shard, layout.parameters.gradients), shard, dropout === 1);
      foundOf(shard).fill(0);
      risks(shard, first, { share, headWeight, pass });
    },

    /**
     * args: first tile of the batch, and the way. What `risks` finds without share and dropout is found too, but not along
     * a direction, which is known only after.
     */
    slopes(shard, [first = 0, way = 0]) {
      const plain = way === ALONG.direction ? 0 : begin(shard, layout.parameters.gradients);
      const pass = passOf(begin(shard, layout.slopes), shard, false);
      foundOf(shard).fill(0);
      if (way === ALONG.head) alongHead(shard, first, { pass, plain });
      else if (way === ALONG.residual) alongActions(shard, first, { along: 1, pass, plain });
      else {
        const e = shard >> 1;
        const direction = {
          values: layout.directions + 4 * e * shelf.size,
          transposed: layout.directionsTransposed + 4 * e * shelf.backSize,
          last: true,
        };
        alongActions(shard, first, { along: 0, pass: { ...pass, direction } });
      }
    },

    /** Actions of one tile of the testing bundle, into their place. */
    act(number) {
      scratch.reset();
      const at = policy.act(passOf(0, 0, false), testing.paths(number));
      arena.f32(given.layout.actions + 4 * number * size, size).set(arena.f32(at, size));
    },
  };
};

/**
 * The tiles of a bundle as a thread reads them; every call returns the same arrays, filled anew. A bounded policy adds to
 * the bundle's base.
 */
function tileOf({ arena }: Engine, bundle: Bundle, bounded: boolean) {
  const { steps, stride } = bundle;
  const size = steps * TILE;
  const losses = new Float64Array(TILE);
  const slopes = new Float64Array(size);
  const bends = new Float64Array(size);
  const remaining = new Float64Array(size);
  /** Marginal cost of the trade into each session, liquidation last. */
  const margins = new Float64Array(size + TILE);

  return {
    paths: (number: number) => ({
      x: bundle.features + 4 * number * size * stride,
      steps,
      rows: TILE,
      ...(bounded && { base: bundle.base + 4 * number * size }),
    }),

    /** Losses of the paths, their derivatives by the actions, and what is still to be lost from each session on. */
    reckon(number: number, actionsAt: number) {
      const actions = arena.f32(actionsAt, size);
      const gain = arena.f32(bundle.gain + 4 * number * size, size);
      const liability = arena.f32(bundle.liability + 4 * number * size, size);
      const linear = arena.f32(bundle.linear + 4 * number * (size + TILE), size + TILE);
      const quadratic = arena.f32(bundle.quadratic + 4 * number * TILE, TILE);
      losses.fill(0);
      for (let t = steps; t >= 0; t--) {
        for (let row = 0; row < TILE; row++) {
          const k = t * TILE + row;
          const now = t < steps ? actions[k]! : 0;
          const before = t > 0 ? actions[k - TILE]! : 0;
          const trade = now - before;
          const square = quadratic[row]! * trade;
          const sign = trade > 0 ? 1 : trade < 0 ? -1 : 0;
          margins[k] = linear[k]! * sign + 2 * square;
          losses[row]! += linear[k]! * Math.abs(trade) + square * trade;
          if (t === steps) continue;
          losses[row]! += liability[k]! - now * gain[k]!;
          slopes[k] = margins[k]! - margins[k + TILE]! - gain[k]!;
          remaining[k] = losses[row]!;
        }
      }
      return { losses, slopes, remaining };
    },

    /** The losses' second derivative along `dots`: 2·c·(change of dots in − change of dots out). */
    bend(number: number, dots: Float32Array) {
      const quadratic = arena.f32(bundle.quadratic + 4 * number * TILE, TILE);
      for (let k = 0; k < size; k++) {
        const before = k >= TILE ? dots[k - TILE]! : 0;
        const after = k + TILE < size ? dots[k + TILE]! : 0;
        bends[k] = 2 * quadratic[k % TILE]! * (2 * dots[k]! - before - after);
      }
      return bends;
    },
  };
}
