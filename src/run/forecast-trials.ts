import { countTrials, trialIdentity } from "#evidence";
import { accuracy, logLoss, measure, type Samples } from "#learn";
import type { Market } from "#market";
import { codeVersion } from "./code-version.ts";
import { classCount, type Fits, poolSeed } from "./forecast-fit.ts";
import type { ForecastSpec } from "./forecast-spec.ts";
import type { Ledger } from "./ledger.ts";
import { finishedTrials } from "./trials.ts";

/** The study whose trials are written, and where. */
interface Recorded {
  readonly spec: ForecastSpec;
  readonly ledger: Ledger;
  readonly market: Pick<Market, "snapshot">;
}

/** The trial of one seed: what is learned from what, and how; the bootstrap and the baselines are not part of it. */
function trialOfSeed(spec: ForecastSpec, seed: number): string {
  const { target, classes, features, steps, split, model, window, data } = spec;
  const market = data.source === "simulated" ? data.seed : 0;
  const part = { target, classes, features, steps, split, model, seed };
  return trialIdentity({ spec: part, window, seed: market });
}

/** Writes the intents of the seeds that the ledger lacks. */
export async function recordIntents({ spec, ledger }: Recorded): Promise<void> {
  const known = new Set(countTrials(ledger.entries()).trials);
  const fresh = spec.seeds
    .map((seed) => ({ trial: trialOfSeed(spec, seed), label: `${spec.preset}, seed ${seed}` }))
    .filter(({ trial }) => !known.has(trial));
  await ledger.append(
    fresh.map(({ trial, label }) => ({ kind: "intent", study: spec.study, trial, label })),
  );
}

/** Writes the results of the seeds that the ledger lacks of these data and this code. */
export async function recordResults(
  { spec, ledger, market }: Recorded,
  fits: Fits,
  pooled: Samples,
): Promise<void> {
  const origin = { snapshot: market.snapshot, code: codeVersion() };
  const finished = finishedTrials(ledger, origin);
  const classes = classCount(pooled);
  const records = fits.seeds.flatMap((own) => {
    const trial = trialOfSeed(spec, own.seed);
    if (finished.has(trial)) return [];
    const forecasts = { values: poolSeed(own), target: pooled.target, classes };
    const metrics = {
      accuracy: measure(accuracy, forecasts),
      logLoss: measure(logLoss, forecasts),
      n: pooled.times.length,
    };
    return [{ kind: "result" as const, study: spec.study, trial, ...origin, metrics }];
  });
  await ledger.append(records);
}
