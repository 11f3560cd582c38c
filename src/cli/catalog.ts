import { suggest, VolterraError } from "#core";
import { textTable } from "#report";
import { type CatalogFolder, KINDS, openCatalog, toJson } from "#run";
import type { Globals } from "./globals.ts";
import { print } from "./terminal.ts";

const FOLDERS = Object.keys(KINDS) as CatalogFolder[];

/** `catalog [kind]`: names and descriptions of what can be used. */
export async function catalog(
  globals: Globals,
  kind: string | undefined,
  options: { json?: boolean },
): Promise<void> {
  const opened = openCatalog(globals.catalog);
  const wanted = FOLDERS.filter(
    (folder) => kind === undefined || folder === kind || KINDS[folder] === kind,
  );
  if (wanted.length === 0) {
    throw new VolterraError("NOT_FOUND", `no kind "${kind}"`, suggest(kind!, FOLDERS));
  }
  const entries = [];
  for (const folder of wanted) {
    for (const name of opened.names(folder)) {
      const entry = await opened.load<{ describe?: string; claim?: string }>(folder, name);
      const describe = entry.describe ?? entry.claim ?? "";
      entries.push({ kind: KINDS[folder], name, describe });
    }
  }
  if (options.json) print(toJson({ entries }, 1));
  else {
    const columns = [{ name: "kind" }, { name: "name" }, { name: "what it is" }];
    print(
      textTable(
        columns,
        entries.map((e) => [e.kind, e.name, e.describe]),
      ),
    );
  }
}
