import { readdirSync } from "node:fs";
import { join } from "node:path";
import { VolterraError } from "#core";
import { defineSource, readCsv, seriesSpec, type SourceContext } from "#market";

const FILE = /^(.+)\.csv(\.gz)?$/;

/** Files of the folder by series. Throws `NOT_FOUND` where there is no folder or a file names no known series. */
function filesBySeries(context: SourceContext): ReadonlyMap<string, string> {
  const path = context.options["path"];
  if (path === undefined) {
    throw new VolterraError("USAGE", "the source needs a folder", "Give it as path=FOLDER.");
  }
  const files = new Map<string, string>();
  for (const name of entriesOf(path)) {
    const series = FILE.exec(name)?.[1];
    if (series === undefined) continue;
    const { name: known } = seriesSpec(series);
    if (files.has(known)) {
      const hint = "Keep one of .csv and .csv.gz.";
      throw new VolterraError("DATA", `${path}: two files of the series "${known}"`, hint);
    }
    files.set(known, join(path, name));
  }
  if (files.size > 0) return files;
  throw new VolterraError("NOT_FOUND", `no CSV file in ${path}`, "Files are named SERIES.csv.");
}

function entriesOf(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (cause) {
    throw new VolterraError("NOT_FOUND", `cannot read the folder ${path}`, "", { cause });
  }
}

/** Tidy CSV files in a folder, one a series: `spy.csv`, `vx_contracts.csv`, `options_vxx_201612.csv.gz`. */
export default defineSource({
  name: "folder",
  describe: "tidy CSV files in a folder, one a series",
  options: ["path"],
  list: (context) => Promise.resolve([...filesBySeries(context).keys()]),
  deliver: (series, context) => readCsv(filesBySeries(context).get(series)!, seriesSpec(series)),
});
