import { type Emit, silent, toDay } from "#core";
import { type Fold, outputs, type Samples, takeRows } from "#learn";
import type { Market } from "#market";
import { type Check, spread } from "./audit-check.ts";
import { auditForecast, type Forecast } from "./audit-forecast.ts";
import type { Catalog } from "./catalog.ts";
import { prepareContender } from "./forecast-fit.ts";
import { fitRisk, prepareRisk } from "./forecast-filter-fit.ts";
import type { FilterSpec } from "./forecast-filter-spec.ts";
import { makeFolds } from "./forecast-folds.ts";
import { MODEL } from "./forecast-result.ts";
import { planRetraining } from "./forecast-retraining.ts";
import type { ForecastSpec, ModelUse } from "./forecast-spec.ts";
import { fitChains } from "./forecast-team.ts";

/** Rows of the fixture that models are audited on, and how many of them come before the first forecast. */
const ROWS = 240;
const BEFORE = 140;
/** Cut points. */
const CUTS = 3;
/** One epoch, few trees: what is audited does not depend on how long a model is trained. */
const SHORT = { epochs: 1, n_estimators: 5, early_stopping_rounds: 2 };

/** What a learning study is audited with. */
export interface LearningGround {
  readonly market: Market;
  readonly catalog: Catalog;
  /** All rows of the study. */
  readonly rows: Samples;
  readonly emit: Emit;
}

/** Consecutive rows with labels of every class, as even as can be found. */
function fixtureOf(rows: Samples): Samples {
  const { target } = rows;
  const size = Math.min(ROWS, target.length);
  const classes = outputs(rows.task);
  const rarest = (from: number): number => {
    const counts = new Uint32Array(classes);
    for (const y of target.subarray(from, from + BEFORE)) if (!Number.isNaN(y)) counts[y]! += 1;
    return Math.min(...counts);
  };
  const starts = spread(0, target.length - size, 100);
  const best = starts.reduce((kept, from) => (rarest(from) > rarest(kept) ? from : kept));
  return takeRows(
    rows,
    Int32Array.from({ length: size }, (_, i) => best + i),
  );
}

/** A model's use with as little training as it takes. */
function shorten({ params, ...use }: ModelUse, known: readonly string[]): ModelUse {
  const short = Object.entries(SHORT).filter(([name]) => known.includes(name));
  return { ...use, params: { ...params, ...Object.fromEntries(short) } };
}

async function shortUses(
  { model, baselines }: Pick<ForecastSpec, "model" | "baselines">,
  catalog: Catalog,
): Promise<[string, ModelUse][]> {
  const uses: [string, ModelUse][] = [];
  for (const [name, use] of Object.entries({ [MODEL]: model, ...baselines })) {
    const { defaults } = await catalog.load<{ defaults: object }>("models", use.name);
    uses.push([name, shorten(use, Object.keys(defaults))]);
  }
  return uses;
}

/**
 * Audits the models of a forecast study as the study trains them: its own folds over a few of its rows, each model fitted
 * on every fold for one epoch. A forecast may depend on no later row, and on no label that was not known when its fold's
 * training ended.
 */
export function auditForecasts(spec: ForecastSpec, ground: LearningGround): Promise<Check[]> {
  const fixture = fixtureOf(ground.rows);
  const { times } = fixture;
  const { split } = spec;
  const folds = makeFolds(
    fixture,
    split.kind === "disjoint"
      ? { ...split, from: toDay(times[BEFORE]!), folds: 2 }
      : { ...split, days: Math.min(split.days, times.at(-1)! - times[0]!), windows: 2 },
  );
  return auditModels(spec, ground, fixture, folds);
}

/** What models are trained by. */
type Learners = Pick<ForecastSpec, "model" | "baselines" | "features">;

/** Audits each model on folds of the fixture. */
async function auditModels(
  spec: Learners,
  { catalog, emit }: LearningGround,
  fixture: Samples,
  folds: readonly Fold[],
): Promise<Check[]> {
  const classes = outputs(fixture.task);
  const width = folds.length * classes;
  const uses = await shortUses(spec, catalog);
  const checks: Check[] = [];
  for (const [done, [name, use]] of uses.entries()) {
    emit({ kind: "progress", name: "models", done: done + 1, total: uses.length });
    const forecast: Forecast = async (world) => {
      const known = folds.map((fold) => within(fold, world));
      const features = Object.keys(spec.features);
      const contender = await prepareContender(name, use, { catalog, rows: world, features });
      const { file, params, rows } = contender;
      const parts = known.map(({ train, test }) => ({ train, predict: test }));
      const chain = { name, file, params, rows, folds: parts, seed: 0, balanced: false };
      const [fits] = await fitChains([chain], { threads: 1, emit: silent });
      const out = new Float64Array(world.times.length * width).fill(NaN);
      known.forEach(({ test }, f) => {
        test.forEach((row, i) => {
          const values = fits![f]!.values.subarray(i * classes, (i + 1) * classes);
          out.set(values, row * width + f * classes);
        });
      });
      return out;
    };
    const check = await auditForecast(name, fixture, forecast, cutsOf(folds, fixture));
    checks.push({ ...check, name: `${name}: ${use.name}` });
  }
  return checks;
}

/** A fold as far as a world goes: training rows with a label, test rows that are there. */
function within(fold: Fold, { times, target }: Samples): Fold {
  return {
    index: fold.index,
    train: fold.train.filter((row) => row < times.length && !Number.isNaN(target[row]!)),
    test: fold.test.filter((row) => row < times.length),
  };
}

/** The first row of each test, where a label too many would show, and the middle of the last. */
function cutsOf(folds: readonly Fold[], { times }: Samples): number[] {
  const firsts = folds.map(({ test }) => test[0]!);
  const middle = Math.floor((firsts.at(-1)! + times.length) / 2);
  return [...new Set([...firsts, middle])].slice(0, CUTS);
}

/**
 * Audits the models of a filter study one by one, and the path on which it trains, retrains, calibrates and thresholds
 * them, over a few of its rows and for one epoch: the probability, what is held against the limit, and the limit of a row
 * may depend on nothing later.
 *
 * @param losses sessions on which a loss is in the labels
 */
export async function auditRisk(
  spec: FilterSpec,
  ground: LearningGround,
  losses: readonly number[],
): Promise<Check[]> {
  const { catalog, market, emit } = ground;
  const fixture = fixtureOf(ground.rows);
  const plan = { ...spec.retraining, from: toDay(fixture.times[BEFORE]!), held: spec.held };
  const planned = (world: Samples) => planRetraining(world, market.sessions, losses, plan);
  const folds = planned(fixture).map(({ head, test }, index) => ({ index, train: head, test }));
  const checks = await auditModels(spec, ground, fixture, folds);

  const [[, model], ...others] = (await shortUses(spec, catalog)) as [[string, ModelUse]];
  const seeds = spec.seeds.slice(0, 1);
  const short: FilterSpec = { ...spec, model, baselines: Object.fromEntries(others), seeds };
  const names = [MODEL, ...Object.keys(spec.baselines)];
  const parts = ["probability", "risk", "limit"] as const;
  const width = names.length * parts.length;
  const forecast: Forecast = async (world) => {
    const trainings = planned(world);
    const prepared = await prepareRisk(short, { rows: world, trainings, catalog });
    const fitting = { rows: world, trainings, threads: 1, emit: silent };
    const out = new Float64Array(world.times.length * width).fill(NaN);
    const tested = trainings.flatMap(({ test }) => Array.from(test));
    for (const { name, forecasts } of await fitRisk(short, prepared, fitting)) {
      parts.forEach((part, p) => {
        const at = names.indexOf(name) * parts.length + p;
        tested.forEach((row, i) => (out[row * width + at] = forecasts[0][part][i]!));
      });
    }
    return out;
  };
  emit({ kind: "stage", name: "filter", detail: `${folds.length} trainings` });
  const cuts = spread(BEFORE, fixture.times.length - 2, CUTS);
  const check = await auditForecast("retrained, calibrated, with limits", fixture, forecast, cuts);
  return [...checks, check];
}
