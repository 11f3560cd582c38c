import type { Emit } from "#core";
import { monthlyReturns } from "#evidence";
import { type Audit, auditStudy } from "./audit.ts";
import type { Catalog } from "./catalog.ts";
import { openData } from "./data.ts";
import { measure, stream } from "./evaluation.ts";
import { unseal } from "./holdout.ts";
import { openLedger } from "./ledger.ts";
import { resolveSpec } from "./spec.ts";
import type { Study } from "./study.ts";
import { finishedTrials, ledgerFamily, newIntents, resultOf, trialOf } from "./trials.ts";

/**
 * Audits presets of a study on the data it names. What an audit evaluates is a trial like any other: intents go to the
 * ledger before the data are read, results after. A sealed hold-out stays sealed.
 */
export async function audit(request: {
  readonly study: Study;
  readonly presets: readonly string[];
  /** Working folder: lake and ledgers. */
  readonly root: string;
  readonly catalog: Catalog;
  readonly emit: Emit;
}): Promise<Audit> {
  const { study, presets, root, catalog, emit } = request;
  const specs = presets.map((preset) => resolveSpec(study, preset));
  const first = specs[0]!;
  const ledger = openLedger(root, ledgerFamily(first));
  await ledger.append(
    newIntents(
      ledger,
      specs.map((spec) => trialOf(spec)),
    ),
  );
  const to = await unseal(first, ledger, undefined);
  const market = await openData(first.data, root, catalog, { emit, ...(to && { to }) });
  const { audit, runs } = await auditStudy({ study, presets, market, catalog, emit });
  const finished = finishedTrials(ledger);
  const results = runs
    .map((run) => ({ run, trial: trialOf(run.spec) }))
    .filter(({ trial }) => !finished.has(trial.id))
    .map(({ run, trial }) =>
      resultOf(trial, measure(run, run.simulation), monthlyReturns(stream(run.simulation))),
    );
  await ledger.append(results);
  return audit;
}
