import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { toNumber } from "#core";
import { readCsv, seriesSpec, type SourceContext, type Table } from "#market";
import { describe, expect, it } from "vitest";
import folder from "../../catalog/sources/folder.ts";
import { context, scratchFolder } from "./small-world.ts";

function read(series: string, text: string | Uint8Array, ending = "csv"): Promise<Table> {
  const path = join(scratchFolder(), `${series}.${ending}`);
  writeFileSync(path, text);
  return readCsv(path, seriesSpec(series));
}

const VIX =
  "date,open,high,low,close\n2024-06-27,12.5,12.6,12.1,12.24\n2024-06-28,12.24,12.76,11.87,12.44\n";

describe("a tidy CSV", () => {
  it("becomes the columns of the registry", async () => {
    const spy =
      "date,open,high,low,close,adj_close,volume\n2024-06-28,547.16,550.28,542.95,544.22,536.0389,76144500\n";
    expect((await read("spy", spy)).columns).toEqual({
      date: Int32Array.of(toNumber("2024-06-28")),
      open: Float64Array.of(547.16),
      high: Float64Array.of(550.28),
      low: Float64Array.of(542.95),
      close: Float64Array.of(544.22),
      adjClose: Float64Array.of(536.0389),
      volume: Float64Array.of(76144500),
    });
  });

  it("has rates in decimals and the dollar as a level", async () => {
    const rates = await read("dgs10", "date,dgs10\n2024-06-27,4.29\n2024-06-28,4.36\n");
    expect(rates.columns["rate"]).toEqual(Float64Array.of(4.29 / 100, 4.36 / 100));
    const dollar = await read("dtwexbgs", "date,dtwexbgs\n2024-06-28,124.5172\n");
    expect(dollar.columns["level"]).toEqual(Float64Array.of(124.5172));
  });

  it("reads the same with a byte-order mark, CRLF, other order of columns and rows, compressed, without a last newline", async () => {
    const plain = await read("vix", VIX);
    const lines = VIX.trim().split("\n");
    const turned = lines.map((line) => line.split(",").toReversed().join(",")).join("\n");
    const variants: [string | Uint8Array, string?][] = [
      [`\uFEFF${VIX}`],
      [VIX.replaceAll("\n", "\r\n")],
      [`\uFEFF${VIX.replaceAll("\n", "\r\n")}`],
      [turned],
      [[lines[0], lines[2], lines[1]].join("\n")],
      [gzipSync(VIX), "csv.gz"],
    ];
    for (const [text, ending] of variants) expect(await read("vix", text, ending)).toEqual(plain);
  });

  it("has NaN for a blank number", async () => {
    const text =
      "trade_date,expiry,open,high,low,close,settle,volume,open_interest\n2024-06-28,2024-08-07,,,,,14.4,0,0\n";
    const { columns } = await read("vx_weekly_contracts", text);
    expect(columns["open"]).toEqual(Float64Array.of(NaN));
    expect(columns["settle"]).toEqual(Float64Array.of(14.4));
  });

  it("keeps text, also where a row is all that there is", async () => {
    const { columns } = await read(
      "earnings_calendar",
      "date,ticker,timing\n2024-06-12,AVGO,AMC\n",
    );
    expect(columns["ticker"]).toEqual(["AVGO"]);
  });

  it("may be empty under its header", async () => {
    expect((await read("vix", "date,open,high,low,close\n")).rows).toBe(0);
  });

  it.each([
    ["a misspelt column", VIX.replace("close", "clos"), /vix\.csv, line 1: unknown column "clos"/],
    ["a missing column", "date,open,high,low\n", /line 1: no column "close"/],
    ["a column twice", VIX.replace("open", "close"), /line 1: column "close" is there twice/],
    ["no header", VIX.slice(VIX.indexOf("\n") + 1), /line 1: unknown column "2024-06-27"/],
    ["a page instead of data", "<!doctype html>\n<html></html>\n", /line 1: unknown column/],
    ["nothing", "", /line 1: no header/],
    [
      "a word for a number",
      VIX.replace("12.76", "high"),
      /line 3: column "high": "high" is not a number/,
    ],
    ["NaN", VIX.replace("12.76", "NaN"), /line 3: column "high": "NaN" is not a number/],
    [
      "an infinite number",
      VIX.replace("12.76", "inf"),
      /line 3: column "high": "inf" is not a number/,
    ],
    [
      "an impossible day",
      VIX.replace("06-28", "06-31"),
      /line 3: column "date": "2024-06-31" is not a day/,
    ],
    [
      "an American day",
      VIX.replace("2024-06-28", "6/28/2024"),
      /line 3: column "date": "6\/28\/2024" is not a day/,
    ],
    ["a blank day", VIX.replace("2024-06-28", ""), /line 3: column "date": "" is not a day/],
    ["a line cut short", VIX.slice(0, -7), /line 3: 4 cells, not 5/],
    ["a cell too many", VIX.replace("12.44", "12.44,1"), /line 3: 6 cells, not 5/],
    ["a day twice", VIX.replace("06-28", "06-27"), /line 3: the same key as line 2: 2024-06-27/],
  ])("is refused with %s, naming the place", async (_, text, message) => {
    await expect(read("vix", text)).rejects.toMatchObject({
      code: "DATA",
      message: expect.stringMatching(message),
    });
  });

  it("has no blank in a key of text", async () => {
    const text = "date,ticker,timing\n2024-06-12,,AMC\n";
    await expect(read("earnings_calendar", text)).rejects.toThrow(
      /line 2: column "ticker": "" is blank/,
    );
  });

  it("says which line shares a key that has several parts", async () => {
    const text =
      "date,ticker,timing\n2024-06-12,AVGO,AMC\n2024-06-12,MSFT,AMC\n2024-06-12,AVGO,BMO\n";
    await expect(read("earnings_calendar", text)).rejects.toThrow(
      /line 4: the same key as line 2: 2024-06-12 AVGO/,
    );
  });
});

function folderOf(files: Readonly<Record<string, string>>): SourceContext {
  const path = scratchFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return context({ path });
}

/** Lists a folder; what the source throws at once becomes a rejection. */
async function list(given: SourceContext): Promise<readonly string[]> {
  return folder.list(given);
}

describe("the source `folder`", () => {
  it("lists the series of its files and passes over what is no CSV", async () => {
    const there = folderOf({ "vix.csv": VIX, "README.md": "notes", "dff.csv": "date,dff\n" });
    expect((await folder.list(there)).toSorted()).toEqual(["dff", "vix"]);
    expect((await folder.deliver("vix", there)).rows).toBe(2);
  });

  it.each([
    ["no such series", { "vixx.csv": VIX }, "NOT_FOUND", /no series "vixx"/],
    [
      "one series twice",
      { "vix.csv": VIX, "vix.csv.gz": "" },
      "DATA",
      /two files of the series "vix"/,
    ],
    ["nothing", {}, "NOT_FOUND", /no CSV file in/],
  ])("refuses a folder with %s", async (_, files, code, message) => {
    await expect(list(folderOf(files))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("refuses a place that is no folder, and no place", async () => {
    await expect(list(context({ path: join(scratchFolder(), "absent") }))).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(list(context())).rejects.toMatchObject({ code: "USAGE" });
  });
});
