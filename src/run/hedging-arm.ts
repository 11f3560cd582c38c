import { type Key, key, lastAtOrBefore, toNumber, VolterraError } from "#core";
import {
  type Environment,
  type Episodes,
  type HedgeTrainer,
  type Policy,
  type Stretch,
  defineEnvironment,
  drawStarts,
  episodesOf,
  fitScaling,
  openHedgeTrainer,
  simulateEpisodes,
  tercilesOf,
  windowPaths,
  windowStarts,
} from "#hedge";
import type { Market } from "#market";
import { openEngine } from "#num";
import type { Process } from "#quant";
import type { Catalog } from "./catalog.ts";
import {
  type ArmSpec,
  type EnvironmentRef,
  evaluatedOf,
  type HedgingSpec,
} from "./hedging-spec.ts";

/** Columns of the market that real environments are made of. */
export const REAL_COLUMNS = { prices: "spy.adjClose", vix: "vix.close" } as const;

/** Their values by session: plain arrays, so that a thread needs no database and reads what the others read. */
export type RealSeries = Readonly<Record<keyof typeof REAL_COLUMNS, Float64Array>> & {
  readonly sessions: Int32Array;
};

/** Reads what real environments are made of. Throws `VolterraError` where the market has no such column. */
export function realSeries(market: Market): RealSeries {
  return {
    sessions: market.sessions.slice(),
    prices: market.column(REAL_COLUMNS.prices).slice(),
    vix: market.column(REAL_COLUMNS.vix).slice(),
  };
}

/** What an arm is made of. */
export interface ArmRequest {
  readonly spec: HedgingSpec;
  readonly arm: string;
  readonly seed: number;
  readonly catalog: Catalog;
  /** Where an environment is real. */
  readonly series: RealSeries | null;
  readonly threads: number;
  /** Left out of training: for selection. */
  readonly heldOut?: string | undefined;
}

/** One arm of one seed with its network, training episodes and tests in memory. */
export interface OpenArm {
  readonly spec: ArmSpec;
  readonly environments: readonly string[];
  readonly trainer: HedgeTrainer;
  /** Puts the network back to its drawn weights, thresholds warmed on the training episodes. */
  begin(): void;
  /** Puts the `number`-th draw of training paths of a phase in place; all methods of a seed meet the same. */
  fill(phase: "pretrain" | "method", number: number): void;
  readonly policy: Policy;
  /** Ways to draw the paths of each training environment, validation and test, by name: those of all would not fit. */
  readonly sets: ReadonlyMap<string, () => Episodes>;
  /** Paths of the held-out environments that training may look at: others than those of `sets`. */
  readonly held: readonly Episodes[];
  close(): Promise<void>;
}

/** Name of an environment of an arm. */
export function nameOf(ref: EnvironmentRef): string {
  return typeof ref === "string" ? ref : ref.name;
}

/** True where an arm needs real data. */
export function isReal({
  environments,
  validation,
  tests,
}: Pick<ArmSpec, "environments" | "validation" | "tests">): boolean {
  return [...environments, ...validation, ...tests].some(
    (ref) => typeof ref === "object" && "real" in ref,
  );
}

/** Names of those environments that are every so many-th window of a stretch, each once: too few for a tail. */
export function rawNames(refs: readonly EnvironmentRef[]): string[] {
  return refs.flatMap((ref) =>
    typeof ref === "object" && "real" in ref && ref.sample === "raw" ? [ref.name] : [],
  );
}

/** Opens an arm: draws its paths, fits the features' scale on the training environments and starts the network. */
export async function openArm(request: ArmRequest): Promise<OpenArm> {
  const { spec, seed, catalog, threads, heldOut } = request;
  const armSpec = evaluatedOf(spec, request);
  const { training, contract } = spec;
  const refs = armSpec.environments.filter((ref) => nameOf(ref) !== heldOut);
  const root = key(spec.flaws.fixedData ? 0 : seed).fold("paths");
  const sources = await Promise.all(refs.map((ref) => sourceOf(request, ref)));
  const scaling = fitScaling(
    armSpec.features,
    sources.map((source, e) => source(root.fold(nameOf(refs[e]!), "scaling"), SCALING)),
  );
  const { policy, network } = await loadNetwork(catalog, spec.policy);
  const trainer = await openHedgeTrainer({
    engine: openEngine(),
    threads,
    network,
    risk: spec.risk,
    scaling,
    steps: contract.steps,
    environments: refs.length,
    pool: training.pool,
    batch: training.batch,
  });
  let filled = "";
  const fill = (phase: string, number: number): void => {
    if (filled === `${phase} ${number}`) return;
    filled = `${phase} ${number}`;
    sources.forEach((source, e) => {
      const own = root.fold(nameOf(refs[e]!), "training", phase, number);
      for (let first = 0; first < training.pool; first += CHUNK) {
        const paths = Math.min(CHUNK, training.pool - first);
        trainer.load(e, source(own.fold(first), paths), first);
      }
    });
  };
  trainer.draw(key(seed).fold("weights"));
  sources.forEach((source, e) => {
    trainer.warmThreshold(e, source(root.fold(nameOf(refs[e]!), "threshold"), CHUNK));
  });
  const start = { values: trainer.values.slice(), thresholds: trainer.thresholds.slice() };
  const drawer = async (ref: EnvironmentRef, split: string): Promise<() => Episodes> => {
    const source = await sourceOf(request, ref);
    return () => source(root.fold(nameOf(ref), split), spec.paths);
  };
  const sets = new Map<string, () => Episodes>();
  for (const ref of [...armSpec.environments, ...armSpec.validation, ...armSpec.tests]) {
    sets.set(nameOf(ref), await drawer(ref, "test"));
  }
  const held: Episodes[] = [];
  for (const ref of armSpec.validation) held.push((await drawer(ref, "validation"))());
  return {
    spec: armSpec,
    environments: refs.map(nameOf),
    trainer,
    begin() {
      trainer.values.set(start.values);
      trainer.thresholds.set(start.thresholds);
      trainer.refresh();
    },
    fill,
    policy,
    sets,
    held,
    close: () => trainer.close(),
  };
}

/** A policy that is trained. Throws `VolterraError("SPEC")` for a rule. */
export async function loadNetwork(catalog: Catalog, name: string) {
  const policy = await catalog.load<Policy>("policies", name);
  const { network } = policy;
  if (network) return { policy, network };
  throw new VolterraError("SPEC", `policy "${name}" is not trained`, "Take a network.");
}

/** Paths that fit the features' scale, and that are drawn at a time. */
const SCALING = 1024;
const CHUNK = 2048;

/**
 * A way to draw episodes of an environment that a study names. Rejects with `VolterraError("EMPTY_WINDOW")` naming a real
 * environment whose sessions hold no episode, or not one for each third.
 */
export async function sourceOf(
  { spec, catalog, series }: Pick<ArmRequest, "spec" | "catalog" | "series">,
  ref: EnvironmentRef,
): Promise<(source: Key, paths: number) => Episodes> {
  const { contract } = spec;
  const { steps } = contract;
  if (typeof ref === "object" && "real" in ref) {
    const environment = defineEnvironment({ name: ref.name, process: "real", costs: ref.costs });
    const stretch = stretchOf(series!, ref);
    if (ref.sample === "bootstrap") {
      const process = await catalog.load<Process>("processes", "block-bootstrap");
      const given = { steps, dt: 1 / 252, spot: 100, params: { block: ref.block } };
      return (source, paths) =>
        episodesOf(
          process.simulate({ ...given, paths, history: stretch, key: source }),
          environment,
          contract,
          source,
        );
    }
    const sessions = stretch.returns.length;
    if (sessions <= steps) {
      throw tooShort(ref, `${sessions} sessions hold no episode of ${steps}`);
    }
    const all = windowStarts(stretch, steps, ref.sample === "raw" ? ref.stride : 1);
    const third = ref.tercile === undefined ? all : tercilesOf(stretch, all, steps)[ref.tercile]!;
    if (third.length === 0) {
      throw tooShort(ref, `${all.length} episodes of ${steps} sessions make no thirds`);
    }
    return (source, paths) => {
      const starts = ref.sample === "raw" ? third : drawStarts(third, paths, source);
      return episodesOf(windowPaths(stretch, starts, steps), environment, contract, source);
    };
  }
  const environment = await environmentOf(catalog, ref);
  const process = await catalog.load<Process>("processes", environment.process);
  return (source, paths) =>
    simulateEpisodes({ environment, process, contract, paths, key: source });
}

/** An environment of the catalog, changed where a study says so. */
export async function environmentOf(
  catalog: Catalog,
  ref: Exclude<EnvironmentRef, { real: unknown }>,
): Promise<Environment> {
  if (typeof ref === "string") return catalog.load<Environment>("environments", ref);
  const { kind: _, ...base } = await catalog.load<Environment>("environments", ref.from);
  return defineEnvironment({
    ...base,
    name: ref.name,
    params: { ...base.params, ...ref.params },
    costs: { ...base.costs, ...ref.costs },
    ...(ref.signals && { signals: ref.signals }),
  });
}

type RealRef = Extract<EnvironmentRef, { readonly real: unknown }>;

/** Returns of SPY and the variance of VIX on the sessions of a real environment. */
function stretchOf({ sessions, prices, vix }: RealSeries, ref: RealRef): Stretch {
  const { start, end } = ref.real;
  const first = lastAtOrBefore(sessions, toNumber(start) - 1) + 1;
  const last = lastAtOrBefore(sessions, toNumber(end));
  const n = Math.max(0, last - first + 1);
  if (n < 2) throw tooShort(ref, `${n} sessions of data`);
  const returns = new Float64Array(n);
  const variance = new Float64Array(n);
  for (let t = 0; t < n; t++) {
    returns[t] = prices[first + t]! / prices[first + t - 1]! - 1;
    variance[t] = (vix[first + t]! / 100) ** 2;
    if (!Number.isFinite(returns[t]! + variance[t]!)) {
      throw new VolterraError(
        "DATA",
        `environment "${ref.name}": SPY or VIX is missing in ${start} … ${end}, session ${t + 1}`,
        "Import data that cover the window: volterra data import FOLDER.",
      );
    }
  }
  return { returns, variance };
}

function tooShort({ name, real: { start, end } }: RealRef, what: string): VolterraError {
  return new VolterraError(
    "EMPTY_WINDOW",
    `environment "${name}": ${what} in ${start} … ${end}`,
    "Widen the window, or sample: bootstrap, which draws episodes from a shorter one.",
  );
}
