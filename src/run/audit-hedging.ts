import { type Emit, key } from "#core";
import {
  type Environment,
  type Episodes,
  type Hedger,
  type Policy,
  FEATURES,
  findLeak,
  simulateEpisodes,
} from "#hedge";
import { normals } from "#num";
import type { Paths, Process } from "#quant";
import type { Market } from "#market";
import type { Check, Leak } from "./audit-check.ts";
import { auditColumn } from "./audit-market.ts";
import type { Catalog } from "./catalog.ts";
import { environmentOf, isReal, openArm, REAL_COLUMNS, realSeries } from "./hedging-arm.ts";
import { armsOf, type EnvironmentRef, type HedgingSpec } from "./hedging-spec.ts";

/** Paths that a policy is asked about. */
const PATHS = 8;
/** The smallest trainer there is: what a network can see does not depend on how long it learned. */
const SMALL = { pool: 64, batch: 32 };
/** Deviation of the noise on its weights, so that all it sees moves its positions: a drawn network ends in zeros. */
const NOISE = 0.1;

/**
 * Audits a hedging study: prices and variances after a session are rewritten, and no position up to and including that
 * session may move. Asked are every rule, every feature of the networks, and the network of each arm, in every synthetic
 * environment of the arms; real arms read columns that are held to their rule of publication.
 */
export async function auditHedging(
  spec: HedgingSpec,
  {
    catalog,
    market,
    emit,
  }: {
    readonly catalog: Catalog;
    /** Where an arm is real. */
    readonly market: Market | null;
    readonly emit: Emit;
  },
): Promise<Check[]> {
  const arms = armsOf(spec).map((name) => [name, spec.arms[name]!] as const);
  const all = new Map<string, World>();
  for (const [, { environments, validation, tests }] of arms) {
    for (const ref of [...environments, ...validation, ...tests]) {
      const world = await worldOf(spec, catalog, ref);
      if (world) all.set(world.environment.name, world);
    }
  }
  const worlds = [...all.values()];
  const checks: Check[] = [];
  if (arms.some(([, arm]) => isReal(arm))) {
    checks.push(...Object.values(REAL_COLUMNS).map((ref) => auditColumn(market!, ref)));
  }
  const features = [...new Set(arms.flatMap(([, arm]) => arm.features))];
  for (const name of features) {
    const { value } = FEATURES[name]!;
    const hedger: Hedger = { hedge: (e) => ({ stock: e.delta.map((_, k) => value(e, k)) }) };
    checks.push(auditHedger(spec, { kind: "feature", name, hedger }, worlds));
  }
  for (const name of spec.baselines) {
    const { rule } = await catalog.load<Policy>("policies", name);
    if (!rule) continue;
    checks.push(auditHedger(spec, { kind: "policy", name, hedger: { hedge: rule } }, worlds));
  }
  const shapes = new Set<string>();
  for (const [arm, { features: seen, environments }] of arms) {
    const shape = JSON.stringify([seen, environments.length]);
    if (shapes.has(shape)) continue;
    shapes.add(shape);
    emit({ kind: "stage", name: "network", detail: arm });
    const small = { ...spec, paths: SMALL.pool, training: { ...spec.training, ...SMALL } };
    const series = isReal(spec.arms[arm]!) ? realSeries(market!) : null;
    const open = await openArm({ spec: small, arm, seed: 0, catalog, series, threads: 1 });
    try {
      const noise = normals(SOURCE.fold("weights"), open.trainer.values.length);
      noise.forEach((z, i) => (open.trainer.values[i]! += NOISE * z));
      open.trainer.refresh();
      const hedger = { hedge: (e: Episodes) => ({ stock: open.trainer.hedge(e) }) };
      const name = `${spec.policy} of ${arm}`;
      checks.push(auditHedger(spec, { kind: "policy", name, hedger }, worlds));
    } finally {
      await open.close();
    }
  }
  return checks;
}

/** A synthetic environment and paths of it. */
interface World {
  readonly environment: Environment;
  readonly paths: Paths;
}

async function worldOf(
  spec: HedgingSpec,
  catalog: Catalog,
  ref: EnvironmentRef,
): Promise<World | undefined> {
  if (typeof ref === "object" && "real" in ref) return undefined;
  const environment = await environmentOf(catalog, ref);
  const process = await catalog.load<Process>("processes", environment.process);
  let drawn: Paths | undefined;
  // The paths that the study's own way to draw them draws.
  const noting: Process = { ...process, simulate: (ask) => (drawn = process.simulate(ask)) };
  const { contract } = spec;
  simulateEpisodes({ environment, process: noting, contract, paths: PATHS, key: SOURCE });
  return { environment, paths: drawn! };
}

const SOURCE = key(0).fold("audit");

/** Asks a hedger in every world; the first position that moved is the leak. */
function auditHedger(
  { contract }: HedgingSpec,
  { kind, name, hedger }: Pick<Check, "kind" | "name"> & { readonly hedger: Hedger },
  worlds: readonly World[],
): Check {
  let leak: Leak | null = null;
  for (const { environment, paths } of worlds) {
    const found = findLeak({ hedger, paths, environment, contract, key: SOURCE });
    if (!found) continue;
    const { session, path, before, after } = found;
    const what = `position of path ${path} in ${environment.name}, session ${session}`;
    leak ??= { what, day: null, cut: null, how: "rewritten", before, after };
  }
  const method = `${PATHS} paths in ${worlds.length} environments: prices after a session rewritten`;
  return { kind, name, method, cuts: 3 * worlds.length, leak };
}
