import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import {
  publish,
  sha256,
  sweepTemporary,
  temporary,
  timestamp,
  toDay,
  VolterraError,
  writeFirst,
  writeWhole,
  writing,
} from "#core";
import {
  importPath,
  listSnapshots,
  manifestPath,
  objectPath,
  readManifest,
  readObject,
  type Lake,
  type Manifest,
  type SeriesState,
} from "./lake.ts";
import { mergeTables, type Revision } from "./merge.ts";
import { writeParquet } from "./parquet.ts";
import { seriesSpec } from "./series.ts";
import { snapshotId } from "./snapshot.ts";
import type { Source, SourceContext, Table } from "./source.ts";
import { checkTable, dates, tableHash } from "./table.ts";

/** What an import did. */
export interface ImportReport {
  /** Id of the snapshot that is current now. */
  readonly snapshot: string;
  /** Id of the snapshot before, `null` for the first. Equal to `snapshot` where nothing changed. */
  readonly parent: string | null;
  readonly rows: number;
  readonly added: number;
  readonly unchanged: number;
  /** Rows held before that the source no longer delivers; they stay. */
  readonly retained: number;
  readonly revisions: readonly Revision[];
  readonly series: readonly string[];
}

/** Series worked on at once: enough to keep both the database and this thread busy. */
const AT_ONCE = 4;

/** Another import may commit first this many times before this one gives up. */
const ATTEMPTS = 20;

interface Delivered {
  readonly name: string;
  readonly table: Table;
  readonly hash: string;
}

/** The state of one series after the import, and what changed. */
interface Outcome {
  readonly name: string;
  readonly state: SeriesState;
  readonly added: number;
  readonly unchanged: number;
  readonly retained: number;
  readonly revisions: readonly Revision[];
}

/**
 * Takes everything a source delivers into the lake as a new snapshot: rows not held are added, changed values
 * become revisions (both states stay readable), and rows held but not delivered stay. Nothing is visible before
 * everything is on the disk, so an import that is killed leaves the lake as it was; two at once follow each other.
 *
 * Throws `VolterraError` from the source, `DATA` where a table is not what the registry says, `DISK` where the disk
 * refuses, `USAGE` for simulated data in a lake of real data and the reverse.
 */
export async function importSource(
  lake: Lake,
  source: Source,
  context: SourceContext,
): Promise<ImportReport> {
  const delivered = await deliverAll(source, context);
  return writing(lake.dir, async () => {
    sweepTemporary(lake.dir);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const report = await commit(lake, source, delivered);
      if (report) return report;
    }
    throw new VolterraError(
      "DISK",
      `other imports into ${lake.dir} kept coming first`,
      "Run one import at a time.",
    );
  });
}

async function deliverAll(source: Source, context: SourceContext): Promise<readonly Delivered[]> {
  const names = [...(await source.list(context))].toSorted();
  let done = 0;
  return inParallel(names, async (name) => {
    context.signal.throwIfAborted();
    const spec = seriesSpec(name);
    const table = await source.deliver(name, context);
    checkTable(spec, table);
    context.emit({ kind: "progress", name: source.name, done: ++done, total: names.length });
    return { name, table, hash: tableHash(table) };
  });
}

/** Maps with at most `AT_ONCE` calls under way; results in the order of the items. */
async function inParallel<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<B[]> {
  const out: B[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) out[index] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return out;
}

/** One attempt on top of the current snapshot; undefined where another import came first. */
async function commit(
  lake: Lake,
  source: Source,
  delivered: readonly Delivered[],
): Promise<ImportReport | undefined> {
  const last = listSnapshots(lake).at(-1);
  const held = last ? readManifest(lake, last.snapshot) : undefined;
  const simulated = source.simulated ?? false;
  if (held && held.simulated !== simulated) throw mixed(lake, held.simulated);

  const outcomes = await inParallel(delivered, (one) => store(lake, held, one));
  const series = {
    ...held?.series,
    ...Object.fromEntries(outcomes.map(({ name, state }) => [name, state])),
  };
  const hashes = Object.fromEntries(Object.entries(series).map(([name, s]) => [name, s.hash]));
  const id = snapshotId(hashes, simulated);
  const report = summarise(id, last?.snapshot ?? null, outcomes);
  if (id === last?.snapshot) return report;

  const manifest: Manifest = { id, simulated, series };
  writeWhole(lake.dir, manifestPath(lake, id), JSON.stringify(manifest, null, 1));
  const number = (last?.number ?? 0) + 1;
  const record = {
    number,
    created: timestamp(),
    source: source.name,
    snapshot: id,
    parent: report.parent,
    added: report.added,
    revised: report.revisions.length,
    revisions: writeRevisions(lake, report.revisions),
  };
  const first = writeFirst(lake.dir, importPath(lake, number), JSON.stringify(record, null, 1));
  return first ? report : undefined;
}

function mixed(lake: Lake, heldSimulated: boolean): VolterraError {
  const kind = heldSimulated ? "simulated" : "real";
  return new VolterraError(
    "USAGE",
    `${lake.dir} holds ${kind} data; real and simulated data are not mixed`,
    "Import into another place with --var DIR.",
  );
}

/** Joins a delivered table to the one held and stores the result; nothing is written where nothing changed. */
async function store(lake: Lake, held: Manifest | undefined, one: Delivered): Promise<Outcome> {
  const { name, table, hash } = one;
  const before = held?.series[name];
  if (before?.hash === hash) {
    const unchanged = table.rows;
    return { name, state: before, added: 0, unchanged, retained: 0, revisions: [] };
  }
  const old = before ? await readObject(lake, name, before.hash) : undefined;
  const merged = old
    ? mergeTables(name, old, table)
    : { table, added: table.rows, unchanged: 0, retained: 0, revisions: [] };
  const mergedHash = old ? tableHash(merged.table) : hash;
  await storeObject(lake, name, merged.table, mergedHash);
  const days = dates(merged.table);
  const state: SeriesState = {
    hash: mergedHash,
    rows: merged.table.rows,
    first: isoDay(days[0]),
    last: isoDay(days.at(-1)),
  };
  return { name, state, ...merged };
}

function isoDay(day: number | undefined): string {
  return day === undefined ? "" : toDay(day);
}

async function storeObject(lake: Lake, name: string, table: Table, hash: string): Promise<void> {
  const path = objectPath(lake, hash);
  if (existsSync(path)) return;
  const written = temporary(lake.dir, basename(path));
  await writeParquet(written, seriesSpec(name), table);
  publish(written, path);
}

function summarise(
  snapshot: string,
  parent: string | null,
  outcomes: readonly Outcome[],
): ImportReport {
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((n, one) => n + of(one), 0);
  return {
    snapshot,
    parent,
    rows: sum(({ state }) => state.rows),
    added: sum(({ added }) => added),
    unchanged: sum(({ unchanged }) => unchanged),
    retained: sum(({ retained }) => retained),
    revisions: outcomes.flatMap(({ revisions }) => revisions),
    series: outcomes.map(({ name }) => name),
  };
}

function writeRevisions(lake: Lake, revisions: readonly Revision[]): string | null {
  if (revisions.length === 0) return null;
  const lines = revisions.map(({ series, key, column, before, after }) =>
    [series, key, column, before, after].join(","),
  );
  const text = `series,key,column,before,after\n${lines.join("\n")}\n`;
  const name = join("revisions", `${sha256(text)}.csv`);
  writeWhole(lake.dir, join(lake.dir, name), text);
  return name;
}
