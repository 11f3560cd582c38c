import { readFileSync } from "node:fs";
import { isDay, toDay, VolterraError } from "#core";
import {
  defineKillTest,
  type KillTest,
  resolveStatistic,
  type ReturnSeries,
  within,
} from "#evidence";
import { parseDocument } from "yaml";
import { z } from "zod";
import { areEqual, FEWEST } from "./returns-file.ts";
import { completeSpec } from "./study.ts";

/** What contracts call the series of `--benchmark`. */
export const BENCHMARK = "benchmark";

const day = z.string().refine(isDay, "not a day (YYYY-MM-DD)");

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
          "win-rate",
          "win-rate-difference",
          "drawdown-improvement",
        ]),
        benchmark: z.string().optional(),
        threshold: z.number(),
        direction: z.enum(["above", "below"]).optional(),
        window: z.strictObject({ start: day, end: day }).optional(),
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
    const hint = "A YAML file with a name and criteria.";
    throw new VolterraError("NOT_FOUND", `cannot read the contract ${file}`, hint, { cause });
  }
  const document = parseDocument(text);
  const [problem] = document.errors;
  const tree: unknown = problem ? null : document.toJS();
  if (typeof tree !== "object" || tree === null || Array.isArray(tree)) {
    const why = problem ? problem.message.split("\n")[0] : "holds no keys";
    throw new VolterraError("SPEC", `${file}: ${why}`, "A contract has a name and criteria.");
  }
  const terms = completeSpec(file, contractSchema, tree as Record<string, unknown>);
  const { priorTrials, criteria, ...rest } = terms;
  try {
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
  } catch (cause) {
    if (!(cause instanceof VolterraError)) throw cause;
    throw new VolterraError(cause.code, `${file}: ${cause.message}`, cause.hint, { cause });
  }
}

/** The days of all of a series. */
export function wholeWindow({ days }: ReturnSeries): { start: string; end: string } {
  return { start: toDay(days[0]!), end: toDay(days.at(-1)!) };
}

/** What a contract asks for that the files do not hold, before anything is recorded. */
export function checkContract(
  { criteria }: KillTest,
  series: ReturnSeries,
  { contract, benchmark }: { readonly contract?: string; readonly benchmark?: string },
): void {
  for (const { name, costs, statistic, window, benchmark: against } of criteria) {
    const refuse = (why: string, hint: string): never => {
      throw new VolterraError("SPEC", `${contract}: ${name}: ${why}`, hint);
    };
    if (costs === 2) {
      refuse(
        "twofold costs, but returns carry one level of costs",
        "Set costs: 1, or judge a strategy with volterra run.",
      );
    }
    const { of, overCash } = resolveStatistic(statistic);
    if (overCash) {
      const instead = statistic === "sharpe-excess" ? "sharpe" : "win-rate";
      refuse(`${statistic} needs the rate of cash`, `Give excess returns, and take ${instead}.`);
    }
    if (of === "difference" && (benchmark === undefined || against !== BENCHMARK)) {
      refuse(`no benchmark "${against}"`, `Give --benchmark FILE; its name is ${BENCHMARK}.`);
    }
    const inside = within(series, window).returns;
    if (inside.length < FEWEST) {
      const [first, last] = [toDay(series.days[0]!), toDay(series.days.at(-1)!)];
      refuse(
        `${inside.length} returns in ${window.start} … ${window.end}, fewer than ${FEWEST}`,
        `The returns run from ${first} to ${last}.`,
      );
    }
    if (areEqual(inside)) {
      refuse(`all returns in ${window.start} … ${window.end} are equal`, "Take another window.");
    }
  }
}
