import { lastSteps, outputs, type Samples, takeRows } from "#learn";
import { takeFeatures } from "#features";
import type { Catalog } from "./catalog.ts";
import type { Chain, ChainFit, SavedModel } from "./forecast-chain.ts";
import {
  type Contender,
  failedEverywhere,
  firstFailure,
  prepareContender,
} from "./forecast-fit.ts";
import type { FilterSpec } from "./forecast-filter-spec.ts";
import { savedOf } from "./forecast-models.ts";
import { MODEL } from "./forecast-result.ts";
import type { Training } from "./forecast-retraining.ts";
import {
  calibrateRisk,
  chooseThreshold,
  equalPriors,
  type RiskFold,
  riskOf,
} from "./forecast-risk.ts";
import { fitChains, type Fitting } from "./forecast-team.ts";

/** The forecasts of a model, or of the mean of several seeds, for the rows of all trainings one after another. */
export interface RiskForecast {
  readonly name: string;
  /** Null for the mean of the seeds. */
  readonly seed: number | null;
  /** Calibrated probability of risk. */
  readonly probability: Float64Array;
  /** What is held against the limit. */
  readonly risk: Float64Array;
  /** The threshold of the row's training. */
  readonly limit: Float64Array;
  /** Day of the last close that the model of the row knows; −1 where there is no model. */
  readonly asOf: Int32Array;
}

/** A contender with its seeds. */
export interface RiskContender {
  readonly name: string;
  /** The mean of the seeds first, then each where there are several. */
  readonly forecasts: readonly [RiskForecast, ...RiskForecast[]];
  /** Trainings that failed, by seed. */
  readonly failed: readonly {
    readonly seed: number;
    readonly training: number;
    readonly why: string;
  }[];
  /** The last model of each seed. */
  readonly saved: Readonly<Record<number, SavedModel>>;
}

/** What is learned from, when, and by which entries. */
interface RiskRows {
  readonly rows: Samples;
  readonly trainings: readonly Training[];
  readonly catalog: Catalog;
}

/** Loads every contender. Throws what its training or forecasting would throw, before anything is trained or recorded. */
export async function prepareRisk(
  spec: FilterSpec,
  { rows, trainings, catalog }: RiskRows,
): Promise<Contender[]> {
  const features = Object.keys(spec.features);
  const contenders: Contender[] = [];
  for (const [name, use] of Object.entries({ [MODEL]: spec.model, ...spec.baselines })) {
    contenders.push(await prepareContender(name, use, { catalog, rows, features }));
  }
  for (const contender of contenders) {
    const { name, params } = contender;
    checkTrainings(contender, trainings);
    const again = { ...(params as object), ...spec.retraining.again };
    if (name === MODEL) checkTrainings({ ...contender, params: again }, trainings);
  }
  return contenders;
}

/** Trains every contender on every training under its seeds. */
export async function fitRisk(
  spec: FilterSpec,
  contenders: readonly Contender[],
  { rows, trainings, ...fitting }: Omit<RiskRows, "catalog"> & Fitting,
): Promise<RiskContender[]> {
  const folds = trainings.map(({ head, tail, test }) => ({
    train: head,
    held: tail,
    predict: Int32Array.from([...tail, ...test]),
  }));
  const again = spec.retraining.again;
  const chains = contenders.flatMap(({ name, file, params, rows: own }) => {
    const isModel = name === MODEL;
    const warm = isModel && Object.keys(again).length > 0;
    const more = warm ? { again: { ...(params as object), ...again } } : {};
    const base = {
      name,
      file,
      params,
      rows: own,
      folds,
      balanced: spec.balanced && name !== "class-prior",
    };
    return (isModel ? spec.seeds : spec.seeds.slice(0, 1)).map((seed): Chain =>
      Object.assign({ seed }, base, more),
    );
  });
  const fits = await fitChains(chains, fitting);
  return contenders.map(({ name }) => {
    const own = chains.flatMap((chain, i) =>
      chain.name === name ? [{ seed: chain.seed, fits: fits[i]! }] : [],
    );
    return gather(name, own, { spec, rows, trainings });
  });
}

/** What any training would throw about its rows, before the first begins. */
function checkTrainings({ model, params, rows }: Contender, trainings: readonly Training[]): void {
  const first = trainings[0]!;
  model.check(takeRows(rows, first.head), params, takeRows(rows, first.test));
}

interface Ground {
  readonly spec: FilterSpec;
  readonly rows: Samples;
  readonly trainings: readonly Training[];
}

/** Calibrated folds of one seed, and when its model of each fold was trained. */
interface Member {
  readonly seed: number;
  readonly folds: readonly RiskFold[];
  readonly asOf: readonly number[];
}

function gather(
  name: string,
  own: readonly { readonly seed: number; readonly fits: readonly ChainFit[] }[],
  ground: Ground,
): RiskContender {
  const never = own.flatMap(({ seed, fits }) => {
    const error = fits.some(({ ok }) => ok) ? undefined : firstFailure(fits, "training");
    return error ? [{ seed, error }] : [];
  });
  if (never.length === own.length) throw failedEverywhere(name, never);
  const members = own.map(({ seed, fits }) => memberOf(seed, fits, ground));
  const mean = decide(name, null, averageOf(members), ground);
  const each = members.length > 1 ? members.map((one) => decide(name, one.seed, one, ground)) : [];
  const failed = own.flatMap(({ seed, fits }) =>
    fits.flatMap((fit, training) =>
      fit.ok ? [] : [{ seed, training: training + 1, why: fit.error.message }],
    ),
  );
  return { name, forecasts: [mean, ...each], failed, saved: savedOf(own) };
}

function labels(rows: Samples, index: Int32Array): Uint8Array {
  return Uint8Array.from(index, (row) => rows.target[row]!);
}

function memberOf(
  seed: number,
  fits: readonly ChainFit[],
  { spec, rows, trainings }: Ground,
): Member {
  const classes = outputs(rows.task);
  let asOf = -1;
  const days: number[] = [];
  const folds = trainings.map(({ tail, test, asOf: day }, f): RiskFold => {
    const fit = fits[f]!;
    if (fit.ok) asOf = day;
    days.push(asOf);
    const risk = riskOf(fit.values, classes);
    if (risk.length === 0) {
      return { tail: nothing(tail.length), test: nothing(test.length) };
    }
    const plain = { tail: risk.subarray(0, tail.length), test: risk.subarray(tail.length) };
    return spec.probability === "plain" ? plain : calibrateRisk(plain, labels(rows, tail));
  });
  return { seed, folds, asOf: days };
}

function nothing(length: number): Float64Array {
  return new Float64Array(length).fill(NaN);
}

/** The mean over members with a model, training by training; as old as the youngest of them. */
function averageOf(members: readonly Member[]): Omit<Member, "seed"> {
  const first = members[0]!;
  const mean = (fold: number, part: "tail" | "test") => {
    const known = members.filter(({ asOf }) => asOf[fold]! >= 0);
    return first.folds[fold]![part].map((_, i) => {
      const sum = known.reduce((total, { folds }) => total + folds[fold]![part][i]!, 0);
      return known.length > 0 ? sum / known.length : NaN;
    });
  };
  return {
    folds: first.folds.map((_, f) => ({ tail: mean(f, "tail"), test: mean(f, "test") })),
    asOf: first.asOf.map((_, f) => Math.max(...members.map(({ asOf }) => asOf[f]!))),
  };
}

/** Chooses the threshold of each training on its held-out rows and lays all forecasts end to end. */
function decide(
  name: string,
  seed: number | null,
  member: Omit<Member, "seed">,
  { spec, rows, trainings }: Ground,
): RiskForecast {
  const n = trainings.reduce((sum, { test }) => sum + test.length, 0);
  const probability = new Float64Array(n);
  const risk = new Float64Array(n);
  const limit = new Float64Array(n);
  const asOf = new Int32Array(n);
  let at = 0;
  trainings.forEach(({ head, tail, test }, f) => {
    const fold = member.folds[f]!;
    const known = [...labels(rows, head), ...labels(rows, tail)];
    const base = known.reduce((sum, one) => sum + one, 0) / known.length;
    const weigh = (p: number) => (spec.probability === "plain" ? p : equalPriors(p, base));
    const threshold = chooseThreshold(fold.tail.map(weigh), labels(rows, tail), spec);
    probability.set(fold.test, at);
    risk.set(fold.test.map(weigh), at);
    limit.fill(threshold, at, at + test.length);
    asOf.fill(member.asOf[f]!, at, at + test.length);
    at += test.length;
  });
  return { name, seed, probability, risk, limit, asOf };
}

/** Rows of the study's own features at their last step, for drift. */
export function driftRows(rows: Samples, features: readonly string[]): Samples {
  return lastSteps(takeFeatures(rows, features));
}
