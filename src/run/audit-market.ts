import { calendar, type DayNumber, toDay } from "#core";
import type { Schedule } from "#backtest";
import { assembleMarket, cutMarket, decisionAt, type Market, poisonMarket } from "#market";
import { type Check, firstDifference, type Leak } from "./audit-check.ts";

/** Values by name and session of a market; row t is what was known or done at session t. */
export type Rows = ReadonlyMap<string, ArrayLike<number | string>>;

/** Anything that is computed from a market, over its sessions up to `to`. */
export type Reading = (market: Market, to: DayNumber) => Promise<Rows>;

/**
 * Finds what changes in a reading at or before a cut when the tables end there, or turn to garbage behind it: knowledge
 * time, features and decisions in one.
 *
 * @param market as it is read; its tables are what is cut
 * @param cuts rows of the market
 * @returns the first leak of each name
 */
export async function auditReading(
  market: Market,
  read: Reading,
  cuts: readonly number[],
): Promise<Leak[]> {
  const { sessions } = market;
  const noted = noteReads(market);
  const whole = await read(noted.market, sessions.at(-1)!);
  const tables = narrowMarket(market, noted.series);
  const leaks = new Map<string, Leak>();
  for (const row of cuts) {
    const cut = sessions[row]!;
    const treated = [
      ["prefix", cutMarket(tables, cut)],
      ["garbage", poisonMarket(tables, cut)],
    ] as const;
    for (const [how, world] of treated) {
      for (const [what, values] of await read(world, cut)) {
        const before = whole.get(what)!;
        const t = leaks.has(what) ? -1 : firstDifference(before, values, row + 1);
        if (t < 0) continue;
        const day = sessions[t]!;
        leaks.set(what, { what, day, cut, how, before: before[t]!, after: values[t]! });
      }
    }
  }
  return [...leaks.values()];
}

/**
 * Proves session by session that a joined column shows nothing before it was published: its value is that of the last
 * row known at the decision by the rule of its source, or missing.
 */
export function auditColumn(market: Market, ref: string): Check {
  const [series = "", column = ""] = ref.split(".");
  const { days, columns } = market.frame(series);
  const all = Object.values(columns);
  const { values, knowledge } = columns[column]!;
  const shown = market.column(ref);
  let next = 0;
  let latest = NaN;
  let leak: Leak | null = null;
  for (const [t, day] of market.sessions.entries()) {
    for (; next < days.length && knowledge.at(days[next]!) <= decisionAt(day); next++) {
      if (all.some((c) => !Number.isNaN(c.values[next]!))) latest = values[next]!;
    }
    if (Number.isNaN(shown[t]!) || shown[t] === latest) continue;
    leak = { what: ref, day, cut: day, how: "rule", before: shown[t]!, after: latest };
    break;
  }
  const method = `every session: ${knowledge.name}`;
  return { kind: "column", name: ref, method, cuts: market.sessions.length, leak };
}

/** Proves that the next session is what was scheduled: a closure counts as a session until it was announced. */
export function auditSchedule(sessions: Int32Array, { next }: Pick<Schedule, "next">): Check {
  const nyse = calendar("nyse");
  const t = sessions.findIndex((day, row) => next[row] !== nyse.next(day, decisionAt(day)));
  const day = sessions[t]!;
  return {
    kind: "calendar",
    name: "next session",
    method: "every session: as announced at its decision",
    cuts: sessions.length,
    leak:
      t < 0
        ? null
        : {
            what: "next session",
            day,
            cut: day,
            how: "rule",
            before: toDay(next[t]!),
            after: toDay(nyse.next(day, decisionAt(day))),
          },
  };
}

/** A market that notes which of its series and joined columns are read. */
export function noteReads(market: Market): {
  readonly market: Market;
  readonly series: ReadonlySet<string>;
  readonly columns: ReadonlySet<string>;
} {
  const series = new Set<string>();
  const columns = new Set<string>();
  const noted: Market = {
    ...market,
    column(ref) {
      columns.add(ref);
      series.add(ref.split(".")[0]!);
      return market.column(ref);
    },
    frame(name) {
      series.add(name);
      return market.frame(name);
    },
    table(name) {
      series.add(name);
      return market.table(name);
    },
  };
  return { market: noted, series, columns };
}

/** The market with the tables of some series alone, so that cutting it does not carry what nobody reads. */
export function narrowMarket(market: Market, names: ReadonlySet<string>): Market {
  const wanted = new Set(names);
  if (wanted.has("vx")) for (const name of CURVE) wanted.add(name);
  const kept = market.series.filter((name) => wanted.has(name) && name !== "vx");
  return assembleMarket({
    snapshot: market.snapshot,
    simulated: market.simulated,
    tables: new Map(kept.map((name) => [name, market.table(name)])),
    sessions: market.sessions,
  });
}

/** Tables that the VX curve is made of. */
const CURVE = ["vx_contracts", "vx_weekly_contracts"];
