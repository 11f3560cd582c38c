import type { Samples } from "#learn";
import type { RiskForecast } from "./forecast-filter-fit.ts";
import { faultsOf, type Ground } from "./forecast-filter-ground.ts";
import type { FilterMonitoring } from "./forecast-filter-result.ts";

/** Labelled rows that rolling rates look back on. */
const ROLLING = 252;

/** The figures of a monitoring page, from the model's mean forecast. */
export function monitor(ground: Ground, forecast: RiskForecast): FilterMonitoring {
  const { tested, drift, run } = ground;
  const { probability, risk, limit, asOf } = forecast;
  const names = Object.keys(run.spec.features);
  const rates = rollingRates(forecast, tested);
  return {
    days: tested.times,
    probability,
    risk,
    limit,
    label: tested.target,
    fault: faultsOf(ground, forecast),
    age: tested.times.map((day, row) => (asOf[row]! < 0 ? -1 : day - asOf[row]!)),
    z: drift.z,
    zFeature: Array.from(drift.feature, (j) => names[j]!),
    psi: drift.psi,
    ...rates,
  };
}

/** Rates over the last labelled rows; the label of a row is known `horizon` sessions after it and counts from then. */
function rollingRates({ probability, risk, limit }: RiskForecast, { target, horizon }: Samples) {
  const n = target.length;
  const precision = new Float64Array(n).fill(NaN);
  const recall = new Float64Array(n).fill(NaN);
  const score = new Float64Array(n).fill(NaN);
  for (let row = ROLLING + horizon - 1; row < n; row++) {
    const last = row - horizon;
    let alarms = 0;
    let events = 0;
    let hits = 0;
    let squares = 0;
    for (let i = last - ROLLING + 1; i <= last; i++) {
      const alarm = risk[i]! >= limit[i]! ? 1 : 0;
      alarms += alarm;
      events += target[i]!;
      hits += alarm * target[i]!;
      squares += (probability[i]! - target[i]!) ** 2;
    }
    precision[row] = hits / alarms;
    recall[row] = hits / events;
    score[row] = squares / ROLLING;
  }
  return { precision, recall, brier: score };
}
