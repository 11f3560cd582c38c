import { type Key, VolterraError } from "#core";
import {
  type OptimiserSpec,
  type Parameter,
  type PolicySpec,
  type Shelf,
  drawStart,
  reserveParameters,
  updateTasks,
  updaterOn,
} from "#learn";
import { type Engine, openPool } from "#num";
import { TILE, fillBundle, reserveBundle } from "./bundle.ts";
import type { Episodes } from "./episodes.ts";
import type { Scaling } from "./features.ts";
import {
  ALONG,
  FOUND,
  HEAD_WEIGHT,
  type HedgeData,
  type HedgeLayout,
  buildPolicy,
  setup,
} from "./hedge-tasks.ts";
import type { Measured, Probe, Weighing } from "./objective.ts";
import type { NetworkShape } from "./policy.ts";
import { checkBatch } from "./training-plan.ts";
import { reckon } from "./reckoning.ts";
import { type RiskSpec, bestThreshold } from "./risk.ts";

/** What a hedging network is trained with. */
export interface TrainerRequest {
  readonly engine: Engine;
  readonly threads: number;
  readonly network: NetworkShape;
  readonly risk: RiskSpec;
  readonly scaling: Scaling;
  readonly steps: number;
  /** Training environments, and paths of each that are kept; a multiple of the batch. */
  readonly environments: number;
  readonly pool: number;
  /** Paths of each environment in an update; a multiple of 32. */
  readonly batch: number;
}

/** How a batch is weighed. */
export interface Weigher {
  readonly probe: Probe;
  readonly lambda: number;
  /** Share of the plain mean in each risk. */
  readonly meanShare: number;
  readonly weigh: (measured: Measured) => Weighing;
}

/** What was found on a batch. */
export interface Update {
  readonly loss: number;
  readonly penalty: number;
  readonly risks: Float64Array;
  /** Mean score of the risk head, where it is trained. */
  readonly score: number;
  /** Length of the gradient before clipping. */
  readonly norm: number;
}

/** A hedging network with its episodes in memory, its threads and its optimiser's state. */
export interface HedgeTrainer {
  readonly parameters: readonly Parameter[];
  /** Live; `refresh` after a change from outside. */
  readonly values: Float32Array;
  readonly thresholds: Float64Array;
  readonly scaling: Scaling;
  /** Puts paths into the training pool of an environment, from its place `first` on. */
  load(environment: number, episodes: Episodes, first?: number): void;
  draw(key: Key): void;
  refresh(): void;
  /** Forgets the optimiser's running means. */
  resetOptimiser(): void;
  /** Sets the threshold of an environment to the best one for the policy as it is. */
  warmThreshold(environment: number, episodes: Episodes): void;
  /** Loss, gradient (`gradient`) and what was found, on the `number`-th batch; drops out where a key is given. */
  measure(number: number, weigher: Weigher, key?: Key): Update;
  readonly gradient: Float64Array;
  /** `measure` and a step of the optimiser and of the thresholds. */
  update(number: number, weigher: Weigher, by: StepSize): Update;
  /** Positions on any episodes. */
  hedge(episodes: Episodes): Float64Array;
  close(): Promise<void>;
}

export interface StepSize {
  readonly optimiser: OptimiserSpec;
  /** Share of the rate, from the schedule. */
  readonly share: number;
  /** Step of a threshold, in units of premium. */
  readonly threshold: number;
  /** Whether this update drops out, and the key that draws it. */
  readonly dropout: boolean;
  readonly key: Key;
}

/** Paths evaluated at once. */
const TESTING = 1024;
/** Outputs of the risk head. */
const HEADS = 2;

/** Puts a network into the engine and starts its threads. Throws `VolterraError("SPEC")` for sizes that do not fit. */
export async function openHedgeTrainer(request: TrainerRequest): Promise<HedgeTrainer> {
  const { engine, threads, scaling, steps, environments, batch } = request;
  checkBatch(request);
  if (environments < 1) throw new RangeError("no training environment");
  const spec = policySpec(request);
  const { policy, shelf } = buildPolicy(spec);
  const pool = request.pool / TILE;
  const half = batch / (2 * TILE);
  const training = reserveBundle(engine, pool * environments, steps, policy.stride);
  const testing = reserveBundle(engine, TESTING / TILE, steps, policy.stride);
  const layout = layOut(request, shelf, policy.workspace(steps));
  const data: HedgeData = {
    policy: spec,
    risk: request.risk,
    training,
    testing,
    pool,
    half,
    layout,
  };
  const threadPool = await openPool({ engine, threads, setup, module: MODULE, data });
  const { arena } = engine;
  const n = shelf.size;
  const { parameters } = layout;
  const updater = updaterOn(threadPool, parameters);
  const values = arena.f32(parameters.values, n);
  const thresholds = arena.f64(layout.thresholds, environments);
  const gradient = new Float64Array(n);
  const last = lastLayer(policy.parameters);
  /** ∂loss/∂threshold times the number of environments. */
  const pulls = new Float64Array(environments);

  /** Writes a direction of environment e in the space of the last layer, and its transpose. */
  const point = (e: number, direction: Float64Array): void => {
    const at = layout.directions + 4 * e * n;
    const to = arena.f32(at, n).fill(0);
    direction.forEach((x, i) => (to[last[i]!] = x));
    const transposed = layout.directionsTransposed + 4 * e * shelf.backSize;
    const { turn } = updateTasks(engine, { ...parameters, values: at, transposed });
    for (let i = 0; i < shelf.matrices.length; i++) turn!(i, new Float64Array(1));
  };
  const foundOf = (shard: number) => arena.f64(layout.found + 8 * FOUND.size * shard, FOUND.size);
  const add = (from: number, weight: number): void => {
    if (weight === 0) return;
    const g = arena.f32(from, n);
    for (let i = 0; i < n; i++) gradient[i]! += weight * g[i]!;
  };

  const measure = (number: number, weigher: Weigher, key?: Key): Update => {
    const first = (number * 2 * half) % pool;
    const { probe, lambda, meanShare } = weigher;
    const shards = 2 * environments;
    if (key) arena.u32(layout.key, 4).set(key.words);
    const headWeight = probe === "risk-head" ? HEAD_WEIGHT : 0;
    const probed = lambda > 0;
    const way = probe === "residual" ? ALONG.residual : probe === "risk-head" ? ALONG.head : null;
    const wantsSlopes = way !== null && probed;
    // One way back brings the slopes' gradients and the risks', unless those drop out or are shrunk.
    const together = wantsSlopes && meanShare === 0 && !key;
    if (wantsSlopes) threadPool.run("slopes", shards, first, way);
    const slopes = Float64Array.from({ length: way === null ? 0 : shards }, (_, s) =>
      wantsSlopes ? foundOf(s)[FOUND.probe]! / (half * TILE) : 0,
    );
    if (!together) threadPool.run("risks", shards, first, meanShare, headWeight, key ? 1 : 0);
    const risks = new Float64Array(environments);
    let score = 0;
    for (let e = 0; e < environments; e++) {
      const [a, b] = [foundOf(2 * e), foundOf(2 * e + 1)];
      const of = (what: number) => (a[what]! + b[what]!) / batch;
      const tailed = thresholds[e]! + of(FOUND.value);
      risks[e] = (1 - meanShare) * tailed + meanShare * of(FOUND.loss);
      pulls[e] = (1 - meanShare) * (1 - of(FOUND.slope));
      score += of(FOUND.score) / environments;
    }
    const gradients =
      probe === "gradients"
        ? Array.from({ length: environments }, (_, e) => {
            const [a, b] = [0, 1].map((h) =>
              arena.f32(parameters.gradients + 4 * (2 * e + h) * n, n),
            );
            return Float64Array.from(last, (at) => 0.5 * (a![at]! + b![at]!));
          })
        : [];
    const weighed = weigher.weigh({ risks, slopes, gradients, lambda });
    gradient.fill(0);
    for (let s = 0; s < shards; s++) {
      add(parameters.gradients + 4 * s * n, 0.5 * weighed.risk[s >> 1]!);
    }
    if (weighed.slope && wantsSlopes) {
      for (let s = 0; s < shards; s++) add(layout.slopes + 4 * s * n, weighed.slope[s]!);
    }
    if (weighed.directions && probed) {
      for (let e = 0; e < environments; e++) point(e, weighed.directions[e]!);
      threadPool.run("slopes", shards, first, ALONG.direction);
      for (let s = 0; s < shards; s++) add(layout.slopes + 4 * s * n, 0.5);
    }
    for (let e = 0; e < environments; e++) pulls[e]! *= weighed.risk[e]! * environments;
    let squares = 0;
    for (let i = 0; i < n; i++) squares += gradient[i]! * gradient[i]!;
    const { loss, penalty } = weighed;
    return { loss, penalty, risks, score, norm: Math.sqrt(squares) };
  };
  const hedge = (episodes: Episodes): Float64Array => {
    const { paths } = episodes;
    const out = new Float64Array(steps * paths);
    for (let from = 0; from < paths; from += TESTING) {
      const tiles = Math.ceil(Math.min(TESTING, paths - from) / TILE);
      fillBundle(engine, testing, episodes, scaling, { first: 0, tiles, from });
      threadPool.run("act", tiles);
      const actions = arena.f32(layout.actions, tiles * steps * TILE);
      for (let i = from; i < Math.min(paths, from + TESTING); i++) {
        const [tile, row] = [Math.floor((i - from) / TILE), (i - from) % TILE];
        for (let t = 0; t < steps; t++) {
          out[t * paths + i] = actions[(tile * steps + t) * TILE + row]!;
        }
      }
    }
    return out;
  };

  return {
    parameters: policy.parameters,
    values,
    thresholds,
    scaling,
    gradient,
    load(environment, episodes, first = 0) {
      const tiles = Math.floor(episodes.paths / TILE);
      fillBundle(engine, training, episodes, scaling, {
        first: environment * pool + first / TILE,
        tiles,
      });
    },
    draw(key) {
      drawStart(policy, values, key);
      updater.refresh();
    },
    refresh: updater.refresh,
    resetOptimiser: updater.reset,
    warmThreshold(environment, episodes) {
      const { pnl } = reckon(episodes, { stock: hedge(episodes) });
      thresholds[environment] = bestThreshold(
        pnl.map((x) => -x),
        request.risk,
      );
    },
    measure,
    update(number, weigher, { optimiser, share, threshold, dropout, key }) {
      const found = measure(number, weigher, dropout ? key : undefined);
      if (!Number.isFinite(found.norm)) {
        throw new VolterraError(
          "MODEL",
          `the training diverged: a gradient of length ${found.norm} in update ${number + 1}`,
          "Lower the learning rate or the weight of the penalty.",
        );
      }
      arena.f32(parameters.gradient, n).set(gradient);
      updater.update(optimiser, share, found.norm);
      for (let e = 0; e < environments; e++) thresholds[e]! -= threshold * pulls[e]!;
      return found;
    },
    hedge,
    close: () => threadPool.close(),
  };
}

const MODULE = new URL(
  import.meta.url.endsWith(".ts") ? "./hedge-tasks.ts" : "./hedge-tasks.js",
  import.meta.url,
).href;

/** Share dropped in the updates that drop out. */
const DROPOUT = 0.3;

function policySpec({ network, scaling }: TrainerRequest): PolicySpec {
  return {
    features: scaling.features.length,
    hidden: network.hidden,
    activation: network.activation ?? "relu",
    ...(network.norm && { norm: true }),
    dropout: DROPOUT,
    ...(network.bound !== undefined && { bound: network.bound }),
    heads: HEADS,
  };
}

function floats(engine: Engine, n: number): number {
  return engine.arena.reserve(4 * n);
}

function layOut(
  { engine, environments, threads, steps }: TrainerRequest,
  shelf: Shelf,
  workspace: number,
): HedgeLayout {
  const { size, backSize } = shelf;
  const shards = 2 * environments;
  const scratchBytes = 4 * (TILE * (workspace + 4096) + 65536);
  return {
    parameters: reserveParameters(engine.arena, shelf, shards),
    slopes: floats(engine, shards * size),
    directions: floats(engine, environments * size),
    directionsTransposed: floats(engine, environments * backSize),
    thresholds: engine.arena.reserve(8 * environments),
    found: engine.arena.reserve(8 * FOUND.size * shards),
    actions: floats(engine, TESTING * steps),
    scratch: Array.from({ length: threads }, () => engine.arena.reserve(scratchBytes)),
    scratchBytes,
    key: engine.arena.reserve(16),
  };
}

/** Places of the last layer's numbers that make the action: its weights and its bias. */
function lastLayer(parameters: readonly Parameter[]): Int32Array {
  const [weight, bias] = parameters.slice(-2);
  const inputs = weight!.shape[1]!;
  return Int32Array.from([
    ...Array.from({ length: inputs }, (_, i) => weight!.place(i)),
    bias!.place(0),
  ]);
}
