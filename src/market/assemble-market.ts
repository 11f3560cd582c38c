import {
  calendar,
  frame,
  lastAtOrBefore,
  suggest,
  VolterraError,
  type Column,
  type Frame,
  type Unit,
} from "#core";
import { decisionAt } from "./knowledge.ts";
import type { Market } from "./market.ts";
import { seriesSpec } from "./series.ts";
import { absentSeries } from "./snapshot.ts";
import type { Table } from "./source.ts";
import { dates } from "./table.ts";
import { vxCurve } from "./vx-curve.ts";

/** A value is carried at most this many sessions past the normal lag of its source. */
const MAX_EXTRA_AGE = 5;

/** The derived series: the VX curve by day of trade. */
const CURVE = "vx";

interface Joined {
  readonly values: Float64Array;
  readonly age: Float64Array;
}

/** For each session, the row of a frame that was the last known at its decision and is not too old; −1 for none. */
interface Join {
  readonly rows: Int32Array;
  readonly age: Float64Array;
}

/** Rows that hold at least one number; a row without any is no observation. */
function observed(source: Frame): number[] {
  const columns = Object.values(source.columns).map(({ values }) => values);
  const rows: number[] = [];
  for (let row = 0; row < source.days.length; row++) {
    if (columns.some((values) => !Number.isNaN(values[row]!))) rows.push(row);
  }
  return rows;
}

function joinAsOf(source: Frame, sessions: Int32Array): Join {
  const rows = new Int32Array(sessions.length).fill(-1);
  const age = new Float64Array(sessions.length).fill(NaN);
  const knowledge = Object.values(source.columns)[0]!.knowledge;
  const candidates = observed(source);
  const known = candidates.map((row) => knowledge.at(source.days[row]!));
  const all = calendar("nyse").sessions;
  let next = 0;
  let made = 0;
  for (let t = 0; t < sessions.length; t++) {
    const instant = decisionAt(sessions[t]!);
    const before = next;
    while (next < known.length && known[next]! <= instant) next++;
    if (next === 0) continue;
    const row = candidates[next - 1]!;
    if (next > before) made = lastAtOrBefore(all, source.days[row]!);
    const passed = lastAtOrBefore(all, sessions[t]!) - made;
    if (passed > knowledge.lag + MAX_EXTRA_AGE) continue;
    rows[t] = row;
    age[t] = passed;
  }
  return { rows, age };
}

function frameOf(name: string, table: Table): Frame {
  const spec = seriesSpec(name);
  const columns: Record<string, Column> = {};
  for (const [column, cells] of Object.entries(table.columns)) {
    const { [column]: known } = spec.columns;
    if (cells instanceof Float64Array && known?.type === "number") {
      columns[column] = { unit: known.unit, knowledge: spec.knowledge, values: cells };
    }
  }
  return frame(dates(table), columns);
}

function remember<V>(make: (name: string) => V): (name: string) => V {
  const made = new Map<string, V>();
  return (name) => {
    const found = made.get(name) ?? make(name);
    made.set(name, found);
    return found;
  };
}

/** A market of tables in memory on the given sessions; frames, joins and the VX curve are made when asked for. */
export function assembleMarket(input: {
  readonly snapshot: string;
  readonly simulated: boolean;
  readonly tables: ReadonlyMap<string, Table>;
  readonly sessions: Int32Array;
}): Market {
  const { snapshot, simulated, tables, sessions } = input;
  const derived = tables.has("vx_contracts") ? [CURVE] : [];
  const series = [...tables.keys(), ...derived].toSorted();

  const table = (name: string): Table => {
    const found = tables.get(name);
    if (!found) throw absentSeries(snapshot, name, series);
    return found;
  };
  const frames = remember((name: string): Frame => {
    if (name === CURVE && derived.length > 0) {
      return vxCurve(table("vx_contracts"), tables.get("vx_weekly_contracts"));
    }
    const rows = table(name);
    if (rows.key.join() === "date") return frameOf(name, rows);
    throw new VolterraError("USAGE", `"${name}" is a keyed table, not a daily series`);
  });
  const joins = remember((name: string) => joinAsOf(frames(name), sessions));
  const split = (ref: string): { name: string; source: Column } => {
    const [name = "", column = ""] = ref.split(".");
    const { columns } = frames(name);
    const source = columns[column];
    if (source) return { name, source };
    const hint = suggest(column, Object.keys(columns));
    throw new VolterraError("NOT_FOUND", `series "${name}" has no column "${column}"`, hint);
  };
  const joined = remember((ref: string): Joined => {
    const { name, source } = split(ref);
    const { rows, age } = joins(name);
    const joint = { values: new Float64Array(rows.length).fill(NaN), age: age.slice() };
    for (let t = 0; t < rows.length; t++) {
      if (rows[t]! >= 0) joint.values[t] = source.values[rows[t]!]!;
      if (Number.isNaN(joint.values[t]!)) joint.age[t] = NaN;
    }
    return joint;
  });

  return Object.freeze({
    snapshot,
    simulated,
    sessions,
    series,
    column: (ref: string) => joined(ref).values,
    age: (ref: string) => joined(ref).age,
    unit: (ref: string): Unit => split(ref).source.unit,
    frame: frames,
    table,
  });
}
