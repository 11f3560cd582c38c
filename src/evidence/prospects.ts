import type { CriterionResult } from "./criterion.ts";
import { type KillTest, resolveStatistic } from "./kill-test.ts";
import { isPathStatistic } from "./statistic.ts";

/** Waiting for longer than this decides nothing for anyone. */
const LIFETIME = 1200;

/** One sentence on what would decide a criterion that is not proven, or on why nothing will. */
export function whatWouldDecide(result: CriterionResult, killTest: KillTest): string {
  const { criterion, outcome } = result;
  const { statistic } = resolveStatistic(criterion.statistic);
  const said =
    outcome === "NOT PROVEN" && clears(result)
      ? deflation(result, killTest)
      : isPathStatistic(statistic)
        ? ofPath(result)
        : statistic === "total-return"
          ? `a total return grows with the length of its window; ask for cagr, which time decides. ${capital(reachOf(result))}`
          : ofLength(result);
  return `${criterion.name}: ${said}`;
}

function isBelow({ criterion }: CriterionResult): boolean {
  return criterion.direction === "below";
}

/** The bound that has to clear the threshold. */
function passingBound(result: CriterionResult): number {
  return isBelow(result) ? result.upper : result.lower;
}

function clears(result: CriterionResult): boolean {
  const { threshold } = result.criterion;
  return isBelow(result) ? passingBound(result) < threshold : passingBound(result) > threshold;
}

/** The bounds clear, the deflated Sharpe ratio that the contract asks for does not. */
function deflation({ deflatedSharpe }: CriterionResult, { alpha }: KillTest): string {
  return (
    `its bound clears, its deflated Sharpe ratio of ${figure(deflatedSharpe)} is short of ` +
    `${figure(1 - alpha)}: a longer record at this level and no further trials`
  );
}

/** A worst drawdown only deepens as its path goes on, and its spread does not shrink: waiting cannot prove it. */
function ofPath(result: CriterionResult): string {
  const { criterion } = result;
  const side = isBelow(result) ? "above" : "below";
  const [subject, grows] =
    resolveStatistic(criterion.statistic).of === "difference"
      ? ["the worst drawdowns of both paths", "deepen"]
      : ["the worst drawdown of a path", "deepens"];
  return (
    `waiting will not: ${subject} only ${grows} as time goes on, and no surer. ${capital(reachOf(result))}; ` +
    `a contract with a bar ${side} ${written(passingBound(result), criterion)}, or a steadier stream, could pass`
  );
}

function ofLength(result: CriterionResult): string {
  const { monthsNeeded, monthsToKill } = result;
  const wait =
    monthsNeeded !== null
      ? `${months(monthsNeeded)} at this level`
      : monthsToKill !== null
        ? `${months(monthsToKill)} at this level would KILL it`
        : "the estimate is at the threshold, where no length of data decides";
  return `${wait}; ${reachOf(result)}`;
}

/** What these data can find at all. */
function reachOf(result: CriterionResult): string {
  const { criterion, minimumDetectableEffect: effect } = result;
  if (Number.isNaN(effect)) return "these data find no possible value four times in five";
  const side = isBelow(result) ? "below" : "above";
  return `these data find only a true value ${side} ${written(effect, criterion)}`;
}

function months(count: number): string {
  if (count > LIFETIME) return `more than ${LIFETIME / 12} years`;
  const whole = Math.max(1, Math.ceil(count));
  return `${whole} more ${whole === 1 ? "month" : "months"}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const SHARES = /return|cagr|drawdown|volatility|cvar|mean|hit-rate|win-rate/;

/** A value in the way its statistic is read: shares in percent. */
export function written(value: number, { statistic }: CriterionResult["criterion"]): string {
  return SHARES.test(statistic) ? `${figure(100 * value)} %` : figure(value);
}

/** Three significant digits. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
