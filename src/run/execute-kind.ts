import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { contentHash, type Emit, toNumber } from "#core";
import { countTrials } from "#evidence";
import { checkQuality, type Market } from "#market";
import type { z } from "zod";
import type { Catalog } from "./catalog.ts";
import { codeVersion } from "./code-version.ts";
import { openData } from "./data.ts";
import { recordReads, stopAtCritical } from "./reads.ts";
import { findRun, isDone, readRunFile, type RunFolder, runFolder, writeRun } from "./folder.ts";
import { toJson } from "./json.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import type { data } from "./spec.ts";
import type { Study } from "./study.ts";

/** What the specs of all kinds of studies have in common. */
export interface KindSpec {
  readonly study: string;
  readonly preset: string;
  readonly data: z.infer<typeof data>;
  readonly window: { readonly start: string; readonly end: string };
}

/** What a result of any kind says of itself. */
export interface KindResult {
  readonly kind: string;
  readonly study: string;
  readonly preset: string;
  readonly run: string;
}

/** What a kind of study is run with. */
export interface KindRun<S> {
  readonly spec: S;
  readonly market: Market;
  readonly catalog: Catalog;
  readonly ledger: Ledger;
  /** Threads for training; results do not depend on them. */
  readonly threads: number;
  readonly emit: Emit;
  /** Applies the quality rules to what has been read; throws `VolterraError("QUALITY")`. */
  readonly checkReads: () => void;
  /** Working folder. */
  readonly root: string;
  /** Folder of what the run has finished, for one that goes on after an interruption; it goes once the run is complete. */
  readonly unfinished: string;
  readonly run: string;
  readonly code: string;
}

/** Files of a run folder by name. */
export type RunFiles = Readonly<Record<string, string | Uint8Array>>;

/** A kind of study other than that of strategies. */
export interface StudyKind<S extends KindSpec, R extends KindResult, D = undefined> {
  /** The spec of the study's preset. Throws `VolterraError("SPEC")`. */
  resolve(study: Study): S;
  /** Trials of a study with a verdict: it counts all there are, so that a run is another one once there are more. */
  trials?(spec: S): readonly string[];
  /** Runs it; files are those beside `result.json`, `detail` what the report draws and the result does not hold. */
  run(
    run: KindRun<S>,
  ): Promise<{ readonly result: R; readonly files: RunFiles; readonly detail: D }>;
}

/** A run of such a study as it is stored. */
export interface StoredKind<R> {
  readonly folder: RunFolder;
  readonly result: R;
}

/** Runs a study into its folder, or reads the folder where that has been done. */
export async function executeKind<S extends KindSpec, R extends KindResult, D>(request: {
  readonly kind: StudyKind<S, R, D>;
  readonly study: Study;
  readonly root: string;
  readonly catalog: Catalog;
  readonly emit: Emit;
  /** Files made from the result: the report and its figures. */
  readonly render: (result: R, detail: D) => RunFiles;
}): Promise<StoredKind<R> & { readonly fresh: boolean }> {
  const { kind, study, root, catalog, emit } = request;
  const spec = kind.resolve(study);
  const code = codeVersion();
  const ledger = openLedger(root, kindFamily(spec));
  const market = await openData(spec.data, root, catalog, { emit });
  const trials = kind.trials
    ? new Set([...countTrials(ledger.entries()).trials, ...kind.trials(spec)]).size
    : 0;
  const identity = contentHash({ spec, snapshot: market.snapshot, code, trials }).slice(0, 10);
  const run = `${spec.study}-${spec.preset}-${identity}`;
  const folder = runFolder(root, run);
  if (isDone(folder)) return { ...readKind<R>(root, run), fresh: false };

  emit({ kind: "stage", name: "run", detail: run });
  const reading = recordReads(market);
  const inside = market.sessions.filter((day) => day <= toNumber(spec.window.end));
  const checkReads = () => {
    stopAtCritical(checkQuality(market, reading.refs(), inside.at(-1)!), spec.data.allow);
  };
  const unfinished = path.join(root, "unfinished", run);
  const context = { spec, catalog, ledger, emit, checkReads, root, unfinished, run, code };
  const found = await kind.run({
    ...context,
    market: reading.market,
    threads: availableParallelism(),
  });
  checkReads();
  await writeRun(folder, {
    "spec.yaml": stringify({ ...spec, presets: { [spec.preset]: {} } }),
    "manifest.json": toJson({ code, snapshot: market.snapshot, spec: contentHash(spec) }, 1),
    "result.json": toJson(found.result, 1),
    ...found.files,
    ...request.render(found.result, found.detail),
  });
  rmSync(unfinished, { recursive: true, force: true });
  return { ...readKind<R>(root, run), fresh: true };
}

/** The ledger's family: simulated evaluations go to one of their own. */
export function kindFamily({ study, data: source }: KindSpec): string {
  return source.source === "simulated" ? `${study}-simulated` : study;
}

/** A complete run from its folder; NaN is null in it. */
export function readKind<R>(root: string, name: string): StoredKind<R> {
  const folder = findRun(root, name);
  return { folder, result: JSON.parse(readRunFile(folder, "result.json")) as R };
}
