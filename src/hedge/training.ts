import type { Key } from "#core";
import { rateShare } from "#learn";
import { mean } from "#num";
import type { HedgeTrainer, Update } from "./hedge-trainer.ts";
import type { Objective } from "./objective.ts";
import type { TrainingPlan } from "./training-plan.ts";

/** What a training says of itself every few updates: means since the last note. */
export interface TrainingNote {
  readonly update: number;
  readonly loss: number;
  readonly penalty: number;
  readonly norm: number;
  readonly lambda: number;
  readonly risks: readonly number[];
  /** Held-out risk, where it was asked for. */
  readonly heldOut: number | null;
}

export interface TrainRequest {
  readonly trainer: HedgeTrainer;
  readonly objective: Objective;
  readonly plan: TrainingPlan;
  /** Target of λ; nil for objectives without a penalty. */
  readonly lambda: number;
  /** Updates now, and those made before, whose batches are not repeated. */
  readonly updates: number;
  readonly before: number;
  readonly key: Key;
  /** Held-out risk, asked at every note by the adaptive schedule and to keep the best weights. */
  readonly validate?: (() => number) | undefined;
  /** Puts the `number`-th draw of paths into the trainer; never asked for where the plan keeps the first. */
  readonly refill?: ((number: number) => void) | undefined;
  readonly progress?: (done: number) => void;
}

/** Trains a hedger in place. */
export function trainHedger(request: TrainRequest): TrainingNote[] {
  const { trainer, objective, plan, updates, before, key } = request;
  const { decay = plan.decay, dropout = 0, meanShare = 0 } = objective.training;
  const weigh = objective.start();
  const optimiser = {
    kind: "adamw" as const,
    rate: plan.rate,
    decay,
    clip: plan.clip,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
  };
  const cosine = { kind: "cosine" as const, warmup: 0, floor: plan.floor, every: 0 };
  const { validate } = request;
  const keeps = plan.keep === "best" && validate !== undefined;
  const adapts = plan.schedule === "adaptive" && objective.penalised;
  let target = request.lambda;
  let best = { held: Infinity, trained: Infinity };
  let kept: Weights | undefined;
  let keptRisk = Infinity;
  const notes: TrainingNote[] = [];
  let since: Update[] = [];
  trainer.resetOptimiser();
  for (let i = 0; i < updates; i++) {
    if (plan.refresh > 0 && i > 0 && i % plan.refresh === 0) request.refill?.(i / plan.refresh);
    const lambda = objective.penalised ? target * Math.min(1, (i + 1) / Math.max(1, plan.ramp)) : 0;
    since.push(
      trainer.update(
        before + i,
        { probe: objective.probe, lambda, meanShare, weigh },
        {
          optimiser,
          share: rateShare(cosine, i, updates),
          threshold: plan.threshold,
          key: key.fold("step", before + i),
          dropout: dropout > 0,
        },
      ),
    );
    if ((i + 1) % plan.every !== 0 && i + 1 < updates) continue;
    const held = validate && (keeps || adapts) ? validate() : null;
    const note = noteOf(since, before + i + 1, lambda, held);
    notes.push(note);
    since = [];
    request.progress?.(i + 1);
    if (held === null) continue;
    // Not the loss: it is divided by λ, and would seem to collapse whenever λ is halved.
    const seen = { held, trained: mean(note.risks) };
    if (adapts) target = adaptLambda(target, seen, best);
    if (keeps && i + 1 >= plan.ramp && held < keptRisk) {
      kept = takeWeights(trainer);
      keptRisk = held;
    }
    best = { held: Math.min(best.held, seen.held), trained: Math.min(best.trained, seen.trained) };
  }
  if (kept) putWeights(trainer, kept);
  return notes;
}

interface Weights {
  readonly values: Float32Array;
  readonly thresholds: Float64Array;
}

/** A copy of what a trainer has learnt. */
function takeWeights({ values, thresholds }: HedgeTrainer): Weights {
  return { values: values.slice(), thresholds: thresholds.slice() };
}

function putWeights(trainer: HedgeTrainer, { values, thresholds }: Weights): void {
  trainer.values.set(values);
  trainer.thresholds.set(thresholds);
  trainer.refresh();
}

/** Risks now and the best so far, held out and in training. */
interface Seen {
  readonly held: number;
  readonly trained: number;
}

/** λ × 1.5 while the held-out risk improves and the training risk has not collapsed (+ 10 %); halved otherwise. */
export function adaptLambda(lambda: number, now: Seen, best: Seen): number {
  const collapsed = now.trained > best.trained + 0.1 * Math.abs(best.trained);
  return collapsed || now.held > best.held ? 0.5 * lambda : 1.5 * lambda;
}

function noteOf(
  updates: readonly Update[],
  update: number,
  lambda: number,
  heldOut: number | null,
): TrainingNote {
  const over = (pick: (u: Update) => number) => mean(updates.map(pick));
  return {
    update,
    loss: over((u) => u.loss),
    penalty: over((u) => u.penalty),
    norm: over((u) => u.norm),
    lambda,
    heldOut,
    risks: Array.from(updates[0]!.risks, (_, e) => over((u) => u.risks[e]!)),
  };
}
