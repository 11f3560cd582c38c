import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import path from "node:path";
import { suggest, VolterraError } from "#core";

/** Kinds of entries, each a folder of the catalog. */
export const KINDS = {
  sources: "source",
  features: "feature",
  targets: "target",
  models: "model",
  strategies: "strategy",
  killtests: "kill-test",
  processes: "process",
  policies: "policy",
  environments: "environment",
  claims: "claim",
  objectives: "objective",
} as const;

export type CatalogFolder = keyof typeof KINDS;

/** The catalog that comes with the package, compiled or not. */
const BUILT_IN = fileURLToPath(new URL("../../catalog", import.meta.url));

/** Names of files → entries; a user's own folders come before the built-in one and may not shadow it. */
export interface Catalog {
  names(folder: CatalogFolder): readonly string[];
  /** Loads one entry. Rejects with `VolterraError("NOT_FOUND")` and a suggestion. */
  load<T>(folder: CatalogFolder, name: string): Promise<T>;
  /** Path of an entry's file. */
  file(folder: CatalogFolder, name: string): string;
}

function entryFiles(root: string, folder: string): Map<string, string> {
  const directory = path.join(root, folder);
  const files = new Map<string, string>();
  if (!existsSync(directory)) return files;
  for (const file of readdirSync(directory).toSorted()) {
    const match = /^([a-z0-9-]+)\.(ts|js|mjs)$/.exec(file);
    if (match && !file.endsWith(".d.ts")) files.set(match[1]!, path.join(directory, file));
  }
  return files;
}

/** Opens the built-in catalog and further folders of the same shape. */
export function openCatalog(folders: readonly string[] = []): Catalog {
  for (const folder of folders) {
    if (!existsSync(folder)) {
      throw new VolterraError("NOT_FOUND", `no catalog folder ${folder}`, "Check --catalog.");
    }
  }
  const cache = new Map<CatalogFolder, Map<string, string>>();

  function files(folder: CatalogFolder): Map<string, string> {
    const known = cache.get(folder);
    if (known) return known;
    const merged = entryFiles(BUILT_IN, folder);
    for (const root of folders) {
      for (const [name, file] of entryFiles(path.resolve(root), folder)) {
        const other = merged.get(name);
        if (other) {
          throw new VolterraError(
            "SPEC",
            `${file} has the name of ${other}`,
            "Names are unique: rename the file and its entry.",
          );
        }
        merged.set(name, file);
      }
    }
    cache.set(folder, merged);
    return merged;
  }

  function file(folder: CatalogFolder, name: string): string {
    const found = files(folder).get(name);
    if (found) return found;
    throw new VolterraError(
      "NOT_FOUND",
      `no ${KINDS[folder]} "${name}"`,
      suggest(name, files(folder).keys()),
    );
  }

  return {
    names: (folder) => [...files(folder).keys()],
    file,
    async load<T>(folder: CatalogFolder, name: string): Promise<T> {
      const where = file(folder, name);
      const module = (await import(pathToFileURL(where).href)) as { default?: { name?: string } };
      if (module.default?.name !== name) {
        throw new VolterraError(
          "SPEC",
          `${where} exports ${module.default?.name ?? "nothing"} by default, not an entry named "${name}"`,
          "The name of an entry is the name of its file.",
        );
      }
      return module.default as T;
    },
  };
}
