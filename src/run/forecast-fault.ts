import { log } from "#num";
import type { Samples } from "#learn";
import type { Training } from "./forecast-retraining.ts";
import type { FailurePolicy } from "./forecast-filter-spec.ts";

/** Why a forecast is not to be trusted. */
export const FAULTS = ["none", "stale", "drifting", "missing", "failed"] as const;
export type Fault = (typeof FAULTS)[number];

/** How far the features of a row lie from those trained on. */
export interface Drift {
  /** Greatest distance of a feature to its training mean, in deviations. */
  readonly z: Float64Array;
  /** Which feature that is. */
  readonly feature: Int32Array;
  /** Population stability index of the last rows against the training rows, the largest of the features. */
  readonly psi: Float64Array;
}

/** Rows that a stability index looks back on. */
const PSI_ROWS = 63;
const PSI_BINS = 10;
/** Share put in the place of an empty bin. */
const PSI_EMPTY = 1e-4;

/** Drift of each forecast row from the rows its model knew, for all trainings one after another. */
export function measureDrift(rows: Samples, trainings: readonly Training[]): Drift {
  const k = rows.names.length;
  const n = trainings.reduce((sum, { test }) => sum + test.length, 0);
  const z = new Float64Array(n);
  const feature = new Int32Array(n);
  const psi = new Float64Array(n);
  let at = 0;
  for (const { head, tail, test } of trainings) {
    const known = Int32Array.from([...head, ...tail]);
    const columns = rows.names.map((_, j) =>
      Float64Array.from(known, (row) => rows.features[row * k + j]!),
    );
    const moments = columns.map(momentsOf);
    const edges = columns.map(decilesOf);
    for (const row of test) {
      moments.forEach(({ mean, deviation }, j) => {
        const far = distance(rows.features[row * k + j]!, mean, deviation);
        if (far <= z[at]!) return;
        z[at] = far;
        feature[at] = j;
      });
      psi[at] = Math.max(
        ...edges.map((edge, j) => {
          const from = Math.max(0, row - PSI_ROWS + 1);
          const recent = Float64Array.from(
            { length: row - from + 1 },
            (_, i) => rows.features[(from + i) * k + j]!,
          );
          return stabilityIndex(edge, recent);
        }),
      );
      at++;
    }
  }
  return { z, feature, psi };
}

/** |x − mean| in deviations; a deviation of zero is far from every other value and near to its own. */
function distance(x: number, mean: number, deviation: number): number {
  if (deviation > 0) return Math.abs(x - mean) / deviation;
  return x === mean ? 0 : Infinity;
}

function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / values.length);
  // A deviation that is rounding alone is none.
  return { mean, deviation: deviation > 1e-12 * Math.abs(mean) ? deviation : 0 };
}

function decilesOf(values: Float64Array): Float64Array {
  const sorted = values.toSorted();
  return Float64Array.from(
    { length: PSI_BINS - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / PSI_BINS)]!,
  );
}

/** Σ (a − e) ln(a / e) over the training deciles, e a tenth each, a the share of recent rows in them. */
export function stabilityIndex(edges: Float64Array, recent: Float64Array): number {
  const counts = new Float64Array(edges.length + 1);
  for (const x of recent) {
    const bin = edges.findIndex((edge) => x < edge);
    counts[bin < 0 ? edges.length : bin]! += 1;
  }
  const expected = 1 / counts.length;
  return counts.reduce((sum, count) => {
    const actual = Math.max(count / recent.length, PSI_EMPTY);
    return sum + (actual - expected) * log(actual / expected);
  }, 0);
}

/** The fault of each forecast row. */
export function findFaults(
  forecast: {
    readonly risk: Float64Array;
    readonly asOf: Int32Array;
  },
  drift: Drift,
  times: Int32Array,
  limits: { readonly maxAge: number; readonly drift: number },
): Fault[] {
  return Array.from(forecast.risk, (risk, row): Fault => {
    if (forecast.asOf[row]! < 0) return "failed";
    if (Number.isNaN(risk)) return "missing";
    if (times[row]! - forecast.asOf[row]! > limits.maxAge) return "stale";
    return drift.z[row]! > limits.drift ? "drifting" : "none";
  });
}

/** What a strategy hears, by session: the risk, its limit, and the share of the size that is left. */
export interface FilterColumns {
  readonly risk: Float64Array;
  readonly limit: Float64Array;
  readonly share: Float64Array;
}

const LEFT: Readonly<Record<FailurePolicy, number>> = { allow: 1, halve: 0.5, block: 0 };

/** Columns of a forecast under a policy: a session without a row, or with a fault, goes by the policy alone. */
export function filterColumns(
  sessions: Int32Array,
  forecast: {
    readonly times: Int32Array;
    readonly risk: Float64Array;
    readonly limit: Float64Array;
    readonly faults: readonly Fault[];
  },
  policy: FailurePolicy,
): FilterColumns {
  const row = new Map(Array.from(forecast.times, (day, i) => [day, i]));
  const risk = new Float64Array(sessions.length).fill(NaN);
  const limit = new Float64Array(sessions.length).fill(NaN);
  const share = new Float64Array(sessions.length).fill(LEFT[policy]);
  sessions.forEach((day, t) => {
    const i = row.get(day);
    if (i === undefined || forecast.faults[i] !== "none") return;
    risk[t] = forecast.risk[i]!;
    limit[t] = forecast.limit[i]!;
    share[t] = 1;
  });
  return { risk, limit, share };
}
