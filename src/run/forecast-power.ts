import { type Key, uniforms } from "#core";
import { bootstrapIntervals, minimumDetectableEffect } from "#evidence";
import { normalQuantile, quantile } from "#num";
import type { Simulation } from "#backtest";
import { openDecisions, simulateFiltered, type Sleeve } from "./forecast-ablation.ts";

/** What can be found at all, known before any filter is simulated. */
export interface PowerCheck {
  readonly entries: number;
  readonly resizes: number;
  readonly sessions: number;
  /** Share of the decisions that the random filters block, and their number. */
  readonly share: number;
  readonly filters: number;
  /** Median standard error of the paired difference in Sharpe ratio. */
  readonly standardError: number;
  /** Smallest difference found four times in five by a one-sided test at 5 %. */
  readonly minimumDetectableEffect: number;
  /** Spread of the differences that blocking at random alone makes: 5 %, 50 %, 95 %. */
  readonly byChance: readonly number[];
}

/** Blocks decisions at random and measures how well a difference in Sharpe ratio could be told. */
export async function checkPower(
  sleeve: Sleeve,
  base: Simulation,
  options: {
    readonly share: number;
    readonly filters: number;
    readonly key: Key;
    readonly resamples: number;
  },
): Promise<PowerCheck> {
  const { share, filters, key } = options;
  const open = openDecisions(base);
  const { sessions } = sleeve.bench.market;
  const errors: number[] = [];
  const differences: number[] = [];
  for (let i = 0; i < filters; i++) {
    const draws = uniforms(key.fold("random filter", i), sessions.length);
    const risk = draws.map((u) => (u < share ? 1 : 0));
    const columns = { risk, limit: risk.map(() => 0.5), share: risk.map(() => 1) };
    const { returns } = await simulateFiltered(sleeve, columns);
    const { sharpe } = bootstrapIntervals(
      returns,
      ["sharpe"],
      { key: key.fold("power", i), resamples: options.resamples },
      base.returns,
    );
    errors.push(sharpe.standardError);
    differences.push(sharpe.estimate);
  }
  const standardError = quantile(Float64Array.from(errors), 0.5);
  const test = { threshold: 0, standardError, criticalValue: normalQuantile(0.95) };
  return {
    entries: open.filter(({ kind }) => kind === "entry").length,
    resizes: open.filter(({ kind }) => kind === "resize").length,
    sessions: base.days.length,
    share,
    filters,
    standardError,
    minimumDetectableEffect: minimumDetectableEffect(test),
    byChance: [0.05, 0.5, 0.95].map((p) => quantile(Float64Array.from(differences), p)),
  };
}
