import { readFeatures } from "#features";
import { textTable } from "#report";
import { openCatalog, readStudy, storeStudy, toJson } from "#run";
import { type Globals, readDay } from "./globals.ts";
import { print, showEvents } from "./terminal.ts";

/** `features STUDY`: stores what a study learns from, and prints the schema and the last rows known. */
export async function features(
  globals: Globals,
  file: string,
  overrides: readonly string[],
  { json = false, ...options }: { readonly asOf?: string; readonly json?: boolean },
): Promise<void> {
  const asOf = readDay("--as-of", options.asOf);
  const { emit, clear } = showEvents();
  const study = readStudy(file, overrides);
  const catalog = openCatalog(globals.catalog);
  const folder = await storeStudy({ study, root: globals.var, catalog, emit });
  clear();
  const { schema, days, columns } = await readFeatures(folder, asOf);
  if (json) {
    print(toJson({ ...schema, folder, asOf: asOf ?? null, days: days.length }, 1));
    return;
  }
  const last = days.length - 1;
  print(
    textTable(
      [
        { name: "column" },
        { name: "reference" },
        { name: "unit" },
        { name: "known after", kind: "count" },
        { name: "last value", kind: "number" },
      ],
      schema.columns.map(({ name, ref, unit, knownAfter }) => [
        name,
        ref,
        unit,
        knownAfter,
        columns[name]![last]!,
      ]),
    ),
  );
  print(`${days.length} rows: ${folder}/table.parquet`);
}
