import { type Emit, type Key, VolterraError, integers, silent } from "#core";
import { drawStart } from "./net.ts";
import type { NetTrainer } from "./net-trainer.ts";
import { type LossSpec, rowLoss } from "./loss.ts";
import { type OptimiserSpec, type ScheduleSpec, rateShare } from "./optimiser.ts";

/** How long and in which order a net sees its rows. */
export interface TrainingPlan {
  readonly epochs: number;
  readonly batch: number;
  readonly optimiser: OptimiserSpec;
  readonly schedule: ScheduleSpec;
  /** Epochs without a better validation loss before training ends; 0 never ends it early. */
  readonly patience: number;
}

/** The rows of a trainer: the first `training`, then those held out. */
export interface Split {
  readonly training: number;
  readonly validation: number;
}

/** What a training says of itself; losses are weighted means a row. */
export interface TrainingRecord {
  /** Epoch whose weights were kept, from 1. */
  readonly best: number;
  readonly trainingLoss: readonly number[];
  /** Empty where nothing was held out. */
  readonly validationLoss: readonly number[];
}

export interface TrainingOptions {
  readonly trainer: NetTrainer;
  readonly plan: TrainingPlan;
  readonly split: Split;
  readonly loss: LossSpec;
  readonly targets: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  readonly key: Key;
  readonly emit?: Emit | undefined;
  /** Starting values; drawn from the key where absent. */
  readonly start?: Float32Array | undefined;
}

/**
 * Trains a net and leaves its best weights in the trainer: those of the epoch with the lowest validation loss, or of the
 * last epoch where nothing is held out. Throws `VolterraError("MODEL")` for a loss that is not finite.
 */
export async function train(options: TrainingOptions): Promise<TrainingRecord> {
  const { trainer, plan, split, key, emit = silent } = options;
  const { epochs, batch, patience } = plan;
  if (options.start) trainer.values.set(options.start);
  else drawStart(trainer.net, trainer.values, key.fold("start"));
  trainer.refresh();
  const perEpoch = Math.ceil(split.training / batch);
  const trainingLoss: number[] = [];
  const validationLoss: number[] = [];
  let best = { epoch: 0, loss: Infinity, values: trainer.values.slice() };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    shuffle(trainer.order, split.training, key.fold("order", epoch));
    trainingLoss.push(runEpoch(options, epoch, perEpoch));
    const loss = split.validation > 0 ? validate(options) : 0;
    if (split.validation > 0) validationLoss.push(loss);
    if (split.validation === 0 || loss < best.loss) {
      best = { epoch, loss, values: trainer.values.slice() };
    }
    emit({ kind: "progress", name: "epochs", done: epoch, total: epochs });
    if (patience > 0 && split.validation > 0 && epoch - best.epoch >= patience) break;
    // Lets the caller's events through between epochs.
    await Promise.resolve();
  }
  trainer.values.set(best.values);
  trainer.refresh();
  return { best: best.epoch, trainingLoss, validationLoss };
}

/** One pass over the training rows; the mean of the batches' losses. */
function runEpoch(options: TrainingOptions, epoch: number, perEpoch: number): number {
  const { trainer, plan, split, key } = options;
  const total = plan.epochs * perEpoch;
  let sum = 0;
  for (let i = 0; i < perEpoch; i++) {
    const step = (epoch - 1) * perEpoch + i;
    const first = i * plan.batch;
    const count = Math.min(plan.batch, split.training - first);
    const share = rateShare(plan.schedule, step, total);
    const loss = trainer.step({ first, count, key: key.fold("step", step), share }, plan.optimiser);
    if (!Number.isFinite(loss))
      throw diverged(loss, `epoch ${epoch}, batch ${i + 1} of ${perEpoch}`);
    sum += loss * (count / split.training);
  }
  return sum;
}

/** Weighted mean loss of the held-out rows. */
function validate({ trainer, split, loss, targets, weights }: TrainingOptions): number {
  const { outputs } = trainer.net.spec;
  const y = trainer.evaluate(split.training, split.validation);
  const judge = rowLoss(loss);
  const z = new Float64Array(outputs);
  const unused = new Float64Array(outputs);
  let sum = 0;
  let total = 0;
  for (let row = split.training; row < split.training + split.validation; row++) {
    for (let c = 0; c < outputs; c++) z[c] = y[row * outputs + c]!;
    sum += weights[row]! * judge(z, targets[row]!, unused);
    total += weights[row]!;
  }
  const mean = sum / total;
  if (!Number.isFinite(mean)) throw diverged(mean, "the validation rows");
  return mean;
}

/** The first `n` places in a random order (Fisher, Yates); those after stay. */
function shuffle(order: Uint32Array, n: number, key: Key): void {
  for (let i = 0; i < n; i++) order[i] = i;
  const draws = integers(key, n, 2 ** 31);
  for (let i = n - 1; i > 0; i--) {
    const j = draws[i]! % (i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
}

function diverged(loss: number, where: string): VolterraError {
  return new VolterraError(
    "MODEL",
    `the training diverged: loss ${loss} in ${where}`,
    "Lower the learning rate, clip the gradient, or look for outliers among the features.",
  );
}
