import { VolterraError, type VolterraEvent, toDay, toNumber } from "#core";
import { type Source, type Table, seriesSpec } from "#market";
import { afterEach, describe, expect, it } from "vitest";
import cboe from "../../catalog/sources/cboe.ts";
import fred from "../../catalog/sources/fred.ts";
import yahoo from "../../catalog/sources/yahoo.ts";
import { checkTable } from "../../src/market/table.ts";
import { type Reply, WEB_PAGE, serve, silence, status, truncated } from "./local-server.ts";

type Routes = Readonly<Record<string, Reply | readonly Reply[]>>;
let close = async () => {};
afterEach(() => close());

async function deliver(source: Source, series: string, routes: Routes, from?: string) {
  const server = await serve(routes);
  close = server.close;
  const events: VolterraEvent[] = [];
  const context = {
    options: { baseUrl: server.url, backoff: "1", timeout: "500" },
    signal: new AbortController().signal,
    emit: (event: VolterraEvent) => void events.push(event),
    ...(from ? { from: toNumber(from) } : {}),
  };
  const outcome = await source.deliver(series, context).catch((error: unknown) => error);
  if (!(outcome instanceof Error)) checkTable(seriesSpec(series), outcome as Table);
  return { outcome, events, ...server };
}

async function table(...args: Parameters<typeof deliver>) {
  const { outcome, ...rest } = await deliver(...args);
  if (outcome instanceof Error) throw outcome;
  return { table: outcome as Table, ...rest };
}

async function message(...args: Parameters<typeof deliver>): Promise<string> {
  const { outcome } = await deliver(...args);
  expect(outcome).toBeInstanceOf(VolterraError);
  return (outcome as VolterraError).message;
}

const days = (cells: unknown) => Array.from(cells as Int32Array, toDay);
const numbers = (table: Table, column: string) => Array.from(table.columns[column] as Float64Array);
const warnings = (events: VolterraEvent[]) =>
  events.flatMap((event) => (event.kind === "warning" ? [`${event.code} ${event.message}`] : []));

const VIX = "/api/global/us_indices/daily_prices/VIX_History.csv";
const VIX_CSV = `DATE,OPEN,HIGH,LOW,CLOSE
02/02/2018,13.640000,17.860000,13.640000,17.310000
02/05/2018,18.440000,38.800000,16.800000,37.320000
02/06/2018,37.320000,50.300000,22.420000,29.980000
`;

const [HEAD, ...LINES] = VIX_CSV.trim().split("\n");

function expectVix(vix: Table) {
  expect(days(vix.columns["date"])).toEqual(["2018-02-02", "2018-02-05", "2018-02-06"]);
  expect(numbers(vix, "close")).toEqual([17.31, 37.32, 29.98]);
  expect(numbers(vix, "high")).toEqual([17.86, 38.8, 50.3]);
}

describe("indices of Cboe", () => {
  it("reads bars", async () => {
    expectVix((await table(cboe, "vix", { [VIX]: VIX_CSV })).table);
  });

  it("reads an index of one value a day, whose column has its name", async () => {
    const route = "/api/global/us_indices/daily_prices/VVIX_History.csv";
    const vvix = (await table(cboe, "vvix", { [route]: "DATE,VVIX\n03/16/2020,207.59\n" })).table;
    expect(days(vvix.columns["date"])).toEqual(["2020-03-16"]);
    expect(numbers(vvix, "close")).toEqual([207.59]);
  });

  it.each([
    ["a byte-order mark and CRLF", `\uFEFF${VIX_CSV.replaceAll("\n", "\r\n")}`],
    ["rows out of order", [HEAD, ...LINES.toReversed()].join("\n")],
    [
      "columns in another order and case",
      VIX_CSV.split("\n")
        .map((line) => line.split(",").toReversed().join(","))
        .join("\n")
        .replace("CLOSE", "Close"),
    ],
    ["a repeated row", VIX_CSV + LINES[1]],
  ])("reads the same from a file with %s", async (_, csv) => {
    expectVix((await table(cboe, "vix", { [VIX]: csv })).table);
  });

  it("reports repeated rows", async () => {
    const csv = VIX_CSV + LINES[1];
    const { events } = await table(cboe, "vix", { [VIX]: csv });
    expect(warnings(events)[0]).toMatch(/REPEATED .*VIX_History.csv: 1 repeated rows merged/);
  });

  const row = (line: string) => `${VIX_CSV}${line}\n`;
  it.each([
    [
      "a missing column",
      VIX_CSV.replace("CLOSE", "LAST"),
      /VIX_History\.csv, row 1: no column close/,
    ],
    ["a negative price", row("02/07/2018,-1,31,21,27"), /row 5, column open: a price of -1/],
    ["a price of zero", row("02/07/2018,28,31,0,27"), /row 5, column low: a price of 0/],
    ["a price of 1e9", row("02/07/2018,28,1e9,21,27"), /row 5, column high: a price of 1000000000/],
    [
      "high below low",
      row("02/07/2018,28,21,31,27"),
      /row 5, column high: 21 is below the low, 31/i,
    ],
    [
      "text for a number",
      row("02/07/2018,28,31,21,n/a"),
      /row 5, column close: not a number: "n\/a"/,
    ],
    [
      "a day that is none",
      row("02/30/2018,28,31,21,27"),
      /row 5, column DATE: not a day: "02\/30\/2018"/,
    ],
    [
      "a row cut short",
      row("02/07/2018,28,3"),
      /row 5, column DATE: 3 cells where the header has 5/,
    ],
    [
      "two closes for a day",
      row("02/06/2018,37.32,50.3,22.42,30"),
      /row 5, column close: 30 for 2018-02-06, but 29.98 at .*row 4/,
    ],
    ["a web page", WEB_PAGE, /VIX_History\.csv: the answer is a web page/],
  ])("names address, row and column for %s", async (_, csv, pattern) => {
    const text = await message(cboe, "vix", { [VIX]: csv });
    expect(text).toMatch(pattern);
    expect(text).toMatch(/http:\/\/127\.0\.0\.1:\d+\/api\/global\/us_indices/);
  });

  it.each([
    ["HTTP 429", status(429, { "retry-after": "0" })],
    ["HTTP 500", status(500)],
    ["a truncated body", truncated],
    ["silence", silence],
  ])("reads the file at the second attempt after %s", async (_, fault) => {
    const { table: vix, requests } = await table(cboe, "vix", { [VIX]: [fault, VIX_CSV] });
    expectVix(vix);
    expect(requests).toHaveLength(2);
  });

  it("suggests a name for a series it does not have", async () => {
    const { outcome } = await deliver(cboe, "vix3n", {});
    expect(outcome).toMatchObject({ code: "NOT_FOUND", hint: 'Did you mean "vix3m"?' });
  });
});

const ARCHIVE = "/resources/futures/archive/volume-and-price/CFE_";
const LIST = "/us/futures/market_statistics/historical_data/product/list/VX/";
const FILES = "data/us/futures/market_statistics/historical_data/VX/VX_";
const HEADER =
  "Trade Date,Futures,Open,High,Low,Close,Settle,Change,Total Volume,EFP,Open Interest\n";
const DISCLAIMER =
  "CFE data is compiled for the convenience of site visitors and is furnished without responsibility for accuracy.\n";
const contract = (expiry: string, kind: "M" | "W") => ({
  product_display: "VX",
  expire_date: expiry,
  futures_root: "VX",
  duration_type: kind,
  path: `${FILES}${expiry}.csv`,
});
const LISTED = JSON.stringify({
  "2013": [contract("2013-12-18", "M")],
  "2024": [contract("2024-02-14", "M"), contract("2024-01-17", "M"), contract("2024-01-24", "W")],
});
const JANUARY = `${HEADER}2023-04-24,F (Jan 2024),0.0000,0.0000,0.0000,0.0000,0.0000,0.0000,0,0,0
2024-01-12,F (Jan 2024),13.4500,13.6000,13.2000,13.3500,13.3500,-0.1000,40000,10,60000
2024-01-17,F (Jan 2024),0.0000,0.0000,0.0000,0.0000,14.6900,1.3400,0,0,41000
`;
const FEBRUARY = `${HEADER}2024-01-12,G (Feb 2024),14.9000,15.0500,14.7500,14.8500,14.8536,-0.1000,60000,0,90000
2024-01-16,G (Feb 2024),0.0000,15.4000,14.1000,0.0000,15.2000,0.3500,0,0,90010
`;

/** Every contract of the archive answers with its final settlement alone, unless a test says otherwise. */
function archive(files: Record<string, string>): Routes {
  const routes: Record<string, string> = {};
  for (let month = 4; month < 120; month++) {
    const year = 2004 + Math.floor(month / 12);
    const code = `${"FGHJKMNQUVXZ"[month % 12]}${String(year).slice(2)}`;
    const row = `${(month % 12) + 1}/16/${year},X,0,0,0,0,20,0,0,0,10\n`;
    routes[`${ARCHIVE}${code}_VX.csv`] = files[code] ?? HEADER + row;
  }
  return routes;
}

describe("VX contracts of Cboe", () => {
  const recent = {
    [LIST]: LISTED,
    [`/${FILES}2024-01-17.csv`]: JANUARY,
    [`/${FILES}2024-02-14.csv`]: FEBRUARY,
  };

  it("reads the contracts that had not expired before a resumed fetch, and no others", async () => {
    const { table: vx, requests, events } = await table(cboe, "vx_contracts", recent, "2024-01-10");
    expect(requests).toEqual([LIST, `/${FILES}2024-01-17.csv`, `/${FILES}2024-02-14.csv`]);
    expect(days(vx.columns["tradeDate"])).toEqual([
      "2024-01-12",
      "2024-01-12",
      "2024-01-16",
      "2024-01-17",
    ]);
    expect(days(vx.columns["expiry"])).toEqual([
      "2024-01-17",
      "2024-02-14",
      "2024-02-14",
      "2024-01-17",
    ]);
    expect(numbers(vx, "settle")).toEqual([13.35, 14.8536, 15.2, 14.69]);
    // Without a trade, zeros and resting quotes are no prices.
    expect(numbers(vx, "high")).toEqual([13.6, 15.05, NaN, NaN]);
    expect(numbers(vx, "openInterest")).toEqual([60000, 90000, 90010, 41000]);
    expect(warnings(events)).toEqual([
      "UNSETTLED cboe: 1 rows of VX contracts have no settlement price and are left out",
    ]);
    expect(events.filter((event) => event.kind === "progress")).toHaveLength(2);
    await close();
    const later = await deliver(cboe, "vx_contracts", recent, "2024-01-18");
    expect(later.requests).toEqual([LIST, `/${FILES}2024-02-14.csv`]);
  });

  it("reads weekly contracts from the same list", async () => {
    const routes = { [LIST]: LISTED, [`/${FILES}2024-01-24.csv`]: FEBRUARY };
    const { table: vx } = await table(cboe, "vx_weekly_contracts", routes);
    expect(days(vx.columns["expiry"])).toEqual(["2024-01-24", "2024-01-24"]);
  });

  it("reads the archive: prices of ten times the index, repeated rows, disclaimers, junk, trailing commas", async () => {
    const F05 = `${HEADER}10/21/2004,F (Jan 05),168.1,168.9,168,168.5,167,167,13,0,13
10/22/2004,F (Jan 05),166.7,170,166.3,170,169.4,2.4,74,0,87
10/22/2004,F (Jan 05),166.7,170,166.3,170,169.4,2.4,74,0,87
12/13/2004,F (Jan 05),,,,,138.7,-2.9,105,0,1510
1/19/2005,F (Jan 05),0,0,0,0,127.72,4.52,0,0,1534
`;
    const K07 = `${HEADER}3/23/2007,K (May 07),136.9,139,136.5,138,138.7,1.5,561,0,19879,
03/26/2007,K (May 07),13.80,14.30,13.70,13.80,13.79,-0.80,490,0,20141
05/16/2007,K (May 07),0,0,0,0,13.63,-0.33,0,0,11742
`;
    const N13 = `${DISCLAIMER}${HEADER}10/10/2012,N (Jul 13),0.00,0.00,0.00,0.00,0.00,0.00,0,0,0
10/22/2012,N (Jul 13),25.00,25.00,24.45,24.45,24.40,24.40,30,0,30
07/17/2013,N (Jul 13),0.00,0.00,0.00,0.00,14.43,0.18,0,0,30158
`;
    const routes = { ...archive({ F05, K07, N13 }), ...recent };
    const { table: vx, requests, events } = await table(cboe, "vx_contracts", routes);
    expect(requests).toHaveLength(116 - 4 + 1 + 2);
    const rows = (expiry: string, column: string) =>
      numbers(vx, column).filter(
        (_, i) => toDay((vx.columns["expiry"] as Int32Array)[i]!) === expiry,
      );
    expect(rows("2005-01-19", "settle")).toEqual([16.7, 16.94, 13.87, 12.772]);
    expect(rows("2005-01-19", "open")).toEqual([16.81, 16.67, NaN, NaN]);
    expect(rows("2005-01-19", "volume")).toEqual([13, 74, 105, 0]);
    expect(rows("2007-05-16", "settle")).toEqual([13.87, 13.79, 13.63]);
    expect(rows("2013-07-17", "settle")).toEqual([24.4, 14.43]);
    expect(warnings(events).map((text) => text.split(" ")[0])).toEqual(["UNSETTLED", "REPEATED"]);
  });

  const january = (rows: string): Routes => ({
    ...recent,
    [`/${FILES}2024-01-17.csv`]: HEADER + rows,
  });
  it.each([
    [
      "a price of 1e9",
      "2024-01-12,F,13,1e9,13,13,13,0,1,0,1",
      /VX_2024-01-17\.csv, row 2, column high: a price of 1000000000/,
    ],
    [
      "high below low",
      "2024-01-12,F,13,12,13,13,13,0,1,0,1",
      /row 2, column high: 12 is below the low, 13/,
    ],
    [
      "a negative settlement",
      "2024-01-12,F,13,13,13,13,-5,0,1,0,1",
      /row 2, column settle: a price of -5/,
    ],
    [
      "a negative volume",
      "2024-01-12,F,13,13,13,13,13,0,-1,0,1",
      /row 2, column Total Volume: a count of -1/,
    ],
    [
      "a day after the expiry",
      "2024-01-18,F,13,13,13,13,13,0,1,0,1",
      /row 2, column Trade Date: after the expiry, 2024-01-17/,
    ],
  ])("names address, row and column for %s", async (_, row, pattern) => {
    expect(await message(cboe, "vx_contracts", january(row), "2024-01-10")).toMatch(pattern);
  });

  it("names the file that is listed and absent, and a list that is no list", async () => {
    const absent = { [LIST]: LISTED, [`/${FILES}2024-01-17.csv`]: JANUARY };
    expect(await message(cboe, "vx_contracts", absent, "2024-01-10")).toMatch(
      /VX_2024-02-14\.csv: HTTP 404/,
    );
    await close();
    for (const [list, pattern] of [
      ["{", /not JSON/],
      ["{}", /no contract with duration_type "M"/],
      ['{"2024":[{}]}', /year 2024, contract 1: no expire_date/],
    ] as const) {
      expect(await message(cboe, "vx_contracts", { [LIST]: list }, "2024-01-10")).toMatch(pattern);
      await close();
    }
  });

  it("refuses an archive file that ends in another month", async () => {
    const K04 = `${HEADER}4/1/2004,K (May 04),0,0,0,0,180,0,0,0,10\n`;
    expect(await message(cboe, "vx_contracts", { ...archive({ K04 }), ...recent })).toMatch(
      /CFE_K04_VX\.csv, row 2, column Trade Date: the final settlement of 2004-5 is 2004-04-01/,
    );
  });
});

describe("FRED", () => {
  const route = "/graph/fredgraph.csv";
  const csv =
    "observation_date,DGS10\n2024-01-01,.\n2024-01-02,3.95\n2024-01-03,\n2024-01-04,3.99\n";

  it("reads percent as decimals and leaves out days without a value", async () => {
    const { table: dgs10, requests } = await table(fred, "dgs10", { [route]: csv });
    expect(days(dgs10.columns["date"])).toEqual(["2024-01-02", "2024-01-04"]);
    expect(numbers(dgs10, "rate")).toEqual([3.95 / 100, 3.99 / 100]);
    expect(requests).toEqual([`${route}?id=DGS10`]);
  });

  it("asks for missing rows alone and reads the older header", async () => {
    const older = csv.replace("observation_date", "DATE");
    const { table: dgs10, requests } = await table(fred, "dgs10", { [route]: older }, "2024-01-01");
    expect(dgs10.rows).toBe(2);
    expect(requests).toEqual([`${route}?id=DGS10&cosd=2024-01-01`]);
  });

  it("keeps the dollar index a level", async () => {
    const dollar = "\uFEFFobservation_date,DTWEXBGS\r\n2024-01-02,119.4501\r\n";
    const { table: level } = await table(fred, "dtwexbgs", { [route]: dollar });
    expect(numbers(level, "level")).toEqual([119.4501]);
  });

  it.each([
    [
      "another series",
      "observation_date,DGS2\n2024-01-02,4.3\n",
      /id=DGS10, row 1: no column DGS10/,
    ],
    [
      "a rate of 1e9",
      "observation_date,DGS10\n2024-01-02,1e9\n",
      /row 2, column DGS10: 1000000000 is not a rate/,
    ],
    [
      "text",
      "observation_date,DGS10\n2024-01-02,high\n",
      /row 2, column DGS10: not a number: "high"/,
    ],
    [
      "two values of a day",
      "observation_date,DGS10\n2024-01-02,4\n2024-01-02,5\n",
      /row 3, column rate: 0.05 for 2024-01-02, but 0.04/,
    ],
    ["a web page", WEB_PAGE, /is a web page/],
  ])("names address, row and column for %s", async (_, text, pattern) => {
    expect(await message(fred, "dgs10", { [route]: text })).toMatch(pattern);
  });

  it.each([
    ["HTTP 429", status(429, { "retry-after": "0" })],
    ["HTTP 500", status(500)],
    ["a truncated body", truncated],
    ["silence", silence],
  ])("reads the file at the second attempt after %s", async (_, fault) => {
    expect((await table(fred, "dgs10", { [route]: [fault, csv] })).table.rows).toBe(2);
  });
});

/** 09:30 New York of a day, in seconds since 1970. */
const open = (day: string, summer = false) =>
  toNumber(day) * 86_400 + (summer ? 13.5 : 14.5) * 3600;

function chart(changes: Record<string, unknown> = {}, meta: Record<string, unknown> = {}) {
  const timestamp = [open("2024-03-07"), open("2024-03-08"), open("2024-03-11", true)];
  return {
    meta: {
      currency: "USD",
      symbol: "SPY",
      exchangeTimezoneName: "America/New_York",
      gmtoffset: -14400,
      ...meta,
    },
    timestamp,
    indicators: {
      quote: [
        {
          open: [513.14, 515.46, 510.48],
          high: [515.89, 518.22, 511.88],
          low: [509.81, 511.13, 508.5],
          close: [514.81, 511.72, 511.28],
          volume: [58652100, 86532500, 62557200],
        },
      ],
      adjclose: [{ adjclose: [507.2, 504.1, 503.7] }],
    },
    ...changes,
  };
}
const answer = (result: unknown) => JSON.stringify({ chart: { result: [result], error: null } });

describe("Yahoo", () => {
  const route = "/v8/finance/chart/SPY";

  it("reads bars, with instants as exchange dates through a change of clocks", async () => {
    const { table: spy } = await table(yahoo, "spy", { [route]: answer(chart()) });
    expect(days(spy.columns["date"])).toEqual(["2024-03-07", "2024-03-08", "2024-03-11"]);
    expect(numbers(spy, "adjClose")).toEqual([507.2, 504.1, 503.7]);
    expect(numbers(spy, "volume")).toEqual([58652100, 86532500, 62557200]);
  });

  it("reads midnight in summer as the day that begins", async () => {
    const timestamp = [4, 28, 52].map((hours) => toNumber("2023-07-06") * 86_400 + hours * 3600);
    const { table: spy } = await table(yahoo, "spy", { [route]: answer(chart({ timestamp })) });
    expect(days(spy.columns["date"])).toEqual(["2023-07-06", "2023-07-07", "2023-07-08"]);
  });

  it("adjusts for dividends itself where Yahoo sends no adjusted closes", async () => {
    const { quote } = chart().indicators;
    const events = { dividends: { "1": { amount: 5.1172, date: open("2024-03-11", true) } } };
    const reply = answer(chart({ indicators: { quote }, events }));
    const { table: spy } = await table(yahoo, "spy", { [route]: reply });
    const factor = 1 - 5.1172 / 511.72;
    expect(numbers(spy, "adjClose")).toEqual([514.81 * factor, 511.72 * factor, 511.28]);
  });

  it("asks for missing rows alone, and for all of them after a dividend or split", async () => {
    const quiet = await table(yahoo, "spy", { [route]: answer(chart()) }, "2024-03-07");
    expect(quiet.requests).toHaveLength(1);
    expect(quiet.requests[0]).toContain(`period1=${toNumber("2024-03-07") * 86_400}&`);
    await close();
    const events = { splits: { "1": { date: open("2024-03-08") } } };
    const split = await table(yahoo, "spy", { [route]: answer(chart({ events })) }, "2024-03-07");
    expect(split.requests).toHaveLength(2);
    expect(split.requests[1]).toContain("period1=0&");
  });

  it("leaves out days without a bar and the session under way, and says so", async () => {
    const hole = chart().indicators;
    const quote = Object.fromEntries(
      Object.entries(hole.quote[0]!).map(([name, values]) => [name, values.with(1, null as never)]),
    );
    const adjclose = [{ adjclose: [507.2, null, 503.7] }];
    const start = open("2024-03-11", true);
    const meta = {
      regularMarketTime: start + 3600,
      currentTradingPeriod: { regular: { start, end: start + 23_400 } },
    };
    const reply = answer(chart({ indicators: { quote: [quote], adjclose } }, meta));
    const { table: spy, events } = await table(yahoo, "spy", { [route]: reply });
    expect(days(spy.columns["date"])).toEqual(["2024-03-07"]);
    expect(warnings(events)[0]).toMatch(/NO_BAR .* on 2024-03-08, 2024-03-11/);
  });

  it("reads the S&P 500 without adjusted closes", async () => {
    const reply = answer(chart({}, { symbol: "^GSPC" }));
    const { table: spx } = await table(yahoo, "spx", { "/v8/finance/chart/%5EGSPC": reply });
    expect(Object.keys(spx.columns)).toEqual(["date", "open", "high", "low", "close", "volume"]);
  });

  const quoted = (change: Record<string, unknown>) =>
    answer(
      chart({
        indicators: {
          ...chart().indicators,
          quote: [{ ...chart().indicators.quote[0], ...change }],
        },
      }),
    );
  const twice = [open("2024-03-07"), open("2024-03-08"), open("2024-03-08") + 60];
  it.each([
    [
      "a negative price",
      quoted({ low: [509, -1, 508] }),
      /SPY\?.*row 2 \(2024-03-08\), column low: a price of -1/,
    ],
    [
      "a price of 1e9",
      quoted({ high: [515, 518, 1e9] }),
      /row 3 \(2024-03-11\), column high: a price of 1000000000/,
    ],
    [
      "high below low",
      quoted({ high: [500, 518, 511] }),
      /row 1 \(2024-03-07\), column high: 500 is below the low/,
    ],
    ["a negative volume", quoted({ volume: [1, 1, -1] }), /row 3 .*column volume: a volume of -1/],
    ["a missing column", quoted({ close: undefined }), /column close: missing for 3 timestamps/],
    ["a short column", quoted({ open: [513, 515] }), /column open: 2 values for 3 timestamps/],
    [
      "text in a column",
      quoted({ open: [513, "x", 510] }),
      /chart\.result\.0\.indicators\.quote\.0\.open\.1: /,
    ],
    ["another symbol", answer(chart({}, { symbol: "QQQ" })), /meta\.symbol: QQQ, not SPY/],
    [
      "two bars of a day",
      answer(chart({ timestamp: twice })),
      /row 3, column open: 510.48 for 2024-03-08, but 515.46/,
    ],
    [
      "an error in the reply",
      '{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found"}}}',
      /Not Found, No data found/,
    ],
    ["a body that ends early", answer(chart()).slice(0, 300), /not JSON/],
    ["a web page", WEB_PAGE, /is a web page, not JSON/],
  ])("names address, row and column for %s", async (_, text, pattern) => {
    expect(await message(yahoo, "spy", { [route]: text })).toMatch(pattern);
  });

  it.each([
    ["HTTP 429", status(429, { "retry-after": "0" })],
    ["HTTP 500", status(500)],
    ["a truncated body", truncated],
    ["silence", silence],
  ])("reads the file at the second attempt after %s", async (_, fault) => {
    const routes = { [route]: [fault, answer(chart())] };
    expect((await table(yahoo, "spy", routes)).table.rows).toBe(3);
  });
});
