import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toNumber } from "#core";
import {
  importSource,
  listSnapshots,
  openLake,
  openSnapshot,
  type Lake,
  type Table,
} from "#market";
import { describe, expect, it } from "vitest";
import {
  context,
  edit,
  keepRows,
  rowOf,
  scratchFolder,
  smallWorld,
  tableSource,
} from "./small-world.ts";

const world = smallWorld();

function take(lake: Lake, tables: Readonly<Record<string, Table>>, simulated = false) {
  return importSource(lake, tableSource(tables, simulated), context());
}

function within(table: Table, test: (day: number) => boolean): Table {
  return keepRows(table, (row) => test(Number(table.columns[table.key[0]!]![row])));
}

const early = (table: Table) => within(table, (day) => day < toNumber("2014-06-01"));

describe("an import", () => {
  it("gives back exactly what was delivered, numbers, days and text", async () => {
    const lake = openLake(scratchFolder());
    const report = await take(lake, world);
    const snapshot = await openSnapshot(lake);
    expect(snapshot.id).toBe(report.snapshot);
    expect(snapshot.series).toEqual(Object.keys(world).toSorted());
    for (const name of snapshot.series) expect(await snapshot.table(name)).toEqual(world[name]);
    expect(report).toMatchObject({ parent: null, unchanged: 0, retained: 0, revisions: [] });
    expect(report.added).toBe(Object.values(world).reduce((n, { rows }) => n + rows, 0));
  });

  it("has an id by its values alone: not by order, time, place or number of imports", async () => {
    const [a, b] = [openLake(scratchFolder()), openLake(scratchFolder())];
    const whole = await take(a, world);
    await take(b, { spy: early(world["spy"]!) });
    const parts = await take(b, Object.fromEntries(Object.entries(world).toReversed()));
    expect(parts.snapshot).toBe(whole.snapshot);
  });

  it("does nothing the second time", async () => {
    const lake = openLake(scratchFolder());
    const first = await take(lake, world);
    const again = await take(lake, world);
    expect(again).toMatchObject({
      snapshot: first.snapshot,
      parent: first.snapshot,
      added: 0,
      revisions: [],
    });
    expect(listSnapshots(lake)).toHaveLength(1);
  });

  it("appends new rows, and keeps rows and series that are no longer delivered", async () => {
    const lake = openLake(scratchFolder());
    const { spy, vix } = world as { spy: Table; vix: Table };
    await take(lake, { spy: early(spy), vix });
    const late = within(spy, (day) => day >= toNumber("2014-05-01"));
    const report = await take(lake, { spy: late });
    expect(report.retained).toBe(spy.rows - late.rows);
    expect(report.added).toBe(spy.rows - early(spy).rows);
    expect(report.unchanged).toBe(late.rows - report.added);
    const snapshot = await openSnapshot(lake);
    expect(await snapshot.table("spy")).toEqual(spy);
    expect(await snapshot.table("vix")).toEqual(vix);
  });

  it("reports a changed history value by value, on disk too, and keeps both states", async () => {
    const lake = openLake(scratchFolder());
    const before = await take(lake, world);
    const spy = world["spy"]!;
    const at = rowOf(spy, "2013-05-06");
    const old = spy.columns["adjClose"]![at] as number;
    const changed = edit(spy, (row) => (row === at ? { adjClose: 1.5, volume: NaN } : undefined));
    const report = await take(lake, { spy: changed });
    expect(report.revisions).toEqual([
      { series: "spy", key: "2013-05-06", column: "adjClose", before: old, after: 1.5 },
      {
        series: "spy",
        key: "2013-05-06",
        column: "volume",
        before: spy.columns["volume"]![at],
        after: NaN,
      },
    ]);
    expect(await (await openSnapshot(lake, before.snapshot)).table("spy")).toEqual(spy);
    expect(await (await openSnapshot(lake)).table("spy")).toEqual(changed);
    const record = listSnapshots(lake).at(-1)!;
    expect(record).toMatchObject({ parent: before.snapshot, revised: 2, source: "tables" });
    const stored = readFileSync(join(lake.dir, record.revisions!), "utf8");
    expect(stored.split("\n")[1]).toBe(`spy,2013-05-06,adjClose,${old},1.5`);
  });

  it("can return to an earlier state, which is then current again", async () => {
    const lake = openLake(scratchFolder());
    const { spy } = world as { spy: Table };
    const first = await take(lake, { spy });
    await take(lake, { spy: edit(spy, (row) => (row === 3 ? { close: 1 } : undefined)) });
    const back = await take(lake, { spy });
    expect(back.snapshot).toBe(first.snapshot);
    expect((await openSnapshot(lake)).id).toBe(first.snapshot);
    expect(listSnapshots(lake)).toHaveLength(3);
  });

  it("keeps simulated data apart from real data", async () => {
    const lake = openLake(scratchFolder());
    await take(lake, world, true);
    expect((await openSnapshot(lake)).simulated).toBe(true);
    await expect(take(lake, world)).rejects.toMatchObject({ code: "USAGE" });
  });

  it("refuses tables that are not what the registry says, and stores nothing of the import", async () => {
    const lake = openLake(scratchFolder());
    const { spy } = world as { spy: Table };
    const { volume: _, ...fewer } = spy.columns;
    const bad: [Table, RegExp][] = [
      [{ ...spy, columns: fewer }, /spy: no column "volume"/],
      [
        { ...spy, columns: { ...spy.columns, vwap: spy.columns["close"]! } },
        /unknown column "vwap"/,
      ],
      [{ ...spy, columns: { ...spy.columns, close: ["1"] } }, /"close" holds texts, not numbers/],
      [{ ...spy, columns: { ...spy.columns, close: Float64Array.of(1) } }, /"close" has 1 rows of/],
      [
        edit(spy, (row) => (row === 1 ? { date: toNumber("2013-01-02") } : undefined)),
        /two rows 2013-01-02/,
      ],
      [
        edit(spy, (row) => (row === 1 ? { date: 0 } : undefined)),
        /row 1970-01-01 comes after 2013-01-02/,
      ],
      [
        edit(spy, (row) => (row === 1 ? { close: Infinity } : undefined)),
        /row 2013-01-03, column "close"/,
      ],
    ];
    for (const [table, message] of bad) {
      await expect(take(lake, { vix: world["vix"]!, spy: table })).rejects.toMatchObject({
        code: "DATA",
        message: expect.stringMatching(message),
      });
    }
    await expect(openSnapshot(lake)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    stop.abort();
    const given = { ...context(), signal: stop.signal };
    await expect(
      importSource(openLake(scratchFolder()), tableSource(world), given),
    ).rejects.toThrow(/abort/i);
  });
});

describe("two imports at once", () => {
  it("follow each other: neither loses the other's rows", async () => {
    const lake = openLake(scratchFolder());
    const names = Object.keys(world);
    const reports = await Promise.all(names.map((name) => take(lake, { [name]: world[name]! })));
    const snapshot = await openSnapshot(lake);
    expect(snapshot.series).toEqual(names.toSorted());
    for (const name of names) expect(await snapshot.table(name)).toEqual(world[name]);
    expect(new Set(listSnapshots(lake).map(({ snapshot }) => snapshot)).size).toBe(names.length);
    expect(reports.filter(({ parent }) => parent === null)).toHaveLength(1);
  });
});

describe("a snapshot", () => {
  it("is found by the beginning of its id, and says what there is otherwise", async () => {
    const lake = openLake(scratchFolder());
    const { snapshot } = await take(lake, world);
    expect((await openSnapshot(lake, snapshot.slice(0, 8))).id).toBe(snapshot);
    await expect(openSnapshot(lake, "zz")).rejects.toMatchObject({
      code: "NOT_FOUND",
      hint: `Known: ${snapshot.slice(0, 12)}.`,
    });
    await expect((await openSnapshot(lake)).table("qqq")).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });

  it("does not hand out a file that was altered, exchanged, cut short or lost", async () => {
    const lake = openLake(scratchFolder());
    await take(lake, { spy: world["spy"]!, tlt: world["tlt"]! });
    const snapshot = await openSnapshot(lake);
    const path = (name: string) =>
      join(lake.dir, "objects", `${snapshot.states[name]!.hash}.parquet`);
    const whole = readFileSync(path("spy"));
    const refused = () =>
      expect(snapshot.table("spy")).rejects.toMatchObject({
        code: "DATA",
        message: expect.stringMatching(/^spy: .*missing or altered/),
      });
    writeFileSync(path("spy"), readFileSync(path("tlt")));
    await refused();
    writeFileSync(path("spy"), whole.subarray(0, whole.length / 2));
    await refused();
    rmSync(path("spy"));
    await refused();
    writeFileSync(path("spy"), whole);
    expect(await snapshot.table("spy")).toEqual(world["spy"]);
  });

  it("says which manifest is damaged", async () => {
    const lake = openLake(scratchFolder());
    const { snapshot } = await take(lake, { spy: world["spy"]! });
    writeFileSync(join(lake.dir, "snapshots", `${snapshot}.json`), "{");
    await expect(openSnapshot(lake)).rejects.toMatchObject({ code: "DATA" });
  });
});

describe("the disk", () => {
  it("is named when it refuses: a file where the folder should be", async () => {
    const file = join(scratchFolder(), "lake");
    writeFileSync(file, "");
    await expect(take(openLake(file), world)).rejects.toMatchObject({
      code: "DISK",
      message: expect.stringContaining(file),
    });
  });

  it("holds no temporary file after an import", async () => {
    const lake = openLake(scratchFolder());
    await take(lake, world);
    expect(readdirSync(join(lake.dir, "tmp"))).toEqual([]);
  });
});
