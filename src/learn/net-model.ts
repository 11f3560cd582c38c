import { type Key, VolterraError } from "#core";
import { withEngine } from "#num";
import { toProbabilities } from "./link.ts";
import type { LossSpec } from "./loss.ts";
import type { About, Core, FitContext } from "./model.ts";
import { type Net, type NetSpec, type PartSpec, buildNet } from "./net.ts";
import { predictNet } from "./net-predictor.ts";
import { fromTensors, toTensors } from "./net-tensors.ts";
import { openTrainer } from "./net-trainer.ts";
import { type Tensor, readSafetensors, writeSafetensors } from "./safetensors.ts";
import { type Samples, type Task, outputs } from "./samples.ts";
import { type Scaler, fitScaler, scale } from "./scaler.ts";
import { cutTail } from "./tail.ts";
import { type TrainingPlan, train } from "./trainer.ts";
import type { TrainingParams } from "./net-params.ts";

/** A net as a model: its parts, and how it is trained. */
export interface NetModel {
  readonly parts: readonly PartSpec[];
  readonly training: TrainingParams;
}

/** The mean and deviation of a number to predict; 0 and 1 where classes are. */
interface TargetScale {
  readonly mean: number;
  readonly deviation: number;
}

/** Standardises by the training rows, trains on all but the held-out tail, and keeps the best weights. */
export async function trainNet(
  model: NetModel,
  rows: Samples,
  key: Key,
  context: FitContext,
): Promise<Core> {
  const { training } = model;
  const loss = lossOf(training.loss, rows.task);
  const { head, tail } = holdOut(rows, training, context);
  const scaler = fitScaler(head);
  const target = scaleOfTarget(head, rows.task);
  const net = buildNet(specOf(model, rows.names.length, rows.task, loss));
  const parts = tail ? [head, tail] : [head];
  const join = (column: (part: Samples) => Float64Array): Float64Array =>
    Float64Array.from(parts.flatMap((part) => Array.from(column(part))));
  const weights = join((part) => rowWeights(part, classWeights(head, training)));
  const targets = join((part) => part.target.map((y) => (y - target.mean) / target.deviation));
  const features = join((part) => scale(scaler, part));
  return withEngine(async (engine) => {
    const trainer = await openTrainer({
      engine,
      spec: net.spec,
      steps: rows.steps,
      rows: { features, targets, weights },
      loss,
      batch: Math.min(training.batch, head.target.length),
      threads: context.threads ?? 1,
    });
    try {
      const split = { training: head.target.length, validation: tail?.target.length ?? 0 };
      const record = await train({
        trainer,
        plan: planOf(training, split.training),
        split,
        loss,
        targets,
        weights,
        key,
        emit: context.emit,
        start: startOf(net, context),
      });
      const summary = {
        bestEpoch: record.best,
        trainingLoss: record.trainingLoss,
        validationLoss: record.validationLoss,
      };
      return coreOf({ net, values: trainer.values.slice(), scaler, target, loss }, summary);
    } finally {
      await trainer.close();
    }
  });
}

/** A net read back from the safetensors bytes of its state, or of another library: a file without a scaler has none. */
export function restoreNet(model: NetModel, state: Uint8Array, about: About<unknown>): Core {
  const { names, task } = about;
  const loss = lossOf(model.training.loss, task);
  const net = buildNet(specOf(model, names.length, task, loss));
  const { tensors } = readSafetensors(state);
  const column = (name: string, otherwise: number): Float64Array =>
    Float64Array.from(tensors[name]?.values ?? names.map(() => otherwise));
  const number = (name: string, otherwise: number): number => tensors[name]?.values[0] ?? otherwise;
  const scaler = { mean: column("scaler.mean", 0), deviation: column("scaler.deviation", 1) };
  const target = { mean: number("target.mean", 0), deviation: number("target.deviation", 1) };
  return coreOf({ net, values: fromTensors(net, tensors), scaler, target, loss });
}

interface Learned {
  readonly net: Net;
  readonly values: Float32Array;
  readonly scaler: Scaler;
  readonly target: TargetScale;
  readonly loss: LossSpec;
}

function coreOf(learned: Learned, training?: Core["training"]): Core {
  const { net, values, scaler, target, loss } = learned;
  const state = (): Uint8Array =>
    writeSafetensors({
      tensors: {
        ...toTensors(net, values),
        "scaler.mean": vector(scaler.mean),
        "scaler.deviation": vector(scaler.deviation),
        "target.mean": vector(Float64Array.of(target.mean)),
        "target.deviation": vector(Float64Array.of(target.deviation)),
      },
      metadata: { format: "pt", net: JSON.stringify(net.spec) },
    });
  return {
    predict(rows) {
      const features = scale(scaler, rows);
      const raw = predictNet(net, values, { features, steps: rows.steps });
      if (loss.kind === "cross-entropy" || loss.kind === "binary") {
        return toProbabilities(raw, net.spec.outputs);
      }
      return raw.map((y) => y * target.deviation + target.mean);
    },
    state,
    ...(training && { training }),
    exchange: () => ({ format: "safetensors", bytes: state() }),
  };
}

function vector(values: Float64Array): Tensor {
  return { shape: [values.length], values };
}

function specOf(model: NetModel, inputs: number, task: Task, loss: LossSpec): NetSpec {
  return { inputs, outputs: loss.kind === "cross-entropy" ? outputs(task) : 1, parts: model.parts };
}

/** The loss a task asks for, unless the parameters name another that fits. */
function lossOf(named: TrainingParams["loss"], task: Task): LossSpec {
  const classes = task.kind === "classes";
  if (named === "auto") return { kind: classes ? "cross-entropy" : "squared" };
  const spec =
    typeof named === "string"
      ? { kind: named }
      : { kind: "quantile" as const, tau: named.quantile };
  const isClassLoss = spec.kind === "cross-entropy" || spec.kind === "binary";
  if (isClassLoss === classes && !(spec.kind === "binary" && outputs(task) !== 2)) return spec;
  throw new VolterraError(
    "SPEC",
    `the loss "${spec.kind}" does not fit a target of ${classes ? `${outputs(task)} classes` : "numbers"}`,
    'Leave `loss` at "auto".',
  );
}

function holdOut(
  rows: Samples,
  { validation_share: share }: TrainingParams,
  { validation }: FitContext,
): { head: Samples; tail: Samples | undefined } {
  if (validation) return { head: rows, tail: validation };
  return share > 0 ? cutTail(rows, share) : { head: rows, tail: undefined };
}

function scaleOfTarget({ target }: Samples, task: Task): TargetScale {
  if (task.kind === "classes") return { mean: 0, deviation: 1 };
  let mean = 0;
  for (const y of target) mean += y / target.length;
  let variance = 0;
  for (const y of target) variance += (y - mean) ** 2 / target.length;
  return { mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 };
}

/** N / (K · n_k) for the K classes present, or 1 for each. */
function classWeights(head: Samples, { class_weights: kind }: TrainingParams): number[] {
  if (head.task.kind === "number") return [];
  const counts = head.task.classes.map(() => 0);
  for (const y of head.target) counts[y]! += 1;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) =>
    kind === "balanced" && count > 0 ? head.target.length / (present * count) : 1,
  );
}

function rowWeights(rows: Samples, byClass: readonly number[]): Float64Array {
  const own = rows.weights;
  return rows.target.map((y, row) => (own ? own[row]! : 1) * (byClass[y] ?? 1));
}

function planOf(params: TrainingParams, rows: number): TrainingPlan {
  const perEpoch = Math.ceil(rows / params.batch);
  return {
    epochs: params.epochs,
    batch: Math.min(params.batch, rows),
    patience: params.patience,
    optimiser: {
      kind: params.optimiser,
      rate: params.learning_rate,
      decay: params.weight_decay,
      clip: params.clip,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
    },
    schedule: {
      kind: params.schedule,
      warmup: params.warmup_epochs * perEpoch,
      floor: params.schedule_floor,
      every: Math.max(1, params.step_epochs * perEpoch),
    },
  };
}

/** The weights of a model of the same kind and shape to go on from. */
function startOf(net: Net, { start }: FitContext): Float32Array | undefined {
  const bytes = start?.exchange()?.bytes;
  return bytes && fromTensors(net, readSafetensors(bytes).tensors);
}
