import { toDay } from "#core";
import type { StudyKind } from "./execute-kind.ts";
import { keepFits } from "./forecast-kept.ts";
import type { ForecastResult } from "./forecast-result.ts";
import { modelFiles } from "./forecast-models.ts";
import { type ForecastSpec, resolveForecast } from "./forecast-spec.ts";
import { type ForecastEvaluation, runForecastStudy } from "./forecast-study.ts";
import { storeVersion, versionResults } from "./forecast-versions.ts";

/** Studies of `kind: forecast`. */
export const FORECAST: StudyKind<ForecastSpec, ForecastResult> = {
  resolve: resolveForecast,
  async run(run) {
    const evaluation = await runForecastStudy({ ...run, kept: keepFits(run.unfinished) });
    const { version, dir, files } = versionResults(run.root, run.spec, evaluation);
    await storeVersion({ dir, files });
    const result = { ...evaluation.result, run: run.run, code: run.code, version };
    const all = {
      ...files,
      "forecasts.csv": forecastsFile(evaluation),
      ...modelFiles(evaluation.models, evaluation.asOf),
    };
    return { result, files: all, detail: undefined };
  },
};

/** The day, what happened, and the probabilities of every entry; a day that two folds test is there twice. */
function forecastsFile({ result, pooled, forecasts }: ForecastEvaluation): string {
  const { classes } = result;
  const head = Object.keys(forecasts).flatMap((name) => classes.map((c) => `${name}:${c}`));
  const lines = Array.from(pooled.times, (day, row) => {
    const shares = Object.values(forecasts).flatMap(({ values }) =>
      Array.from(values.subarray(row * classes.length, (row + 1) * classes.length)),
    );
    const actual = classes[pooled.target[row]!] ?? "";
    return [toDay(day), actual, ...shares.map((share) => share.toPrecision(9))].join(",");
  });
  return `${[["date", "actual", ...head].join(","), ...lines].join("\n")}\n`;
}
