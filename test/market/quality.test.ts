import { toDay, toNumber } from "#core";
import {
  checkQuality,
  memorySnapshot,
  openMarket,
  QUALITY_RULES,
  type Cells,
  type Finding,
  type Table,
} from "#market";
import { describe, expect, it } from "vitest";
import { edit, keepRows, makeTable, rowOf, SESSIONS, smallWorld } from "./small-world.ts";

const world = smallWorld();
const LAST = SESSIONS.at(-1)!;

async function check(
  changes: Readonly<Record<string, Table>> = {},
  refs: readonly string[] = Object.keys(world),
  asOf = LAST,
): Promise<readonly Finding[]> {
  const market = await openMarket(memorySnapshot({ ...world, ...changes }, true));
  return checkQuality(market, refs, asOf);
}

type Row = Readonly<Record<string, number>>;

/** The world with the row of a key changed. */
function at(
  series: string,
  key: readonly string[],
  change: (row: Row) => Row,
): Record<string, Table> {
  const source = world[series]!;
  const row = rowOf(source, ...key);
  const held: Record<string, number> = {};
  for (const [name, cells] of Object.entries(source.columns)) held[name] = Number(cells[row]);
  return { [series]: edit(source, (r) => (r === row ? change(held) : undefined)) };
}

/** Every number of the world's rows in a range of days changed. */
function during(
  series: string,
  [from, to]: readonly [string, string],
  change: (row: number, columns: Readonly<Record<string, Cells>>) => Row | undefined,
): Record<string, Table> {
  const source = world[series]!;
  const days = source.columns[source.key[0]!] as Int32Array;
  const inside = (row: number) => days[row]! >= toNumber(from) && days[row]! <= toNumber(to);
  return {
    [series]: edit(source, (row) => (inside(row) ? change(row, source.columns) : undefined)),
  };
}

function without(series: string, ...keys: readonly (readonly string[])[]): Record<string, Table> {
  const source = world[series]!;
  const gone = new Set(keys.map((key) => rowOf(source, ...key)));
  return { [series]: keepRows(source, (row) => !gone.has(row)) };
}

/** The world with a copy of a row under another key. */
function copied(
  series: string,
  key: readonly string[],
  change: Readonly<Record<string, string>>,
): Record<string, Table> {
  const source = world[series]!;
  const rows = [...Array(source.rows).keys(), rowOf(source, ...key)];
  const value = (name: string, place: number) =>
    place === source.rows && change[name]
      ? toNumber(change[name])
      : Number(source.columns[name]![rows[place]!]);
  const order = [...rows.keys()].toSorted((a, b) => {
    const name = source.key.find((column) => value(column, a) !== value(column, b));
    return name === undefined ? 0 : value(name, a) - value(name, b);
  });
  const columns = Object.entries(source.columns).map(([name, cells]) => {
    const values = order.map((place) => value(name, place));
    return [
      name,
      cells instanceof Int32Array ? Int32Array.from(values) : Float64Array.from(values),
    ] as const;
  });
  return { [series]: makeTable(source.key, Object.fromEntries(columns)) };
}

const bar =
  (factor: number) =>
  (row: Row): Row => ({
    open: row["open"]! * factor,
    high: row["high"]! * factor,
    low: row["low"]! * factor,
    close: row["close"]! * factor,
    ...(row["adjClose"] === undefined ? {} : { adjClose: row["adjClose"] * factor }),
  });

/** Values of the row `back` rows before, for every price and volume. */
const repeated = (row: number, columns: Readonly<Record<string, Cells>>): Row => {
  const first = (columns["date"] as Int32Array).indexOf(toNumber("2014-03-03"));
  const names = ["open", "high", "low", "close", "adjClose", "volume"];
  return row <= first
    ? {}
    : Object.fromEntries(
        names.flatMap((n) => (columns[n] ? [[n, Number(columns[n][first])]] : [])),
      );
};

const DAY = ["2014-03-05"];
const FRONT = ["2014-03-05", "2014-03-18"];
const SECOND = ["2014-03-05", "2014-04-16"];
const FINAL = ["2014-06-18", "2014-06-18"];
const QUOTE = ["2014-06-02"];

type Plant = [
  code: string,
  severity: Finding["severity"],
  what: string,
  world: Record<string, Table>,
];

const PLANTS: readonly Plant[] = [
  ["NO_DATA", "critical", "an empty series", { spy: keepRows(world["spy"]!, () => false) }],
  [
    "NON_SESSION",
    "critical",
    "a fund on a Saturday",
    copied("spy", ["2014-03-07"], { date: "2014-03-08" }),
  ],
  [
    "NON_SESSION",
    "critical",
    "VIX on a holiday",
    copied("vix", ["2014-07-03"], { date: "2014-07-04" }),
  ],
  [
    "NON_SESSION",
    "critical",
    "a rate on a Sunday",
    copied("dgs10", ["2014-03-07"], { date: "2014-03-09" }),
  ],
  [
    "STALE",
    "error",
    "a series that stopped",
    { vix: keepRows(world["vix"]!, (row) => row < SESSIONS.length - 4) },
  ],
  ["MISSING_SESSIONS", "warning", "a lost day", without("spy", DAY)],
  [
    "MISSING_SESSIONS",
    "error",
    "every tenth day lost",
    { spy: keepRows(world["spy"]!, (row) => row % 10 !== 5) },
  ],
  ["MISSING_VALUES", "warning", "a blank close", at("vix", DAY, () => ({ close: NaN }))],
  [
    "MISSING_VALUES",
    "error",
    "a blank column",
    { spy: edit(world["spy"]!, () => ({ volume: NaN })) },
  ],
  [
    "SHORT_HISTORY",
    "warning",
    "a young fund",
    { tlt: keepRows(world["tlt"]!, (row) => row > 260) },
  ],
  ["NEGATIVE_PRICE", "critical", "a price with the wrong sign", at("spy", DAY, bar(-1))],
  ["NEGATIVE_PRICE", "critical", "a price of zero", at("spy", DAY, () => ({ low: 0 }))],
  [
    "NEGATIVE_PRICE",
    "critical",
    "a VX settlement below zero",
    at("vx_contracts", SECOND, () => ({ settle: -1 })),
  ],
  ["NEGATIVE_VOLUME", "critical", "a volume below zero", at("spy", DAY, () => ({ volume: -1 }))],
  [
    "NEGATIVE_VOLUME",
    "critical",
    "VX interest below zero",
    at("vx_contracts", SECOND, () => ({ openInterest: -1 })),
  ],
  ["IMPOSSIBLE_MOVE", "critical", "a ten-fold bar", at("spy", DAY, bar(10))],
  [
    "IMPOSSIBLE_MOVE",
    "critical",
    "a close of one tenth",
    at("spy", DAY, (row) => ({ close: row["close"]! / 10 })),
  ],
  [
    "IMPOSSIBLE_MOVE",
    "critical",
    "a ten-fold adjusted close",
    at("spy", DAY, (row) => ({ adjClose: row["adjClose"]! * 10 })),
  ],
  ["IMPOSSIBLE_MOVE", "critical", "a ten-fold VIX", at("vix", DAY, bar(10))],
  [
    "IMPOSSIBLE_MOVE",
    "critical",
    "a dollar of one tenth",
    at("dtwexbgs", DAY, (row) => ({ level: row["level"]! / 10 })),
  ],
  [
    "INDEX_SCALE",
    "critical",
    "VIX in decimals",
    { vix: edit(world["vix"]!, (row) => bar(0.01)(rowAt("vix", row))) },
  ],
  ["RATE_RANGE", "critical", "a rate in percent", at("dgs10", DAY, () => ({ rate: 2.7 }))],
  [
    "OHLC_ORDER",
    "error",
    "a close above the high",
    at("spy", DAY, (row) => ({ close: row["high"]! * 1.01 })),
  ],
  [
    "OHLC_ORDER",
    "error",
    "low and high exchanged",
    at("vix", DAY, (row) => ({ low: row["high"]!, high: row["low"]! })),
  ],
  [
    "REPEATED_ROWS",
    "error",
    "a fund that repeats",
    during("spy", ["2014-03-03", "2014-03-05"], repeated),
  ],
  [
    "REPEATED_ROWS",
    "error",
    "VIX that repeats a week",
    during("vix", ["2014-03-03", "2014-03-11"], repeated),
  ],
  [
    "ADJUSTMENT_FALLS",
    "error",
    "a dividend taken back",
    during("spy", ["2014-03-05", "2014-12-31"], (row, { adjClose }) => ({
      adjClose: Number(adjClose![row]) * 0.98,
    })),
  ],
  [
    "EXTREME_MOVE",
    "warning",
    "a fund that doubles",
    during("spy", ["2014-03-05", "2014-12-31"], (row) => bar(2)(rowAt("spy", row))),
  ],
  [
    "ZERO_RETURNS",
    "warning",
    "a month without a change",
    during("spy", ["2014-03-01", "2014-05-31"], () => ({
      open: 100,
      high: 101,
      low: 99,
      close: 100,
      adjClose: 90,
    })),
  ],
  [
    "ZERO_VOLUME",
    "warning",
    "two months without volume",
    during("spy", ["2014-03-01", "2014-04-30"], () => ({ volume: 0 })),
  ],
  [
    "TINY_PRICE",
    "warning",
    "a fund below one cent",
    { spy: edit(world["spy"]!, (row) => bar(1e-6)(rowAt("spy", row))) },
  ],
  [
    "VX_NON_SESSION",
    "critical",
    "a VX row on a Saturday",
    copied("vx_contracts", ["2014-03-07", "2014-04-16"], { tradeDate: "2014-03-08" }),
  ],
  [
    "VX_TENFOLD_PRICE",
    "critical",
    "a ten-fold settlement",
    at("vx_contracts", SECOND, (row) => ({ settle: row["settle"]! * 10 })),
  ],
  [
    "VX_TENFOLD_PRICE",
    "critical",
    "a ten-fold final settlement",
    at("vx_contracts", FINAL, (row) => ({ settle: row["settle"]! * 10 })),
  ],
  [
    "VX_TENFOLD_PRICE",
    "critical",
    "the scale before 2007",
    during("vx_contracts", ["2013-01-01", "2013-02-01"], (row, { settle }) => ({
      settle: Number(settle![row]) * 10,
    })),
  ],
  [
    "VX_OFF_EXPIRY_RULE",
    "critical",
    "a third Wednesday",
    {
      vx_contracts: edit(world["vx_contracts"]!, (row) => {
        return expiryAt(row) === "2014-10-22" ? { expiry: toNumber("2014-10-15") } : undefined;
      }),
    },
  ],
  [
    "VX_OFF_EXPIRY_RULE",
    "critical",
    "a weekly contract among monthly ones",
    copied("vx_contracts", FRONT, { expiry: "2014-03-26" }),
  ],
  [
    "VX_AFTER_EXPIRY",
    "critical",
    "a row after the end",
    copied("vx_contracts", FINAL, { tradeDate: "2014-06-19" }),
  ],
  ["VX_CURVE_HOLE", "critical", "no front month on a day", without("vx_contracts", FRONT)],
  [
    "VX_CURVE_HOLE",
    "critical",
    "a month that is not there",
    { vx_contracts: keepRows(world["vx_contracts"]!, (row) => expiryAt(row) !== "2014-08-20") },
  ],
  [
    "VX_CURVE_HOLE",
    "warning",
    "a far month missing once",
    without("vx_contracts", ["2014-03-05", "2014-09-17"]),
  ],
  [
    "VX_FINAL_SETTLE_FAR",
    "critical",
    "a final settlement 30 % off",
    at("vx_contracts", FINAL, (row) => ({ settle: row["settle"]! * 1.3 })),
  ],
  [
    "VX_FINAL_SETTLE_FAR",
    "warning",
    "a final settlement 12 % off",
    at("vx_contracts", FINAL, (row) => ({ settle: row["settle"]! * 0.88 })),
  ],
  ["VX_STALE_SETTLE", "critical", "a curve that stands still three days", stale("2014-03-07")],
  ["VX_STALE_SETTLE", "error", "a curve that stands still a day", stale("2014-03-05")],
  [
    "VX_REPEATED_SETTLE",
    "critical",
    "one contract that stands still",
    during("vx_contracts", ["2014-03-05", "2014-03-14"], (row) =>
      expiryAt(row) === "2014-05-21" ? { settle: 17.77 } : undefined,
    ),
  ],
  ["VX_NO_FINAL_SETTLE", "error", "no final settlement", without("vx_contracts", FINAL)],
  [
    "VX_MISSING_SETTLE",
    "error",
    "a blank settlement",
    at("vx_contracts", SECOND, () => ({ settle: NaN })),
  ],
  [
    "CHAIN_NEGATIVE_QUOTE",
    "critical",
    "a bid below zero",
    at("options_vxx_201612", QUOTE, () => ({ bid: -0.1 })),
  ],
  [
    "CHAIN_EXPIRED",
    "critical",
    "a quote after expiration",
    {
      options_vxx_201612: edit(world["options_vxx_201612"]!, () => ({
        expiration: toNumber("2014-05-30"),
      })),
    },
  ],
  [
    "CHAIN_CROSSED",
    "error",
    "a bid above the ask",
    at("options_vxx_201612", QUOTE, () => ({ bid: 2.5 })),
  ],
];

function rowAt(series: string, row: number): Row {
  const held: Record<string, number> = {};
  for (const [name, cells] of Object.entries(world[series]!.columns))
    held[name] = Number(cells[row]);
  return held;
}

function spyUntil(day: string): Record<string, Table> {
  return { spy: keepRows(world["spy"]!, (row) => SESSIONS[row]! <= toNumber(day)) };
}

function expiryAt(row: number): string {
  return toDay((world["vx_contracts"]!.columns["expiry"] as Int32Array)[row]!);
}

/** The VX curve of 2014-03-04 on every day after it up to a day. */
function stale(to: string): Record<string, Table> {
  const source = world["vx_contracts"]!;
  return during("vx_contracts", ["2014-03-05", to], (row) => ({
    settle: Number(source.columns["settle"]![rowOf(source, "2014-03-04", expiryAt(row))]),
  }));
}

describe("quality rules", () => {
  it("find nothing in a clean world", async () => {
    expect(await check()).toEqual([]);
  });

  it.each([...PLANTS])("%s (%s): %s, and nothing else", async (code, severity, _, planted) => {
    const findings = await check(planted);
    expect(findings.map((finding) => [finding.code, finding.severity])).toEqual([[code, severity]]);
    expect(Object.keys(planted)).toContain(findings[0]!.series);
  });

  it("each have a fault planted above", () => {
    const planted = new Set(PLANTS.map(([code]) => code));
    expect(QUALITY_RULES.map(({ code }) => code).filter((code) => !planted.has(code))).toEqual([]);
  });

  it("take an expiry that no calendar knows for what it is", async () => {
    const far = edit(world["vx_contracts"]!, (row) =>
      expiryAt(row) === "2015-06-17" ? { expiry: toNumber("2050-01-01") } : undefined,
    );
    const codes = (await check({ vx_contracts: far })).map(({ code }) => code);
    expect(codes).toEqual(["VX_OFF_EXPIRY_RULE"]);
  });

  it("name the offending rows", async () => {
    const [finding] = await check(
      at("vx_contracts", SECOND, (row) => ({ settle: row["settle"]! * 10 })),
    );
    expect(finding).toMatchObject({ series: "vx_contracts", rows: ["2014-03-05 2014-04-16"] });
    const [hole] = await check(without("vx_contracts", FRONT));
    expect(hole!.rows).toEqual(["2014-03-05 2014-03-18"]);
  });

  it("look only at what is asked for: the curve at its contracts, `nearest` at weekly ones too", async () => {
    const faulty = {
      ...at("spy", DAY, bar(-1)),
      vx_weekly_contracts: at("vx_contracts", SECOND, () => ({ settle: -1 }))["vx_contracts"]!,
    };
    expect(await check(faulty, ["vix.close", "vx.f1", "dgs10"])).toEqual([]);
    const codes = (await check(faulty, ["vx.nearest"])).map(({ series, code }) => [series, code]);
    expect(codes).toContainEqual(["vx_weekly_contracts", "NEGATIVE_PRICE"]);
  });

  it("look at nothing that became known after the date they are asked for", async () => {
    const faulty = at("spy", ["2014-10-01"], bar(-1));
    const before = toNumber("2014-09-30");
    expect(await check(faulty, ["spy"], before)).toEqual([]);
    expect(await check(faulty, ["spy"], before + 1)).toHaveLength(1);
  });

  it("count age in sessions: a long weekend does not make data stale", async () => {
    expect(await check(spyUntil("2014-07-02"), ["spy"], toNumber("2014-07-08"))).toEqual([]);
    const stale = await check(spyUntil("2014-07-02"), ["spy"], toNumber("2014-07-09"));
    expect(stale.map(({ code }) => code)).toEqual(["STALE"]);
  });

  it("say when a series is not there or lacks a column", async () => {
    const lacking = makeTable(["date"], { date: SESSIONS });
    const market = await openMarket(memorySnapshot(world, true));
    const other = { ...market, table: () => lacking };
    expect(checkQuality(other, ["spy"], LAST).map(({ code }) => code)).toEqual(["MISSING_COLUMNS"]);
    expect(checkQuality(market, ["qqq"], LAST).map(({ code }) => code)).toEqual(["NO_DATA"]);
    expect(() => checkQuality(market, ["spyy"], LAST)).toThrow(/no series "spyy"/);
  });
});
