import type { Day } from "#core";
import type { Evaluation, SeedSummary } from "#learn";

/** A model or baseline of a forecast study. */
export interface ForecastEntry {
  readonly name: string;
  readonly role: "model" | "baseline";
  /** By metric: mean, spread and each seed. */
  readonly seeds: Readonly<Record<string, SeedSummary>>;
}

/** One fold of the model. */
export interface ForecastFold {
  readonly fold: number;
  readonly train: { readonly start: Day; readonly end: Day; readonly rows: number };
  readonly test: { readonly start: Day; readonly end: Day; readonly rows: number };
  /** Test accuracy of each seed that succeeded, and of each baseline. */
  readonly accuracies: readonly number[];
  readonly baselines: Readonly<Record<string, number>>;
  /** By epoch, of the first seed; no validation where nothing was held out. */
  readonly trainingLoss: readonly number[];
  readonly validationLoss: readonly number[];
  /** Epoch whose weights were kept, of each seed. */
  readonly bestEpochs: readonly number[];
  /** N / (K · n) of each class among the training rows; 1 for an absent one. */
  readonly classWeights: readonly number[];
}

/** What the original would say of its own figures. */
export interface ForecastAdvice {
  readonly status: "success" | "needs_improvement" | "failed";
  /** Accuracy above the reference, as a share of the reference. */
  readonly improvement: number;
  /** Fold accuracies further apart than 0.3. */
  readonly unstable: boolean;
  /** The configuration that the original advises for so many training sequences. */
  readonly config: "light" | "development" | "production" | "heavy";
  /** What the paired intervals say. */
  readonly findings: readonly string[];
}

/** What a forecast study found: `result.json`. NaN is null there. */
export interface ForecastResult {
  readonly kind: "forecast";
  readonly study: string;
  readonly preset: string;
  readonly config: string;
  readonly title: string;
  readonly simulated: boolean;
  readonly lookAhead: boolean;
  readonly snapshot: string;
  readonly code: string;
  readonly run: string;
  readonly period: { readonly start: Day; readonly end: Day; readonly sessions: number };
  readonly target: string;
  readonly classes: readonly string[];
  /** Share of each class among the test rows. */
  readonly shares: readonly number[];
  /** Test rows, and the distinct days among them. */
  readonly rows: number;
  readonly days: number;
  readonly seeds: readonly number[];
  readonly entries: readonly ForecastEntry[];
  /** The model's forecast here is the mean of its seeds' probabilities. */
  readonly evaluation: Evaluation;
  /** `[actual][named]` of that mean. */
  readonly confusion: readonly (readonly number[])[];
  readonly folds: readonly ForecastFold[];
  readonly failed: readonly { readonly seed: number; readonly why: string }[];
  /** Name and accuracy of what improvement is measured over. */
  readonly reference: { readonly name: string; readonly accuracy: number };
  readonly published: Readonly<Record<string, number>>;
  readonly advice: ForecastAdvice;
  /** Distinct trials in the ledger of the study. */
  readonly trials: number;
  /** Number of these results among those with the same configuration, by content; 0 until they are stored. */
  readonly version: number;
}

/** The model's name among the entries. */
export const MODEL = "model";
