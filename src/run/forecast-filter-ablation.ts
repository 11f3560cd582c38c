import { key, lastAtOrBefore, toNumber } from "#core";
import { type KillTest, monthlyReturns, type Verdict } from "#evidence";
import { codeVersion } from "./code-version.ts";
import { stream } from "./evaluation.ts";
import {
  compareFilter,
  countBlocked,
  counted,
  type FilterRow,
  openDecisions,
  simulateFiltered,
} from "./forecast-ablation.ts";
import { measureCrisis, type OutageRow, withOutage } from "./forecast-outage.ts";
import type { RiskContender, RiskForecast } from "./forecast-filter-fit.ts";
import { columnsOf, type Ground } from "./forecast-filter-ground.ts";
import { MODEL } from "./forecast-result.ts";
import { baseTrial, trialOfVariant, variantsOf } from "./forecast-filter-trials.ts";
import { countLedgerTrials, finishedTrials, resultOf } from "./trials.ts";
import { judgeTrial } from "./verdicts.ts";

/** Simulates every filter, writes what the ledger lacks, and judges the model's. */
export async function ablate(
  ground: Ground,
  contenders: readonly RiskContender[],
  tests: readonly KillTest[],
): Promise<{ ablation: FilterRow[]; verdict: Verdict | null; trials: number }> {
  const { run, sleeve, base } = ground;
  const { spec, ledger } = run;
  const { resamples } = spec.bootstrap;
  const source = key(spec.bootstrap.seed).fold("ablation");
  const open = openDecisions(base);
  const none = { name: "no filter", seed: null, threshold: "none" as const, blocked: 0 };
  const ablation = [compareFilter(sleeve, none, base, null)];
  const variants = variantsOf(spec);
  const told = counted(ground.emit, "filters", variants.length);
  const streams = new Map([[baseTrial(spec).id, stream(base)]]);
  const origin = { snapshot: run.market.snapshot, code: codeVersion() };
  const finished = finishedTrials(ledger, origin);
  const records = finished.has(baseTrial(spec).id)
    ? []
    : [resultOf(baseTrial(spec), ablation[0]!.metrics, monthlyReturns(stream(base)), origin)];
  for (const variant of variants) {
    const contender = contenders.find(({ name }) => name === variant.name)!;
    const forecast = contender.forecasts.find(({ seed }) => seed === variant.seed)!;
    const columns = columnsOf(ground, forecast, variant.threshold);
    const simulation = await simulateFiltered(sleeve, columns);
    const about = { ...variant, blocked: countBlocked(open, columns) };
    const label = `${variant.name} ${variant.seed ?? ""} ${variant.threshold}`;
    const against = { base, key: source.fold(label), resamples };
    const row = compareFilter(sleeve, about, simulation, against);
    ablation.push(row);
    const trial = trialOfVariant(spec, variant);
    streams.set(trial.id, stream(simulation));
    if (!finished.has(trial.id)) {
      records.push(resultOf(trial, row.metrics, monthlyReturns(stream(simulation)), origin));
    }
    told();
  }
  await ledger.append(records);
  const trials = countLedgerTrials(ledger, streams);
  const killTest = spec.enabled ? tests[0] : undefined;
  const together = tests.map(({ hash }) => hash);
  const chosen = { name: MODEL, seed: null, threshold: "chosen" as const };
  const verdict = killTest
    ? await judgeTrial(
        { ledger, trial: trialOfVariant(spec, chosen), killTest, together },
        {
          ...(await evidenceOf(ground, contenders[0]!.forecasts[0])),
          trials,
        },
        source.fold("judge", killTest.name),
      )
    : null;
  return { ablation, verdict, trials: trials.recorded };
}

/** The model's filter at costs as they are and twofold, beside the sleeve without it at the same. */
async function evidenceOf(ground: Ground, forecast: RiskForecast) {
  const { sleeve, base } = ground;
  const columns = columnsOf(ground, forecast, "chosen");
  const twofold = { twofold: true };
  return {
    streams: {
      1: stream(await simulateFiltered(sleeve, columns)),
      2: stream(await simulateFiltered(sleeve, columns, twofold)),
    },
    benchmarks: {
      "no filter": stream(base),
      "no filter, twofold costs": stream(await simulateFiltered(sleeve, undefined, twofold)),
    },
    riskFree: { days: base.days, returns: sleeve.riskFree },
  };
}

/** What each policy costs where the model is gone before and through a crisis. */
export async function priceOutages(
  ground: Ground,
  { forecasts }: RiskContender,
): Promise<OutageRow[]> {
  const { run, sleeve, base } = ground;
  // Crises have the names of days that did not happen in a simulated market.
  if (run.market.simulated || !run.spec.enabled) return [];
  const { crises, failure } = run.spec;
  const { sessions } = run.market;
  const healthy = columnsOf(ground, forecasts[0], "chosen");
  const working = await simulateFiltered(sleeve, healthy);
  const out: OutageRow[] = [];
  for (const crisis of crises) {
    const inside = within(base.days, crisis);
    if (!inside) continue;
    const first = lastAtOrBefore(sessions, toNumber(crisis.start) - 1) + 1;
    const gone = [
      Math.max(first - failure.outage, 0),
      lastAtOrBefore(sessions, toNumber(crisis.end)),
    ] as const;
    out.push(measureCrisis(base, crisis, "no filter"), measureCrisis(working, crisis, "model"));
    for (const [policy, left] of [
      ["allow", 1],
      ["halve", 0.5],
      ["block", 0],
    ] as const) {
      const simulation = await simulateFiltered(sleeve, withOutage(healthy, gone, left));
      out.push(measureCrisis(simulation, crisis, `model gone: ${policy}`));
    }
  }
  return out;
}

function within(days: Int32Array, { start, end }: { start: string; end: string }): boolean {
  return days[0]! <= toNumber(start) && days.at(-1)! >= toNumber(end);
}
