import path from "node:path";
import { contentHash, key } from "#core";
import {
  conventions,
  type ConventionRow,
  defineKillTest,
  type KillTest,
  type Metrics,
  monthlyReturns,
  onDays,
  performance,
  type ReturnSeries,
  type Verdict,
} from "#evidence";
import { type Fan, type Intervals, measureFan, measureIntervals } from "./evaluation.ts";
import { BENCHMARK, checkContract, readContract, wholeWindow } from "./contract-file.ts";
import { codeVersion } from "./code-version.ts";
import { checkFamily, openLedger, slug } from "./ledger.ts";
import { readReturns } from "./returns-file.ts";
import {
  contractRecords,
  countLedgerTrials,
  declarationRecords,
  finishedTrials,
  newIntents,
  resultOf,
} from "./trials.ts";
import { judgeTrial } from "./verdicts.ts";

/** Resamples behind intervals and fan. */
const RESAMPLES = 2000;

/** The judgement of somebody's returns. */
export interface Judgement {
  readonly name: string;
  readonly series: ReturnSeries;
  readonly benchmark: ReturnSeries | null;
  readonly metrics: Metrics;
  readonly benchmarkMetrics: Metrics | null;
  readonly conventions: readonly ConventionRow[];
  readonly intervals: Intervals;
  /** Returns less benchmark, paired; empty without one. */
  readonly differences: Readonly<Record<string, Intervals>>;
  readonly fan: Fan;
  readonly verdict: Verdict;
  /** Where the trial was recorded, and how many trials of how many files the family holds. */
  readonly ledger: { readonly family: string; readonly recorded: number };
}

/** What `judge` is told beside the file. */
export interface JudgeRequest {
  readonly file: string;
  readonly benchmark?: string;
  /** Trials made before; undefined is "not said". */
  readonly trials?: number;
  readonly contract?: string;
  /** Family of the ledger in which this file is a trial; one of its own by the file's name unless given. */
  readonly study?: string;
  readonly root: string;
}

/** The usual contract: a Sharpe ratio above nil, and above the benchmark's where there is one. */
function usualContract(series: ReturnSeries, { benchmark }: JudgeRequest): KillTest {
  const window = wholeWindow(series);
  return defineKillTest({
    name: "returns",
    claim:
      benchmark === undefined ? "the returns are no accident" : "the returns beat the benchmark",
    source: "the usual contract of volterra judge",
    criteria: [
      { name: "Sharpe above nil", statistic: "sharpe", threshold: 0, window, costs: 1 },
      ...(benchmark === undefined
        ? []
        : [
            {
              name: "Sharpe above the benchmark's",
              statistic: "sharpe-difference" as const,
              benchmark: BENCHMARK,
              threshold: 0,
              window,
              costs: 1 as const,
            },
          ]),
    ],
  });
}

/** The ledger's family of a file: by its name, unless a study is given. Throws `VolterraError("USAGE")`. */
export function judgeFamily({ file, study }: Pick<JudgeRequest, "file" | "study">): string {
  return study === undefined ? `judge-${slug(nameOf(file)) || "returns"}` : checkFamily(study);
}

function nameOf(file: string): string {
  return path.basename(file).replace(/\.[a-z]+$/i, "");
}

/**
 * Judges somebody's returns as a sleeve would be judged; the trial, its contract, what was declared and the verdict go into
 * a ledger. Files of one name, or of one study where it is given, are trials of one another: whoever judges variants says
 * so by naming their study. The returns of a benchmark are part of the contract.
 */
export async function judgeReturns(request: JudgeRequest): Promise<Judgement> {
  const { file, root, trials } = request;
  const name = nameOf(file);
  const family = judgeFamily(request);
  const series = await readReturns(file);
  const benchmark = request.benchmark === undefined ? null : await readReturns(request.benchmark);
  const beside = benchmark && onDays(benchmark, series.days, request.benchmark!);
  const terms =
    request.contract === undefined
      ? usualContract(series, request)
      : readContract(request.contract, series);
  checkContract(terms, series, request);
  const killTest = beside
    ? { ...terms, hash: contentHash({ terms: terms.hash, benchmark: beside }) }
    : terms;

  const ledger = openLedger(root, family);
  const trial = { study: family, id: contentHash({ returns: series.returns }), label: name };
  const told = trials === undefined ? [] : [{ count: trials, source: "--trials" }];
  await ledger.append([
    ...contractRecords(ledger, family, [killTest]),
    ...declarationRecords(ledger, family, told),
    ...newIntents(ledger, [trial]),
  ]);
  const metrics = performance(series, beside ? { benchmark: beside } : {});
  const { days, returns } = series;
  const origin = { snapshot: contentHash({ days, returns }), code: codeVersion() };
  if (!finishedTrials(ledger, origin).has(trial.id)) {
    await ledger.append([resultOf(trial, metrics, monthlyReturns(series), origin)]);
  }
  const counted = countLedgerTrials(ledger, new Map([[trial.id, series]]));
  const verdict = await judgeTrial(
    { ledger, trial, killTest, together: [killTest.hash] },
    {
      streams: { 1: series },
      ...(beside && { benchmarks: { [BENCHMARK]: { days: series.days, returns: beside } } }),
      trials: { ...counted, ...(trials !== undefined && { declared: trials }) },
    },
    key(0).fold("judge", killTest.hash),
  );
  const { own, differences } = measureIntervals(
    series.returns,
    beside ? { [BENCHMARK]: { returns: beside } } : {},
    { key: key(0).fold("intervals"), resamples: RESAMPLES },
  );
  return {
    name,
    series,
    intervals: own,
    differences,
    fan: measureFan(series.returns, { key: key(0).fold("fan"), resamples: RESAMPLES }),
    benchmark: beside && { days: series.days, returns: beside },
    metrics,
    benchmarkMetrics: beside && performance({ days: series.days, returns: beside }),
    conventions: conventions(series, beside ? { benchmark: beside } : {}),
    verdict,
    ledger: { family, recorded: counted.recorded },
  };
}
