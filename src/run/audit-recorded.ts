import type { Emit } from "#core";
import { monthlyReturns } from "#evidence";
import type { Market } from "#market";
import { type Audit, auditStudy } from "./audit.ts";
import type { Catalog } from "./catalog.ts";
import { codeVersion } from "./code-version.ts";
import { openData } from "./data.ts";
import { kindFamily } from "./execute-kind.ts";
import { measure, stream } from "./evaluation.ts";
import { resolveFilter } from "./forecast-filter-spec.ts";
import { baseTrial } from "./forecast-filter-trials.ts";
import { resolveForecast } from "./forecast-spec.ts";
import { isReal } from "./hedging-arm.ts";
import { checkHedging } from "./hedging-check.ts";
import { armsOf, resolveHedging } from "./hedging-spec.ts";
import { sealRecords, unseal } from "./holdout.ts";
import { openLedger } from "./ledger.ts";
import { loadStrategy } from "./portfolio.ts";
import { resolveSpec, type Spec } from "./spec.ts";
import type { Study } from "./study.ts";
import {
  fillSpec,
  finishedTrials,
  ledgerFamily,
  newIntents,
  resultOf,
  type Trial,
  trialOf,
} from "./trials.ts";
import { windowRows } from "./workbench.ts";

/** What an audit on a working folder needs. */
interface RecordedAudit {
  readonly study: Study;
  readonly presets: readonly string[];
  /** Working folder: lake and ledgers. */
  readonly root: string;
  readonly catalog: Catalog;
  readonly emit: Emit;
}

/**
 * Audits presets of a study on the data it names. A strategy that an audit evaluates is a trial like any other: its intent
 * goes to the ledger before, its result after, once it is certain that it can be evaluated. A sealed hold-out stays sealed.
 * Models are trained for an epoch on a few rows, and networks not at all: that is no evaluation of anything.
 */
export async function audit(request: RecordedAudit): Promise<Audit> {
  const { root, catalog, emit } = request;
  const simulated = await simulatedSpecs(request);
  const [first] = simulated;
  if (!first) {
    const market = await openMarketOf(request);
    return (await auditStudy({ ...request, market })).audit;
  }
  for (const { spec } of simulated) {
    for (const use of [spec.strategy, ...Object.values(spec.benchmarks)]) {
      await loadStrategy(catalog, use);
    }
  }
  const ledger = openLedger(root, first.family);
  const specs = simulated.map(({ spec }) => spec);
  await ledger.append(sealRecords(ledger, specs));
  const to = specs
    .flatMap((spec) => unseal(spec, ledger, undefined).to ?? [])
    .toSorted()
    .at(-1);
  const market = await openData(first.data, root, catalog, { emit, ...(to && { to }) });
  for (const { spec } of simulated) windowRows(market, spec.window);
  const trials = new Map(simulated.map(({ trial }) => [trial.id, trial]));
  await ledger.append(newIntents(ledger, [...trials.values()]));
  const { audit: found, runs } = await auditStudy({ ...request, market });
  const origin = { snapshot: market.snapshot, code: codeVersion() };
  const finished = finishedTrials(ledger, origin);
  const results = new Map(
    simulated
      .map(({ trial }, i) => ({ trial, run: runs[i]! }))
      .filter(({ trial }) => !finished.has(trial.id))
      .map(({ trial, run }) => {
        const { simulation } = run;
        const months = monthlyReturns(stream(simulation));
        return [trial.id, resultOf(trial, measure(run, simulation), months, origin)];
      }),
  );
  await ledger.append([...results.values()]);
  return found;
}

/** A strategy that an audit simulates, and where that is recorded. */
interface Simulated {
  readonly spec: Spec;
  readonly trial: Trial;
  readonly family: string;
  readonly data: Spec["data"];
}

async function simulatedSpecs({ study, presets, catalog }: RecordedAudit): Promise<Simulated[]> {
  if (study.kind === "strategy") {
    return Promise.all(
      presets.map(async (preset) => {
        const spec = await fillSpec(catalog, resolveSpec(study, preset));
        return { spec, trial: trialOf(spec), family: ledgerFamily(spec), data: spec.data };
      }),
    );
  }
  if (study.kind !== "filter") return [];
  return presets.map((preset) => {
    const spec = resolveFilter(study, preset);
    return {
      spec: spec.strategy,
      trial: baseTrial(spec),
      family: kindFamily(spec),
      data: spec.data,
    };
  });
}

/** The market of a study that simulates no strategy; null where it reads none. */
async function openMarketOf({ study, presets, root, catalog, emit }: RecordedAudit) {
  if (study.kind === "forecast") {
    return openData(resolveForecast(study, presets[0]).data, root, catalog, { emit });
  }
  if (study.kind !== "hedging") return null;
  const specs = presets.map((preset) => resolveHedging(study, preset));
  let opened: Promise<Market> | undefined;
  const open = () => (opened ??= openData(specs[0]!.data, root, catalog, { emit }));
  for (const spec of specs) await checkHedging(spec, catalog, open);
  const needed = specs.some((spec) => armsOf(spec).some((arm) => isReal(spec.arms[arm]!)));
  return needed ? open() : null;
}
