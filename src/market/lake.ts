import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { VolterraError } from "#core";
import { z } from "zod";
import { readParquet } from "./parquet.ts";
import { seriesSpec } from "./series.ts";
import { absentSeries, type Snapshot } from "./snapshot.ts";
import { tableHash } from "./table.ts";

/**
 * A folder of market data that only grows:
 *
 * - `objects/<hash>.parquet`: one state of one series, named by the hash of its values;
 * - `snapshots/<id>.json`: which objects make a state of the data;
 * - `imports/<number>.json`: what each import did; the last one names the current snapshot;
 * - `revisions/<hash>.csv`: values of history that an import changed.
 *
 * Every file appears whole or not at all and is never written again. An import becomes visible with its numbered
 * file, which two processes cannot both create.
 */
export interface Lake {
  readonly dir: string;
}

const SeriesState = z.strictObject({
  hash: z.string(),
  rows: z.number(),
  first: z.string(),
  last: z.string(),
});

const Manifest = z.strictObject({
  id: z.string(),
  simulated: z.boolean(),
  series: z.record(z.string(), SeriesState),
});

const ImportRecord = z.strictObject({
  number: z.number(),
  created: z.string(),
  source: z.string(),
  snapshot: z.string(),
  parent: z.string().nullable(),
  added: z.number(),
  revised: z.number(),
  /** File of the revisions, `null` where there are none. */
  revisions: z.string().nullable(),
});

/** Rows and span of one series in a snapshot. */
export type SeriesState = z.infer<typeof SeriesState>;

/** Which objects make a snapshot. */
export type Manifest = z.infer<typeof Manifest>;

/** What one import did, as stored. */
export type ImportRecord = z.infer<typeof ImportRecord>;

/** The lake in a folder; nothing is read or written yet. */
export function openLake(dir: string): Lake {
  return Object.freeze({ dir: resolve(dir) });
}

export function objectPath(lake: Lake, hash: string): string {
  return join(lake.dir, "objects", `${hash}.parquet`);
}

export function manifestPath(lake: Lake, id: string): string {
  return join(lake.dir, "snapshots", `${id}.json`);
}

export function importPath(lake: Lake, number: number): string {
  return join(lake.dir, "imports", `${String(number).padStart(8, "0")}.json`);
}

function readJson<T>(path: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new VolterraError(
      "DATA",
      `${path} is damaged`,
      "Restore it from a copy, or import again into an empty folder.",
      { cause },
    );
  }
}

/** The snapshots of a lake in the order of their imports, the current one last. */
export function listSnapshots(lake: Lake): readonly ImportRecord[] {
  const dir = join(lake.dir, "imports");
  if (!existsSync(dir)) return [];
  const names = readdirSync(dir).filter((name) => /^\d{8}\.json$/.test(name));
  return names.toSorted().map((name) => readJson(join(dir, name), ImportRecord));
}

/** The manifest of a snapshot by its whole id. */
export function readManifest(lake: Lake, id: string): Manifest {
  return readJson(manifestPath(lake, id), Manifest);
}

function resolveId(lake: Lake, id: string | undefined): string {
  const records = listSnapshots(lake);
  const current = records.at(-1);
  if (!current) {
    const hint = "Run: volterra data import FOLDER, or volterra data fetch SOURCE.";
    throw new VolterraError("NOT_FOUND", `no market data in ${lake.dir}`, hint);
  }
  if (id === undefined) return current.snapshot;
  const found = new Set(records.map((r) => r.snapshot).filter((held) => held.startsWith(id)));
  const [only] = found;
  if (found.size === 1 && only !== undefined) return only;
  const what = found.size === 0 ? "no snapshot" : `${found.size} snapshots`;
  throw new VolterraError(
    "NOT_FOUND",
    `${what} in ${lake.dir} with an id that begins "${id}"`,
    `Known: ${[...new Set(records.map((r) => r.snapshot.slice(0, 12)))].join(", ")}.`,
  );
}

/** A snapshot of the lake: what its id (or the beginning of it) names, or the current one. Tables are read when asked for. */
export async function openSnapshot(lake: Lake, id?: string): Promise<LakeSnapshot> {
  const manifest = readManifest(lake, resolveId(lake, id));
  const names = Object.keys(manifest.series).toSorted();
  return Object.freeze({
    id: manifest.id,
    simulated: manifest.simulated,
    series: names,
    states: manifest.series,
    async table(name: string) {
      const state = manifest.series[name];
      if (!state) throw absentSeries(manifest.id, name, names);
      return readObject(lake, name, state.hash);
    },
  });
}

/** A snapshot with the extent of each series. */
export interface LakeSnapshot extends Snapshot {
  readonly states: Readonly<Record<string, SeriesState>>;
}

/** Reads one state of a series and checks its hash. Throws `VolterraError("DATA")` where the file is gone or altered. */
export async function readObject(
  lake: Lake,
  series: string,
  hash: string,
): ReturnType<Snapshot["table"]> {
  const path = objectPath(lake, hash);
  const damaged = (cause?: unknown) =>
    new VolterraError(
      "DATA",
      `${series}: ${path} is missing or altered`,
      "Restore it from a copy, or import again into an empty folder.",
      { cause },
    );
  const table = await readParquet(path, seriesSpec(series)).catch((cause: unknown) => {
    throw damaged(cause);
  });
  if (tableHash(table) !== hash) throw damaged();
  return table;
}
