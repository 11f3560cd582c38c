import { type Emit, type Key, VolterraError, suggest, toDay } from "#core";
import type { z } from "zod";
import { pack, readTraining, unpack } from "./model-file.ts";
import {
  type Samples,
  type Task,
  checkFeatures,
  checkTarget,
  checkVaries,
  classCounts,
  outputs,
} from "./samples.ts";

/** Out-of-sample or in-sample outputs: `[n][classes]` probabilities that sum to one, or `[n]` numbers. */
export interface Prediction {
  readonly task: Task;
  readonly values: Float64Array;
}

/** What a fit may use beside its rows. Nothing here changes a result except `validation` and `start`. */
export interface FitContext {
  readonly emit?: Emit;
  /** Worker threads; results are equal to the bit for any number. */
  readonly threads?: number;
  /** Rows for early stopping, later than the training rows; without them a model cuts its own training tail. */
  readonly validation?: Samples;
  /** A model of the same kind to start from (warm start). */
  readonly start?: Fitted;
}

/** A file another library reads. */
export interface Exchange {
  readonly format: "xgboost-json" | "safetensors";
  readonly bytes: Uint8Array;
}

/** A trained model. It refuses rows whose features differ from those it was trained on. */
export interface Fitted {
  readonly model: string;
  readonly names: readonly string[];
  readonly steps: number;
  readonly task: Task;
  /** What the training says of itself: rounds, losses, estimated parameters. */
  readonly training: Readonly<Record<string, number | readonly number[]>>;
  predict(rows: Samples): Prediction;
  /** A file of this project, read by `load`. */
  save(): Uint8Array;
  /** A file of another library, where the model has one. */
  exchange(): Exchange | undefined;
}

/** Rows a model reads: one step a row, or sequences; `any` looks at the last step alone. */
export type Input = "table" | "sequence" | "any";

/** A kind of model. `fit` checks rows and parameters before any work. */
export interface Model<P = unknown> {
  readonly name: string;
  readonly describe: string;
  readonly tasks: readonly Task["kind"][];
  readonly input: Input;
  readonly params: z.ZodType<P>;
  readonly defaults: P;
  /** Throws what `fit` would throw before its work begins, and what predicting `test` would. */
  check(rows: Samples, params: unknown, test?: Samples): void;
  /** Same rows, parameters and key → the same model, to the bit. */
  fit(rows: Samples, params: unknown, key: Key, context?: FitContext): Promise<Fitted>;
  /** Reads the file of `save`. */
  load(file: Uint8Array): Fitted;
}

/** What a model must give: the learned part alone, free of checks and of the file around it. */
export interface Core {
  /** `[n][outputs]` for rows already checked. */
  predict(rows: Samples): Float64Array;
  state(): Uint8Array;
  readonly training?: Fitted["training"];
  exchange?(): Exchange;
}

/** What is known of a model when its state is read back. */
export interface About<P> {
  readonly names: readonly string[];
  readonly steps: number;
  readonly task: Task;
  readonly params: P;
}

export interface Definition<P> {
  readonly name: string;
  readonly describe: string;
  readonly tasks: readonly Task["kind"][];
  readonly input: Input;
  /** A strict object in which every key has a default. */
  readonly params: z.ZodType<P>;
  /** Whether NaN among the features is read as missing; refused otherwise. */
  readonly missing?: (params: P) => boolean;
  /** Whether a class may have no training row; refused otherwise. */
  readonly absentClass?: (params: P) => boolean;
  /** Whether a feature may be the same in all training rows; refused otherwise. */
  readonly constantFeature?: boolean;
  /** Fewest training rows. */
  readonly minimumRows?: (params: P, names: readonly string[]) => number;
  train(rows: Samples, params: P, key: Key, context: FitContext): Core | Promise<Core>;
  restore(state: Uint8Array, about: About<P>): Core;
}

/** Makes a model of its definition: checks, file format and the refusal of strange rows are the same for all. */
export function defineModel<P>(definition: Definition<P>): Model<P> {
  const parse = (params: unknown) => parseParams(definition, params);
  const missing = (params: P) => definition.missing?.(params) ?? false;

  const wrap = (core: Core, about: About<P>): Fitted => {
    const { names, steps, task, params } = about;
    const training = core.training ?? {};
    return Object.freeze({
      model: definition.name,
      names,
      steps,
      task,
      training,
      predict(rows: Samples): Prediction {
        checkSameFeatures(definition.name, about, rows);
        checkFeatures(rows, missing(params));
        return Object.freeze({ task, values: core.predict(rows) });
      },
      save(): Uint8Array {
        const state = core.state();
        const model = definition.name;
        return pack({ model, names, steps, task, params, training }, state);
      },
      exchange: () => core.exchange?.(),
    });
  };

  return Object.freeze({
    name: definition.name,
    describe: definition.describe,
    tasks: definition.tasks,
    input: definition.input,
    params: definition.params,
    defaults: parse({}),
    check(rows: Samples, given: unknown, test?: Samples): void {
      const params = parse(given);
      checkTrainable(definition, rows, params);
      if (test) checkFeatures(test, missing(params));
    },
    async fit(rows: Samples, given: unknown, key: Key, context: FitContext = {}): Promise<Fitted> {
      const params = parse(given);
      checkTrainable(definition, rows, params);
      if (context.validation) {
        checkSameFeatures(definition.name, rows, context.validation);
        checkFeatures(context.validation, missing(params));
        checkTarget(context.validation);
      }
      const core = await definition.train(rows, params, key, context);
      return wrap(core, { names: rows.names, steps: rows.steps, task: rows.task, params });
    },
    load(file: Uint8Array): Fitted {
      const { head, state } = unpack(file);
      if (head.model !== definition.name) {
        throw new VolterraError(
          "MODEL",
          `the file holds a "${head.model}" model, not "${definition.name}"`,
          `Load it with the model "${head.model}".`,
        );
      }
      const { names, steps, task } = head;
      const about = { names, steps, task, params: parse(head.params) };
      return wrap({ ...definition.restore(state, about), training: readTraining(head) }, about);
    },
  });
}

function parseParams<P>(definition: Definition<P>, params: unknown): P {
  const parsed = definition.params.safeParse(params ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const where = issue.path.length > 0 ? ` at "${issue.path.join(".")}"` : "";
  const known = Object.keys((definition.params as { shape?: object }).shape ?? {});
  const hint =
    issue.code === "unrecognized_keys"
      ? suggest(issue.keys[0]!, known)
      : `Parameters: ${known.join(", ")}.`;
  throw new VolterraError("SPEC", `model "${definition.name}"${where}: ${issue.message}`, hint);
}

function checkTrainable<P>(definition: Definition<P>, rows: Samples, params: P): void {
  const { name } = definition;
  const n = rows.target.length;
  if (!definition.tasks.includes(rows.task.kind)) {
    throw new VolterraError(
      "MODEL",
      `model "${name}" does not predict ${rows.task.kind === "number" ? "a number" : "classes"}`,
      `It predicts ${definition.tasks.join(" and ")}; choose another model or target.`,
    );
  }
  if (definition.input === "table" && rows.steps > 1) {
    throw new VolterraError(
      "MODEL",
      `model "${name}" reads one row a day, not sequences of ${rows.steps}`,
      "Leave `steps` out, or choose a model that reads sequences.",
    );
  }
  if (definition.input === "sequence" && rows.steps === 1) {
    throw new VolterraError(
      "MODEL",
      `model "${name}" reads sequences, not single rows`,
      "Set `steps` to the number of days a row looks back on.",
    );
  }
  const least = definition.minimumRows?.(params, rows.names) ?? 1;
  if (n < least) {
    const span = n > 0 ? ` (${toDay(rows.times[0]!)} to ${toDay(rows.times[n - 1]!)})` : "";
    throw new VolterraError(
      "MODEL",
      `model "${name}" needs ${least} training rows and was given ${n}${span}`,
      "Lengthen the training window, or use fewer features.",
    );
  }
  checkFeatures(rows, definition.missing?.(params) ?? false);
  checkTarget(rows);
  if (!definition.constantFeature) checkVaries(rows);
  if (rows.task.kind === "classes" && !definition.absentClass?.(params)) {
    const absent = classCounts(rows).indexOf(0);
    if (absent >= 0) {
      throw new VolterraError(
        "MODEL",
        `class "${rows.task.classes[absent]}" has no training row between ${toDay(rows.times[0]!)} and ${toDay(rows.times[n - 1]!)}`,
        "Lengthen the training window or merge classes.",
      );
    }
  }
}

function checkSameFeatures(
  model: string,
  trained: { readonly names: readonly string[]; readonly steps: number },
  rows: Samples,
): void {
  if (rows.steps !== trained.steps) {
    throw new VolterraError(
      "MODEL",
      `model "${model}" was trained on ${trained.steps} steps a row and was given ${rows.steps}`,
      "Build the rows as for training.",
    );
  }
  if (rows.names === trained.names) return;
  const most = Math.max(rows.names.length, trained.names.length);
  for (let i = 0; i < most; i++) {
    if (rows.names[i] === trained.names[i]) continue;
    throw new VolterraError(
      "MODEL",
      `feature ${i + 1} is ${quote(rows.names[i])}, and model "${model}" was trained on ${quote(trained.names[i])}`,
      "Give the same features in the same order as in training, or train again.",
    );
  }
}

function quote(name: string | undefined): string {
  return name === undefined ? "absent" : `"${name}"`;
}

/** Class of highest probability of each row; the first of equals. */
export function mostLikely(prediction: Prediction): Int32Array {
  const count = outputs(prediction.task);
  if (prediction.task.kind !== "classes") throw new RangeError("a number has no classes");
  const labels = new Int32Array(prediction.values.length / count);
  for (let row = 0; row < labels.length; row++) {
    for (let c = 1; c < count; c++) {
      const at = row * count;
      if (prediction.values[at + c]! > prediction.values[at + labels[row]!]!) labels[row] = c;
    }
  }
  return labels;
}
