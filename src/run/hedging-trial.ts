import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { contentHash, key, uniforms, writeWhole, writing } from "#core";
import {
  type Diagnostics,
  type Episodes,
  type Hedger,
  type NetworkShape,
  type Objective,
  type Outcome,
  type Policy,
  type Positions,
  type TrainingNote,
  MASKS,
  diagnose,
  loadHedger,
  maskEpisodes,
  reckon,
  saveHedger,
  sensitivities,
  tailLoss,
  trainHedger,
} from "#hedge";
import { readSafetensors, writeSafetensors } from "#learn";
import { mean } from "#num";
import type { Catalog } from "./catalog.ts";
import { isReal, nameOf, type OpenArm, rawNames } from "./hedging-arm.ts";
import type { Definitions } from "./hedging-definitions.ts";
import { evaluatedOf, type HedgingSpec } from "./hedging-spec.ts";
import { toJson } from "./json.ts";

/** One thing to train and evaluate: the method is an objective, `pretrain`, or an untrained baseline. */
export interface HedgingTrial {
  readonly arm: string;
  readonly method: string;
  readonly kind: "baseline" | "pretrain" | "method";
  readonly lambda: number;
  readonly seed: number;
  readonly heldOut?: string;
}

/** Figures of one method on one set of paths; money in premiums, `cvar100` for 100 of spot. */
export interface SetMetrics {
  readonly cvar: number;
  readonly cvar100: number;
  readonly mean: number;
  readonly turnover: number;
  readonly drawdown: number;
  readonly sharpe: number;
  readonly costs: number;
  readonly tradeRatio: number;
  readonly efficiency: number;
  readonly paths: number;
}

/** A finished trial: what lies in `<var>/hedging/trials/<id>.json`. */
export interface TrialResult {
  readonly id: string;
  /** Version of the code that evaluated it, and of that which trained its weights. */
  readonly code: string;
  readonly trainedBy: string | null;
  readonly trial: HedgingTrial;
  readonly sets: Readonly<Record<string, SetMetrics>>;
  readonly notes: readonly TrainingNote[];
  readonly environments: readonly string[];
  readonly sensitivity: Readonly<Record<string, number>>;
  readonly diagnostics: Diagnostics | null;
  /** Mean position by moneyness and session in the first test. */
  readonly surface: Surface | null;
  readonly probes: readonly Record<string, number | string>[];
  readonly warnings: readonly string[];
}

export interface Surface {
  readonly moneyness: readonly number[];
  readonly sessions: readonly number[];
  /** [moneyness][sessions], null where no path came by. */
  readonly values: readonly (readonly (number | null)[])[];
}

/** A trial with its identity, that of its weights, and that of those it starts from. */
export interface HedgingJob {
  readonly trial: HedgingTrial;
  readonly id: string;
  readonly checkpoint: string;
  readonly pretrained: string;
}

/** Trials with their identities. `snapshot` counts where an arm is real. */
export function jobsOf(
  spec: HedgingSpec,
  trials: readonly HedgingTrial[],
  snapshot: string,
  definitions: Definitions,
): HedgingJob[] {
  return trials.map((trial) => {
    const pretraining = { ...trial, kind: "pretrain" as const, method: "pretrain", lambda: 0 };
    return {
      trial,
      id: trialId(spec, trial, snapshot, definitions),
      checkpoint: checkpointId(spec, trial, snapshot, definitions),
      pretrained: checkpointId(spec, pretraining, snapshot, definitions),
    };
  });
}

/** Changes when what an evaluation computes changes. */
const EVALUATION_VERSION = 4;

/**
 * Identity of a trial: all that defines its result, environments and the user's own files as they are; how it is
 * reported and the code that runs are no part of it.
 */
export function trialId(
  spec: HedgingSpec,
  trial: HedgingTrial,
  snapshot: string,
  definitions: Definitions,
): string {
  const { paths, maxTradeWarningFactor, probe } = spec;
  const arm = evaluatedOf(spec, trial);
  const { validation, tests } = definitions.arms[trial.arm]!;
  const evaluation = {
    paths,
    maxTradeWarningFactor,
    probe,
    validation,
    tests: tests.slice(0, arm.tests.length),
    probed: arm.probed,
  };
  const real = isReal(arm) ? snapshot : "";
  const checkpoint = checkpointId(spec, trial, snapshot, definitions);
  return contentHash({ checkpoint, evaluation, real, version: EVALUATION_VERSION });
}

/** Identity of the weights a trial evaluates: what they were trained on and how. */
export function checkpointId(
  spec: HedgingSpec,
  trial: HedgingTrial,
  snapshot: string,
  { arms, files }: Definitions,
): string {
  const { contract, risk, training, policy, flaws } = spec;
  const { features, ...refs } = spec.arms[trial.arm]!;
  const { environments, validation } = arms[trial.arm]!;
  const { arm: _, ...own } = trial;
  const guided = training.schedule === "adaptive" || training.keep === "best";
  const seen = { ...refs, validation: guided ? refs.validation : [], tests: [] };
  return contentHash({
    contract,
    risk,
    training,
    policy,
    flaws,
    environments,
    features,
    guide: guided ? validation : [],
    files: {
      objective: trial.kind === "method" ? files[`objectives/${trial.method}`] : undefined,
      policy: files[`policies/${trial.kind === "baseline" ? trial.method : policy}`],
    },
    trial: own,
    real: isReal(seen) ? snapshot : "",
  });
}

/** Where a trial's result, its numbers a path, or a checkpoint lies. */
export function trialFile(
  root: string,
  id: string,
  what: "trials" | "checkpoints" | "paths",
): string {
  const end = what === "trials" ? "json" : "safetensors";
  return path.join(root, "hedging", what, `${id}.${end}`);
}

/** The result of a finished trial, or null. */
export function readTrial(root: string, id: string): TrialResult | null {
  const file = trialFile(root, id, "trials");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as TrialResult) : null;
}

/** Numbers a path that a trial kept: `pnl.<set>` and `turnover.<set>`. */
export function readPaths(root: string, id: string): Record<string, Float32Array> {
  const { tensors } = readSafetensors(readFileSync(trialFile(root, id, "paths")));
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { values }]) => [name, Float32Array.from(values)]),
  );
}

export interface TrialRequest extends HedgingJob {
  readonly spec: HedgingSpec;
  /** Version of the code that runs it. */
  readonly code: string;
  readonly root: string;
  readonly open: OpenArm;
  readonly catalog: Catalog;
  readonly progress?: (done: number, total: number) => void;
}

/** Trains where there is something to train, evaluates, and writes: paths and weights first, the result last. */
export async function runTrial(request: TrialRequest): Promise<TrialResult> {
  const { trial, id, code, root, open, catalog } = request;
  const learnt = trial.kind === "baseline" ? null : await obtain(request);
  const rule =
    trial.kind === "baseline"
      ? (await catalog.load<Policy>("policies", trial.method)).rule!
      : (e: Episodes) => ({ stock: open.trainer.hedge(e) });
  const { paths, sets, ...seen } = evaluate(request, rule);
  const raw = rawNames(open.spec.tests);
  const tested = open.spec.tests.map(nameOf).filter((name) => !raw.includes(name));
  const worst = sets[seen.main]!;
  const result: TrialResult = {
    id,
    code,
    trainedBy: learnt?.code ?? null,
    trial,
    sets,
    notes: learnt?.notes ?? [],
    environments: open.environments,
    sensitivity: seen.sensitivity,
    diagnostics: isPlain(trial)
      ? null
      : diagnose({
          training: open.environments.map((name) => sets[name]!.cvar),
          tests: tested.map((name) => sets[name]!.cvar),
          meanPnl: worst.mean,
          cvar: worst.cvar,
          tradeRatio: worst.tradeRatio,
          sensitivity: seen.sensitivity,
          gradients: gradientsOf(open),
        }),
    surface: seen.surface,
    probes: seen.probes,
    warnings: seen.warnings,
  };
  await writing(root, () => {
    const tensors = Object.fromEntries(
      Object.entries(paths).map(([name, values]) => [name, { shape: [values.length], values }]),
    );
    writeWhole(root, trialFile(root, id, "paths"), writeSafetensors({ tensors, metadata: {} }));
    writeWhole(root, trialFile(root, id, "trials"), toJson(result));
  });
  return result;
}

/** Baselines, and trials that only choose λ, are spared the diagnostics. */
function isPlain({ kind, heldOut }: HedgingTrial): boolean {
  return kind === "baseline" || heldOut !== undefined;
}

/** What a hedger does on every set, drawn one after the other, and through the probes on those that are probed. */
function evaluate({ spec, trial, open }: TrialRequest, rule: Hedger["hedge"]) {
  const paths: Record<string, Float32Array> = {};
  const sets: Record<string, SetMetrics> = {};
  const warnings = new Set<string>();
  const probes: Record<string, number | string>[] = [];
  const { probed } = open.spec;
  const { scaling, hedge } = open.trainer;
  const raw = rawNames(open.spec.tests);
  const main = probed[0] ?? [...open.sets.keys()].findLast((name) => !raw.includes(name))!;
  const bound = 1 + (open.policy.network?.bound ?? 0);
  let surface: Surface | null = null;
  let sensitivity: Record<string, number> = {};
  const keep = (name: string, truth: Episodes, positions: Positions, costs = 1): Outcome => {
    const outcome = reckon(truth, positions, costs);
    sets[name] = metricsOf(outcome, truth);
    paths[`pnl.${name}`] = Float32Array.from(outcome.pnl);
    paths[`turnover.${name}`] = Float32Array.from(outcome.turnover);
    return outcome;
  };
  for (const [name, draw] of open.sets) {
    const truth = draw();
    const positions = rule(truth);
    for (const warning of truth.warnings) warnings.add(`${truth.environment}: ${warning}`);
    const { largestTrade } = keep(name, truth, positions);
    const factor = spec.maxTradeWarningFactor;
    if (largestTrade > factor * bound) {
      const size = largestTrade.toFixed(2);
      warnings.add(`${name}: a trade of ${size} units, above ${factor} × the bound ${bound}`);
    }
    if (spec.probe) {
      const network = trial.kind === "baseline" ? undefined : open.policy.network;
      probes.push(...logSteps(truth, positions.stock, network));
    }
    if (probed.includes(name)) {
      keep(`${name}-costs`, truth, positions, 1.5);
      for (const mask of MASKS) {
        const masked = maskEpisodes(truth, mask, scaling, key(trial.seed).fold("mask"));
        keep(`${name}-${mask}`, truth, rule(masked));
      }
    }
    if (name !== main) continue;
    surface = surfaceOf(truth, positions.stock);
    if (!isPlain(trial)) sensitivity = sensitivities(hedge, truth, scaling);
  }
  poolTraining(open, paths, sets);
  return { paths, sets, main, surface, sensitivity, probes, warnings: [...warnings] };
}

/** What lies beside a checkpoint. */
interface Learnt {
  /** Version of the code that trained it. */
  readonly code: string;
  readonly notes: readonly TrainingNote[];
}

/** The weights of a trial: from their checkpoint, or trained and saved, with the notes of their training. */
async function obtain(request: TrialRequest): Promise<Learnt> {
  const { checkpoint, code, root, open } = request;
  const file = trialFile(root, checkpoint, "checkpoints");
  const history = file.replace(/safetensors$/, "json");
  if (!existsSync(file)) {
    const learnt: Learnt = { code, notes: await train(request) };
    await writing(root, () => {
      writeWhole(root, history, toJson(learnt));
      writeWhole(root, file, saveHedger(open.trainer));
    });
    return learnt;
  }
  loadHedger(open.trainer, readFileSync(file));
  return JSON.parse(readFileSync(history, "utf8")) as Learnt;
}

/** Gradients of the training environments' risks by the last layer, on the first batch. */
function gradientsOf({ trainer, fill }: OpenArm): readonly Float64Array[] {
  fill("method", 0);
  let gradients: readonly Float64Array[] = [];
  trainer.measure(0, {
    probe: "gradients",
    lambda: 0,
    meanShare: 0,
    weigh: (measured) => {
      gradients = measured.gradients;
      return { loss: 0, penalty: 0, risk: new Float64Array(measured.risks.length) };
    },
  });
  return gradients;
}

/** Brings the arm's network to where the trial wants it. */
async function train(request: TrialRequest): Promise<readonly TrainingNote[]> {
  const { spec, trial, pretrained, root, open, catalog, progress } = request;
  const { trainer, held } = open;
  const { training } = spec;
  const own = key(trial.seed);
  const updates = trial.kind === "pretrain" ? training.pretrain : training.updates;
  if (trial.kind === "pretrain") open.begin();
  else loadHedger(trainer, readFileSync(trialFile(root, pretrained, "checkpoints")));
  const phase = trial.kind === "pretrain" ? "pretrain" : "method";
  open.fill(phase, 0);
  const name = trial.kind === "pretrain" ? "erm" : trial.method;
  const objective = await catalog.load<Objective>("objectives", name);
  const notes = trainHedger({
    trainer,
    objective,
    plan: training,
    lambda: trial.lambda,
    updates,
    before: trial.kind === "pretrain" ? 0 : training.pretrain,
    key: own.fold("training"),
    refill: (number) => open.fill(phase, number),
    validate:
      held.length === 0
        ? undefined
        : () => mean(held.map((e) => tailLoss(reckon(e, { stock: trainer.hedge(e) }).pnl))),
    progress: (done) => progress?.(done, updates),
  });
  if (spec.flaws.untrainedHead && trial.kind === "method") redrawHead(request);
  return notes;
}

/** The original's heads of unseen environments: the last layer as it was drawn. */
function redrawHead({ trial, open: { trainer } }: TrialRequest): void {
  for (const parameter of trainer.parameters.slice(-2)) {
    const n = parameter.shape.reduce((a, b) => a * b, 1);
    const draws = uniforms(key(trial.seed).fold("untrained", parameter.name), n);
    for (let i = 0; i < n; i++) {
      trainer.values[parameter.place(i)] = (2 * draws[i]! - 1) / Math.sqrt(64);
    }
  }
  trainer.refresh();
}

/** The pool of the training environments' test paths, as the set `training`. */
function poolTraining(
  open: OpenArm,
  paths: Record<string, Float32Array>,
  sets: Record<string, SetMetrics>,
): void {
  for (const what of ["pnl", "turnover"]) {
    const parts = open.environments.map((name) => paths[`${what}.${name}`]!);
    const pooled = new Float32Array(parts.reduce((n, part) => n + part.length, 0));
    let at = 0;
    for (const part of parts) {
      pooled.set(part, at);
      at += part.length;
    }
    paths[`${what}.training`] = pooled;
  }
  const average = (pick: (m: SetMetrics) => number) =>
    mean(open.environments.map((name) => pick(sets[name]!)));
  const pnl = Float64Array.from(paths["pnl.training"]!);
  sets.training = {
    ...(Object.fromEntries(
      (Object.keys(sets[open.environments[0]!]!) as (keyof SetMetrics)[]).map((k) => [
        k,
        average((m) => m[k]),
      ]),
    ) as unknown as SetMetrics),
    cvar: tailLoss(pnl),
    paths: pnl.length,
  };
}

function metricsOf(outcome: Outcome, { premium }: Episodes): SetMetrics {
  const { pnl } = outcome;
  const cvar = tailLoss(pnl);
  return {
    cvar,
    cvar100: tailLoss(pnl.map((x, i) => x * premium[i]!)),
    mean: mean(pnl),
    turnover: mean(outcome.turnover),
    drawdown: mean(outcome.drawdown),
    sharpe: mean(outcome.sharpe),
    costs: mean(outcome.costs),
    tradeRatio: mean(outcome.tradeRatio),
    efficiency: mean(pnl) / Math.abs(cvar),
    paths: pnl.length,
  };
}

/** Mean position in boxes of moneyness (spot over its start) and session. */
function surfaceOf({ spot, paths: n, steps }: Episodes, stock: Float64Array): Surface {
  const moneyness = [0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.3];
  const sessions = Array.from({ length: 6 }, (_, i) => Math.floor((i * steps) / 6));
  const width = Math.max(1, Math.floor(steps / 6));
  const values = moneyness.map((m, row) => {
    const low = row === 0 ? 0 : (m + moneyness[row - 1]!) / 2;
    const high = row + 1 === moneyness.length ? Infinity : (m + moneyness[row + 1]!) / 2;
    return sessions.map((from) => {
      let sum = 0;
      let count = 0;
      for (let k = from * n; k < Math.min(steps, from + width) * n; k++) {
        const x = spot[k]! / 100;
        if (x < low || x >= high) continue;
        sum += stock[k]!;
        count += 1;
      }
      return count >= 20 ? sum / count : null;
    });
  });
  return { moneyness, sessions, values };
}

/** The first twenty steps of the first path; of a network also its own output, before delta is added to a residual. */
function logSteps(
  e: Episodes,
  stock: Float64Array,
  network: NetworkShape | undefined,
): Record<string, number | string>[] {
  const rows = [];
  for (let t = 0; t < Math.min(20, e.steps); t++) {
    const k = t * e.paths;
    const inventory = t > 0 ? stock[k - e.paths]! : 0;
    const trade = stock[k]! - inventory;
    const cost = e.linear[k]! * Math.abs(trade) + e.quadratic * trade * trade;
    rows.push({
      environment: e.environment,
      t,
      price: e.spot[k]!,
      inventory,
      delta: e.delta[k]!,
      ...(network && { raw_output: stock[k]! - (network.bound === undefined ? 0 : e.delta[k]!) }),
      position: stock[k]!,
      trade,
      cost,
    });
  }
  return rows;
}
