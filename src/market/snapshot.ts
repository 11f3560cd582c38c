import { contentHash, suggest, VolterraError } from "#core";
import { listSeries, seriesSpec } from "./series.ts";
import type { Table } from "./source.ts";
import { checkTable, tableHash } from "./table.ts";

/** One immutable state of the data. */
export interface Snapshot {
  /** Content hash: equal values give an equal id, whatever files hold them and whenever they came. */
  readonly id: string;
  readonly simulated: boolean;
  /** Names of the series it holds, sorted. */
  readonly series: readonly string[];
  /** The rows of one series. Throws `VolterraError("NOT_FOUND")` for a series it does not hold. */
  table(series: string): Promise<Table>;
}

/** Id of a snapshot from the content hash of each series. */
export function snapshotId(hashes: Readonly<Record<string, string>>, simulated: boolean): string {
  return contentHash({ hashes, simulated });
}

/** The error for a series that a snapshot does not hold. */
export function absentSeries(id: string, name: string, held: readonly string[]): VolterraError {
  return new VolterraError(
    "NOT_FOUND",
    `snapshot ${id.slice(0, 12)} holds no series "${name}"`,
    listSeries().some((known) => known.name === name)
      ? `Import ${name}.csv, or fetch it; the snapshot holds ${held.length} series.`
      : suggest(name, held),
  );
}

/**
 * A snapshot of tables in memory, checked against the registry of series. Throws `VolterraError("DATA")` naming
 * series, row and column where a table is not what the registry says.
 */
export function memorySnapshot(
  tables: Readonly<Record<string, Table>>,
  simulated: boolean,
): Snapshot {
  const series = Object.keys(tables).toSorted();
  const hashes: Record<string, string> = {};
  for (const name of series) {
    checkTable(seriesSpec(name), tables[name]!);
    hashes[name] = tableHash(tables[name]!);
  }
  const id = snapshotId(hashes, simulated);
  return Object.freeze({
    id,
    simulated,
    series,
    table(name: string): Promise<Table> {
      const found = tables[name];
      return found ? Promise.resolve(found) : Promise.reject(absentSeries(id, name, series));
    },
  });
}
