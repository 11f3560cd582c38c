import { lastAtOrBefore, toNumber } from "#core";
import { performance, type ReturnSeries, within } from "#evidence";
import { mean } from "#num";
import type { Simulation } from "#backtest";
import { stream } from "./evaluation.ts";
import type { FilterColumns } from "./forecast-fault.ts";

/** A policy in one crisis. */
export interface OutageRow {
  readonly crisis: string;
  readonly start: string;
  readonly end: string;
  /** "no filter", "model" where it works, or the policy while it is gone. */
  readonly case: string;
  readonly totalReturn: number;
  readonly maxDrawdown: number;
  readonly meanExposure: number;
  /** Over the whole window of the sleeve. */
  readonly sharpe: number;
}

/** What a simulation did inside a stretch. */
export function measureCrisis(
  simulation: Simulation,
  span: { readonly name: string; readonly start: string; readonly end: string },
  name: string,
): OutageRow {
  const inside: ReturnSeries = within(stream(simulation), span);
  const { totalReturn, maxDrawdown } = performance(inside);
  const from = lastAtOrBefore(simulation.days, toNumber(span.start) - 1) + 1;
  const exposure = simulation.exposure.subarray(from, from + inside.days.length);
  return {
    crisis: span.name,
    start: span.start,
    end: span.end,
    case: name,
    totalReturn,
    maxDrawdown,
    meanExposure: mean(exposure),
    sharpe: performance(stream(simulation)).sharpe,
  };
}

/** A filter that is gone between two sessions, both included. */
export function withOutage(
  { risk, limit, share }: FilterColumns,
  [from, to]: readonly [number, number],
  left: number,
): FilterColumns {
  const inside = (t: number) => t >= from && t <= to;
  return {
    risk: risk.map((x, t) => (inside(t) ? NaN : x)),
    limit,
    share: share.map((x, t) => (inside(t) ? left : x)),
  };
}
