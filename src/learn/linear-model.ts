import { z } from "zod";
import { type LinearFit, type LinearRows, linearScores } from "./linear.ts";
import type { Core } from "./model.ts";
import type { Samples } from "./samples.ts";
import { type Scaler, fitScaler, scale } from "./scaler.ts";
import { readState, writeState } from "./state.ts";

const numbers = z.array(z.number());
const STATE = z.object({
  mean: numbers,
  deviation: numbers,
  weights: numbers,
  outputs: z.number(),
});

/** A linear model with the scaler of its training rows; `link` turns scores into outputs. */
export interface LinearModel {
  readonly fit: (rows: LinearRows) => LinearFit;
  readonly link: (scores: Float64Array, outputs: number) => Float64Array;
}

/** Scales by the training rows and fits. */
export function trainLinear({ fit, link }: LinearModel, rows: Samples): Core {
  const scaler = fitScaler(rows);
  const weight = rows.weights ?? new Float64Array(rows.target.length).fill(1);
  const x = scale(scaler, rows);
  return core(scaler, fit({ x, k: rows.names.length, target: rows.target, weight }), link);
}

/** A linear model read back. */
export function restoreLinear(link: LinearModel["link"], bytes: Uint8Array): Core {
  const { mean, deviation, weights, outputs } = readState(bytes, STATE);
  const scaler = { mean: Float64Array.from(mean), deviation: Float64Array.from(deviation) };
  return core(scaler, { weights: Float64Array.from(weights), outputs }, link);
}

function core(scaler: Scaler, fitted: LinearFit, link: LinearModel["link"]): Core {
  const { weights, outputs } = fitted;
  return {
    predict: (rows) => link(linearScores(fitted, scale(scaler, rows), rows.names.length), outputs),
    state: () =>
      writeState({
        mean: Array.from(scaler.mean),
        deviation: Array.from(scaler.deviation),
        weights: Array.from(weights),
        outputs,
      }),
    training: { weights: Array.from(weights) },
  };
}
