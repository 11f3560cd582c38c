import type { Key } from "#core";
import { type Fitted, type Model, type Samples, samples, takeRows } from "#learn";
import { type Check, firstDifference, type Leak, spread } from "./audit-check.ts";

/** A way to forecast: rows in time → `[n][outputs]`, NaN where it makes no forecast. */
export type Forecast = (rows: Samples) => Promise<Float64Array>;

/**
 * Proves that the forecast of a row reads neither a later row nor a label that is not known yet: the rows end at a cut,
 * or turn to garbage behind it, and labels whose horizon has not passed by then are missing or changed. Whatever is
 * fitted on the way, scalers, calibrations, thresholds and choices included, is so audited with it.
 */
export async function auditForecast(
  name: string,
  rows: Samples,
  forecast: Forecast,
  cuts: readonly number[],
): Promise<Check> {
  const whole = await forecast(rows);
  const width = whole.length / rows.times.length;
  let leak: Leak | null = null;
  for (const cut of cuts) {
    const treated = [
      ["prefix", endRows(rows, cut)],
      ["garbage", spoilRows(rows, cut)],
    ] as const;
    for (const [how, world] of treated) {
      const values = await forecast(world);
      const at = firstDifference(whole, values, (cut + 1) * width);
      if (at < 0) continue;
      const day = rows.times[Math.floor(at / width)]!;
      const [before, after] = [whole[at]!, values[at]!];
      leak ??= { what: "forecast", day, cut: rows.times[cut]!, how, before, after };
    }
  }
  return { kind: "model", name, method: "rows: prefix, garbage", cuts: cuts.length, leak };
}

/** The rows up to a cut as they are known then. */
function endRows(rows: Samples, cut: number): Samples {
  const known = takeRows(
    rows,
    Int32Array.from({ length: cut + 1 }, (_, i) => i),
  );
  known.target.fill(NaN, Math.max(cut + 1 - rows.horizon, 0));
  return known;
}

/** All rows, those behind a cut with other features, and labels that are not known at the cut changed. */
function spoilRows(rows: Samples, cut: number): Samples {
  const { features, target, task, horizon, times } = rows;
  const width = features.length / times.length;
  const count = task.kind === "classes" ? task.classes.length : 0;
  return samples({
    ...rows,
    features: features.map((x, i) => (i < (cut + 1) * width ? x : (i % 2 ? -1 : 1) * (1e4 + i))),
    target: target.map((y, row) => {
      if (row <= cut - horizon) return y;
      return task.kind === "classes" ? (y + 1) % count : -1e4 - row;
    }),
  });
}

/**
 * Audits a kind of model on its own: trained on the first `trained` rows, its forecast of a row must not depend on the
 * other rows it is asked about, and the training not on what lies behind the training rows in memory.
 */
export async function auditModel(
  model: Model,
  rows: Samples,
  {
    params,
    key,
    trained,
  }: { readonly params: unknown; readonly key: Key; readonly trained: number },
): Promise<Check> {
  const width = rows.features.length / rows.times.length;
  const forecast: Forecast = async (world) => {
    const fitted: Fitted = await model.fit(
      samples({
        ...world,
        features: world.features.subarray(0, trained * width),
        target: world.target.subarray(0, trained),
        times: world.times.subarray(0, trained),
      }),
      params,
      key,
    );
    return fitted.predict(world).values;
  };
  const last = rows.times.length - 2;
  return auditForecast(model.name, rows, forecast, spread(trained + rows.horizon, last, 4));
}
