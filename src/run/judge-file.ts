import { readFileSync } from "node:fs";
import path from "node:path";
import { contentHash, isDay, key, toDay, toNumber, VolterraError } from "#core";
import {
  conventions,
  type ConventionRow,
  defineKillTest,
  judge,
  type KillTest,
  type Metrics,
  monthlyReturns,
  onDays,
  performance,
  returnSeries,
  type ReturnSeries,
  type Verdict,
} from "#evidence";
import { readTextColumns, type TextColumns } from "#market";
import { parseDocument } from "yaml";
import { z } from "zod";
import { openLedger } from "./ledger.ts";
import { completeSpec } from "./study.ts";
import { countLedgerTrials, newIntents, resultOf, finishedTrials } from "./trials.ts";

const DAY_NAMES = ["date", "day", "timestamp", "time", ""];
const RETURN_NAMES = ["return", "returns", "ret", "strategy", "daily_return"];
const LEVEL_NAMES = ["equity", "nav", "value", "balance", "close", "price"];

/** Fewer returns than this cannot be resampled in blocks. */
const FEWEST = 40;

/** The judgement of somebody's returns. */
export interface Judgement {
  readonly name: string;
  readonly series: ReturnSeries;
  readonly benchmark: ReturnSeries | null;
  readonly metrics: Metrics;
  readonly benchmarkMetrics: Metrics | null;
  readonly conventions: readonly ConventionRow[];
  readonly verdict: Verdict;
}

/** What `judge` is told beside the file. */
export interface JudgeRequest {
  readonly file: string;
  readonly benchmark?: string;
  /** Trials made before; undefined is "not said". */
  readonly trials?: number;
  readonly contract?: string;
  readonly root: string;
}

/**
 * Reads dates and returns, or dates and equity, from CSV or Parquet. Throws `VolterraError("DATA")` naming file, row
 * and column for what is missing, unordered, not a number, or below −100 %.
 */
export async function readReturns(file: string): Promise<ReturnSeries> {
  const text = await readTextColumns(file);
  const days = readDays(file, text);
  const rate = pick(text, RETURN_NAMES);
  const level = pick(text, LEVEL_NAMES);
  const others = Object.keys(text.columns).filter(
    (name) => !DAY_NAMES.includes(name.toLowerCase()),
  );
  const column = rate ?? level ?? (others.length === 1 ? others[0] : undefined);
  if (column === undefined) {
    throw new VolterraError(
      "DATA",
      `${file} has no column of returns or equity`,
      `Name one of: ${[...RETURN_NAMES, ...LEVEL_NAMES].join(", ")}; found: ${Object.keys(text.columns).join(", ")}.`,
    );
  }
  const values = readNumbers(file, column, text.columns[column]!);
  const series =
    column === level
      ? returnSeries(
          days.subarray(1),
          values.slice(1).map((x, i) => x / values[i]! - 1),
          file,
        )
      : returnSeries(days, values, file);
  checkReturns(file, series, column === level);
  return series;
}

function pick({ columns }: TextColumns, names: readonly string[]): string | undefined {
  return Object.keys(columns).find((name) => names.includes(name.toLowerCase()));
}

function readDays(file: string, text: TextColumns): Int32Array {
  const name = pick(text, DAY_NAMES) ?? Object.keys(text.columns)[0];
  if (name === undefined) throw new VolterraError("DATA", `${file} is empty`);
  const cells = text.columns[name]!.map((cell) => cell.slice(0, 10));
  return Int32Array.from(cells, (cell, row) => {
    if (!isDay(cell)) {
      throw new VolterraError(
        "DATA",
        `${file}, row ${row + 2}, ${name || "first column"}: "${cell}" is not a day`,
        "Days are written YYYY-MM-DD.",
      );
    }
    const day = toNumber(cell);
    if (row > 0 && day <= toNumber(cells[row - 1]!)) {
      throw new VolterraError(
        "DATA",
        `${file}, row ${row + 2}: ${cell} does not follow ${cells[row - 1]}`,
        "One row a day, oldest first.",
      );
    }
    return day;
  });
}

function readNumbers(file: string, name: string, cells: readonly string[]): Float64Array {
  return Float64Array.from(cells, (cell, row) => {
    const value = cell.trim() === "" ? NaN : Number(cell);
    if (Number.isFinite(value)) return value;
    throw new VolterraError("DATA", `${file}, row ${row + 2}, ${name}: "${cell}" is not a number`);
  });
}

function checkReturns(file: string, { days, returns }: ReturnSeries, fromLevels: boolean): void {
  if (returns.length < FEWEST) {
    throw new VolterraError(
      "DATA",
      `${file} holds ${returns.length} returns, too few to judge`,
      `At least ${FEWEST} are needed: a bootstrap resamples blocks of days.`,
    );
  }
  const bad = returns.findIndex((r) => r < -1 || r > 5);
  if (bad >= 0) {
    throw new VolterraError(
      "DATA",
      `${file}: the return of ${toDay(days[bad]!)} is ${returns[bad]}`,
      fromLevels
        ? "Is this column really equity?"
        : "Returns are decimals: 1 % is 0.01. For equity, name the column equity.",
    );
  }
  if (returns.every((r) => r === returns[0])) {
    throw new VolterraError(
      "DATA",
      `${file}: all returns are ${returns[0]}`,
      "There is nothing to judge.",
    );
  }
}

const contractSchema = z.strictObject({
  name: z.string(),
  claim: z.string().default(""),
  source: z.string().default("the contract file"),
  alpha: z.number().gt(0).lt(0.5).default(0.05),
  selection: z.enum(["stepm", "deflated-sharpe"]).default("stepm"),
  priorTrials: z.strictObject({ count: z.int().min(0), source: z.string() }).optional(),
  criteria: z
    .array(
      z.strictObject({
        name: z.string(),
        statistic: z.enum([
          "mean",
          "volatility",
          "sharpe",
          "sharpe-excess",
          "cagr",
          "total-return",
          "max-drawdown",
          "cvar95",
          "hit-rate",
          "sharpe-difference",
          "cagr-difference",
          "mean-difference",
          "hit-rate-difference",
          "drawdown-improvement",
        ]),
        benchmark: z.string().optional(),
        threshold: z.number(),
        direction: z.enum(["above", "below"]).optional(),
        window: z.strictObject({ start: z.string(), end: z.string() }).optional(),
        costs: z.literal([1, 2]).default(1),
      }),
    )
    .min(1),
});

/** A kill-test from YAML; criteria without a window are about all of the series. */
export function readContract(file: string, series: ReturnSeries): KillTest {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new VolterraError("NOT_FOUND", `cannot read the contract ${file}`, "", { cause });
  }
  const terms = completeSpec(
    file,
    contractSchema,
    parseDocument(text).toJS() as Record<string, unknown>,
  );
  const { priorTrials, criteria, ...rest } = terms;
  return defineKillTest({
    ...rest,
    ...(priorTrials && { priorTrials }),
    criteria: criteria.map(({ benchmark, direction, window, ...criterion }) => ({
      ...criterion,
      ...(benchmark !== undefined && { benchmark }),
      ...(direction !== undefined && { direction }),
      window: window ?? wholeWindow(series),
    })),
  });
}

function wholeWindow({ days }: ReturnSeries): { start: string; end: string } {
  return { start: toDay(days[0]!), end: toDay(days.at(-1)!) };
}

/** The usual contract: a Sharpe ratio above nil, and above the benchmark's where there is one. */
function usualContract(series: ReturnSeries, { benchmark, trials }: JudgeRequest): KillTest {
  const window = wholeWindow(series);
  return defineKillTest({
    name: "returns",
    claim:
      benchmark === undefined ? "the returns are no accident" : "the returns beat the benchmark",
    source: "the usual contract of volterra judge",
    ...(trials !== undefined && { priorTrials: { count: trials, source: "--trials" } }),
    criteria: [
      { name: "Sharpe above nil", statistic: "sharpe", threshold: 0, window, costs: 1 },
      ...(benchmark === undefined
        ? []
        : [
            {
              name: "Sharpe above the benchmark's",
              statistic: "sharpe-difference" as const,
              benchmark: "benchmark",
              threshold: 0,
              window,
              costs: 1 as const,
            },
          ]),
    ],
  });
}

/** Judges somebody's returns as a sleeve would be judged; the trial and its contract go into a ledger. */
export async function judgeReturns(request: JudgeRequest): Promise<Judgement> {
  const { file, root, trials } = request;
  const name = path.basename(file).replace(/\.[a-z]+$/i, "");
  const series = await readReturns(file);
  const benchmark = request.benchmark === undefined ? null : await readReturns(request.benchmark);
  const beside = benchmark && onDays(benchmark, series.days, request.benchmark!);
  const killTest =
    request.contract === undefined
      ? usualContract(series, request)
      : readContract(request.contract, series);
  if (killTest.criteria.some(({ costs }) => costs === 2)) {
    throw new VolterraError(
      "SPEC",
      `${request.contract}: a criterion asks for twofold costs, but returns carry one level of costs`,
      "Set costs: 1, or judge a strategy with volterra run.",
    );
  }

  const ledger = openLedger(root, "judge");
  const trial = { study: "judge", id: contentHash({ returns: series.returns }), label: name };
  await ledger.append([
    { kind: "contract", study: "judge", contract: killTest.hash },
    ...newIntents(ledger, [trial]),
  ]);
  const metrics = performance(series, beside ? { benchmark: beside } : {});
  if (!finishedTrials(ledger).has(trial.id)) {
    await ledger.append([resultOf(trial, metrics, monthlyReturns(series))]);
  }
  const { recorded } = countLedgerTrials(ledger, new Map([[trial.id, series]]));
  const verdict = judge(
    killTest,
    {
      streams: { 1: series },
      ...(beside && { benchmarks: { benchmark: { days: series.days, returns: beside } } }),
      trials: { recorded, ...(trials !== undefined && { declared: trials }) },
    },
    key(0).fold("judge", killTest.hash),
  );
  return {
    name,
    series,
    benchmark: beside && { days: series.days, returns: beside },
    metrics,
    benchmarkMetrics: beside && performance({ days: series.days, returns: beside }),
    conventions: conventions(series, beside ? { benchmark: beside } : {}),
    verdict,
  };
}
