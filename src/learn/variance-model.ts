import { SESSIONS_PER_YEAR, VolterraError, toDay } from "#core";
import { type GarchModel, fitGarch, garchForecast, garchPersistence, garchVariances } from "#quant";
import { z } from "zod";
import type { Core } from "./model.ts";
import type { Samples } from "./samples.ts";
import { readState, writeState } from "./state.ts";

const STATE = z.object({
  mean: z.number(),
  omega: z.number(),
  alpha: z.number(),
  gamma: z.number(),
  beta: z.number(),
  start: z.number(),
});

/**
 * A GARCH model as a forecaster. Rows are windows of daily returns; it is fitted by maximum likelihood to the returns
 * of the training windows joined, and forecasts, from each window alone, the annualised volatility of the
 * `horizon` sessions that follow: sqrt(252 · mean variance). Targets are not looked at.
 */
export function trainGarch(kind: "garch" | "gjr", rows: Samples): Core {
  const returns = joinWindows(rows);
  const { mean, omega, alpha, gamma, beta } = fitGarch(returns, { kind });
  // A window starts from the long-run variance, which no later day knows anything of.
  const persistence = garchPersistence({ mean, omega, alpha, gamma, beta, start: 0 });
  const start = omega / (1 - persistence);
  return core({ mean, omega, alpha, gamma, beta, start });
}

export function restoreGarch(state: Uint8Array): Core {
  return core(readState(state, STATE));
}

function core(model: GarchModel): Core {
  return {
    predict(rows) {
      const { steps, features } = rows;
      return rows.target.map((_, row) => {
        const window = features.slice(row * steps, (row + 1) * steps);
        const next = garchVariances(model, window)[steps]!;
        return Math.sqrt(SESSIONS_PER_YEAR * garchForecast(model, next, Math.max(1, rows.horizon)));
      });
    },
    state: () => writeState(model),
    training: { ...model },
  };
}

/**
 * The returns behind overlapping windows, each day once. Where rows are left out between two windows, the second
 * gives as many days as it has beyond the first.
 */
function joinWindows({ features, steps, times, names }: Samples): Float64Array {
  if (names.length !== 1) {
    throw new VolterraError(
      "SPEC",
      `a GARCH model reads one feature, not ${names.length}`,
      "Give the daily return alone, with `steps` of 100 or more.",
    );
  }
  const joined = Array.from(features.subarray(0, steps));
  for (let row = 1; row < times.length; row++) {
    const [before, own] = [(row - 1) * steps, row * steps];
    const fits = (shift: number) => {
      for (let i = 0; i + shift < steps; i++) {
        if (features[own + i] !== features[before + shift + i]) return false;
      }
      return true;
    };
    let shift = 1;
    while (shift < steps && !fits(shift)) shift++;
    if (shift === steps) {
      throw new VolterraError(
        "DATA",
        `the window of ${toDay(times[row]!)} has no day in common with the one before`,
        "Give windows of consecutive days, longer than any gap between rows.",
      );
    }
    for (let i = steps - shift; i < steps; i++) joined.push(features[own + i]!);
  }
  return Float64Array.from(joined);
}
