import { VolterraError, toDay } from "#core";
import { type Samples, samples, takeRows, type Task, windows } from "#learn";

/** Columns and a label on the sessions of a market, to be made into rows to learn from. */
export interface Design {
  /** Name → column, in the order in which a model sees them. */
  readonly features: Readonly<Record<string, Float64Array>>;
  /** A class index or a number, NaN where the label is unknown. */
  readonly target: Float64Array;
  readonly task: Task;
  /** Sessions that the label looks ahead. */
  readonly horizon: number;
  /** Sessions that a row looks back on, its own included. */
  readonly steps: number;
  /** Sessions of the columns, increasing. */
  readonly sessions: Int32Array;
}

/**
 * Rows to learn from: one for each session between the days, both included, on which every feature is known on that
 * session and on the `steps − 1` before. A session before the first day may be looked back on. The label of a row may be
 * NaN: such a row can be forecast and not learned from. Throws `VolterraError("EMPTY_WINDOW")` naming the feature that
 * is known on the fewest sessions where no row is left.
 */
export function designSamples(design: Design, from: number, to: number): Samples {
  const { features, target, task, horizon, steps, sessions } = design;
  const names = Object.keys(features);
  const columns = Object.values(features);
  const table = samples({
    features: Float64Array.from(
      { length: sessions.length * names.length },
      (_, at) => columns[at % names.length]![Math.floor(at / names.length)]!,
    ),
    steps: 1,
    names,
    target,
    task,
    times: sessions,
    horizon,
  });
  const all = windows(table, steps);
  const width = steps * names.length;
  const rows = Array.from(all.times, (_, row) => row).filter((row) => {
    if (all.times[row]! < from || all.times[row]! > to) return false;
    return all.features.subarray(row * width, (row + 1) * width).every((x) => !Number.isNaN(x));
  });
  if (rows.length > 0) return takeRows(all, rows);
  throw new VolterraError(
    "EMPTY_WINDOW",
    `no session of ${toDay(from)} … ${toDay(to)} has all features over ${steps} sessions`,
    `The one known least is ${scarcest(features, sessions)}.`,
  );
}

function scarcest(features: Design["features"], sessions: Int32Array): string {
  const known = Object.entries(features).map(([name, column]) => {
    const first = column.findIndex((x) => !Number.isNaN(x));
    const count = column.reduce((sum, x) => sum + (Number.isNaN(x) ? 0 : 1), 0);
    const since =
      first < 0 ? "never known" : `known on ${count} sessions from ${toDay(sessions[first]!)}`;
    return { count, text: `${name}, ${since}` };
  });
  return known.toSorted((a, b) => a.count - b.count)[0]?.text ?? "not there: no feature is given";
}

/** The same rows with some of their features, in the given order. Throws `RangeError` for one that is not there. */
export function takeFeatures(rows: Samples, names: readonly string[]): Samples {
  const places = names.map((name) => rows.names.indexOf(name));
  const absent = places.indexOf(-1);
  if (absent >= 0) throw new RangeError(`no feature ${names[absent]}`);
  const lines = rows.times.length * rows.steps;
  const features = new Float64Array(lines * names.length);
  for (let line = 0; line < lines; line++) {
    places.forEach((place, j) => {
      features[line * names.length + j] = rows.features[line * rows.names.length + place]!;
    });
  }
  return samples({ ...rows, features, names });
}
