import { accuracy, balancedAccuracy, type Evaluation, logLoss } from "#learn";
import { mean } from "#num";
import {
  type ForecastAdvice,
  type ForecastEntry,
  type ForecastFold,
  type ForecastResult,
  MODEL,
} from "./forecast-result.ts";
import type { ForecastSpec } from "./forecast-spec.ts";

/** Limits of the original's advice. */
const ADVICE = { success: [0.45, 0.15], improve: [0.37, 0.08], range: 0.3 } as const;

/** What the figures come to, by the original's limits and by the paired intervals. */
export function adviceOf(
  spec: ForecastSpec,
  found: {
    readonly entries: readonly ForecastEntry[];
    readonly evaluation: Evaluation;
    readonly folds: readonly ForecastFold[];
  },
): { advice: ForecastAdvice; reference: ForecastResult["reference"] } {
  const accuracyOf = (name: string) =>
    found.entries.find((entry) => entry.name === name)!.seeds["accuracy"]!.mean;
  const own = accuracyOf(MODEL);
  const reference =
    spec.reference === ""
      ? { name: "equal chances", accuracy: 1 / spec.classes.length }
      : { name: spec.reference, accuracy: accuracyOf(spec.reference) };
  const improvement = own / reference.accuracy - 1;
  const byFold = found.folds.map(({ accuracies }) => mean(accuracies));
  const { success, improve, range } = ADVICE;
  const status =
    own > success[0] && improvement > success[1]
      ? "success"
      : own > improve[0] || improvement > improve[1]
        ? "needs_improvement"
        : "failed";
  const advice = {
    status,
    improvement,
    unstable: Math.max(...byFold) - Math.min(...byFold) > range,
    config: adviseConfig(mean(found.folds.map(({ train }) => train.rows))),
    findings: compareWithBaselines(found.evaluation),
  } as const;
  return { advice, reference };
}

function adviseConfig(sequences: number): ForecastAdvice["config"] {
  if (sequences < 100) return "light";
  if (sequences < 500) return "development";
  return sequences < 1000 ? "production" : "heavy";
}

/** One sentence a metric: which baselines the model is better, worse or not told apart from. */
function compareWithBaselines({ against }: Evaluation): string[] {
  const rivals = Object.entries(against[MODEL]!);
  const shown = [
    [accuracy, "Accuracy"],
    [balancedAccuracy, "Balanced accuracy"],
    [logLoss, "Log-loss"],
  ] as const;
  return shown.map(([{ name, better }, label]) => {
    const groups: Record<"better" | "worse" | "level", string[]> = {
      better: [],
      worse: [],
      level: [],
    };
    for (const [rival, metrics] of rivals) {
      const { low, high } = metrics[name]!;
      const above = better === "higher" ? low > 0 : high < 0;
      const below = better === "higher" ? high < 0 : low > 0;
      groups[above ? "better" : below ? "worse" : "level"].push(rival);
    }
    const parts = [
      groups.better.length > 0 ? `better than ${groups.better.join(", ")}` : "",
      groups.worse.length > 0 ? `worse than ${groups.worse.join(", ")}` : "",
      groups.level.length > 0 ? `not told apart from ${groups.level.join(", ")}` : "",
    ].filter((part) => part !== "");
    return `${label}: ${parts.join("; ")}`;
  });
}
