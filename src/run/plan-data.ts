import { type DayNumber, toNumber } from "#core";
import { computeNode, type Graph, isColumn, openTable } from "#features";
import { checkQuality, type Finding, type Market } from "#market";
import type { Universe, View } from "#trade";

/** Sessions that a window of history is tried with, the shortest first. */
const WINDOWS = [1, 2, 5, 22, 64, 127, 253, 505, 1009];

/** What every earlier value of a column is replaced by: nothing, next to nothing, and far too much. */
const STAND_INS = [NaN, 1e-3, 1e6];

/** Findings by which entries are blocked: what is corrupt, and what is stale. */
export function isBlocking({ code, severity }: Finding): boolean {
  return severity === "critical" || code === "STALE";
}

/** A view that tells the earliest row of columns and of prices that a decision reads. */
export function noteRows(view: View): {
  readonly view: View;
  readonly earliest: { columns: number; prices: number };
} {
  const earliest = { columns: view.t, prices: view.t };
  const column = (cells: Float64Array) =>
    new Proxy(cells, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value === "function") {
          // A method may read any row.
          earliest.columns = 0;
          return value.bind(target) as unknown;
        }
        const row = typeof property === "string" ? Number(property) : NaN;
        if (Number.isInteger(row)) earliest.columns = Math.min(earliest.columns, row);
        return value;
      },
    });
  const { universe } = view;
  const price = (read: Universe["mark"]) => (instrument: number, row: number) => {
    earliest.prices = Math.min(earliest.prices, row);
    return read(instrument, row);
  };
  const columns = Object.entries(view.columns).map(([alias, x]) => [alias, column(x)]);
  return {
    view: {
      ...view,
      columns: Object.fromEntries(columns) as View["columns"],
      universe: {
        ...universe,
        open: price(universe.open),
        high: price(universe.high),
        low: price(universe.low),
        mark: price(universe.mark),
        dividend: price(universe.dividend),
      },
    },
    earliest,
  };
}

/** A finding about what a decision read, and by which references it was read. */
export interface Concern extends Finding {
  readonly refs: readonly string[];
}

/** What a decision read. */
export interface Reads {
  /** Series and `series.column`s. */
  readonly refs: readonly string[];
  readonly graph: Graph;
  /** Row of the decision. */
  readonly t: number;
  /** The earliest rows of columns and of prices that it read itself. */
  readonly earliest: { readonly columns: number; readonly prices: number };
}

/**
 * The findings of the data that concern a decision: those of rows that it read, by itself or through features, and those
 * of a series as a whole. A row of a column was not read where nothing that is computed from the column changes with it
 * and all before it missing, nearly nil, or a million.
 */
export function concerningFindings(market: Market, reads: Reads): Concern[] {
  const { sessions } = market;
  const asOf = sessions[reads.t]!;
  const known = new Map<string, DayNumber>();
  const since = (ref: string): DayNumber => {
    if (!isColumn(ref)) return sessions[reads.earliest.prices]!;
    const row = firstRowRead(market, ref, reads);
    return sessions[Math.max(row - (market.age(ref)[row]! || 0), 0)]!;
  };
  const found: Concern[] = [];
  for (const ref of reads.refs) {
    for (const finding of checkQuality(market, [ref], asOf)) {
      const { code, rows, message } = finding;
      // The last row of a stale series is its last, however old.
      const isOfWhole = rows.length === 0 || code === "STALE";
      if (!isOfWhole && !known.has(ref)) known.set(ref, since(ref));
      const read = isOfWhole
        ? rows
        : rows.filter((r) => toNumber(r.slice(0, 10)) >= known.get(ref)!);
      if (!isOfWhole && read.length === 0) continue;
      const where = isOfWhole ? "" : `; read now: ${read.slice(0, 3).join(", ")}`;
      found.push({ ...finding, rows: read, message: message + where, refs: [ref] });
    }
  }
  return merge(found);
}

/** One finding of each code and series: several columns may have met it, the most rows are said. */
function merge(findings: readonly Concern[]): Concern[] {
  const all = new Map<string, Concern>();
  for (const finding of findings) {
    const name = `${finding.series} ${finding.code}`;
    const before = all.get(name) ?? finding;
    const more = before.rows.length < finding.rows.length ? finding : before;
    all.set(name, { ...more, refs: [...new Set([...before.refs, ...finding.refs])] });
  }
  return [...all.values()];
}

/** The market columns that references are computed from. */
export function rootColumns(graph: Graph, refs: readonly string[]): Set<string> {
  const roots = new Set<string>();
  const visit = (ref: string): void => {
    if (isColumn(ref)) roots.add(ref);
    else Object.values(graph.nodes.get(graph.canonical(ref))!.inputs).forEach(visit);
  };
  refs.forEach(visit);
  return roots;
}

/** The first row of a column that what is computed from it for the decision depends on. */
function firstRowRead(market: Market, ref: string, { graph, t, earliest }: Reads): number {
  const base = openTable(graph, market);
  const own = base(ref);
  const below = downstream(graph, ref);
  for (const window of WINDOWS) {
    const first = t + 1 - window;
    if (first <= 0) break;
    const changes = STAND_INS.some((standIn) => {
      const done = new Map<string, Float64Array>([[ref, own.slice().fill(standIn, 0, first)]]);
      const column = (name: string) => done.get(name) ?? base(name);
      for (const node of below) {
        done.set(node, computeNode(graph.nodes.get(node)!, column, market.sessions));
      }
      return [...done].some(([name, values]) => differ(base(name), values, earliest.columns, t));
    });
    if (!changes) return first;
  }
  return 0;
}

/** The nodes that a column goes into, each after its inputs. */
function downstream({ nodes }: Graph, ref: string): Set<string> {
  const found = new Set<string>();
  for (const [name, { inputs }] of nodes) {
    if (Object.values(inputs).some((input) => input === ref || found.has(input))) found.add(name);
  }
  return found;
}

/** True where two columns differ, beyond rounding, in rows `from` to `to`. */
function differ(a: Float64Array, b: Float64Array, from: number, to: number): boolean {
  for (let row = from; row <= to; row++) {
    const [x, y] = [a[row]!, b[row]!];
    const isSame = Object.is(x, y) || Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y));
    if (!isSame) return true;
  }
  return false;
}
