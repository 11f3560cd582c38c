import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { sha256 } from "#core";

/** Two levels up: the package, or the folder into which it was built. */
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The folder of package.json: where the code runs from, or one above what was built of it. */
const PACKAGE = existsSync(path.join(ROOT, "package.json")) ? ROOT : path.dirname(ROOT);

/** Path of a file that comes with the package. */
export function packageFile(name: string): string {
  return path.join(PACKAGE, name);
}

function packageVersion(): string {
  const text = readFileSync(packageFile("package.json"), "utf8");
  return String((JSON.parse(text) as { version: string }).version);
}

/** Names and hashes of the files of code under a folder. */
function hashFolder(name: string, folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files.toSorted().flatMap((file) => {
    if (!/\.(ts|m?js|wasm)$/.test(file) || file.endsWith(".d.ts")) return [];
    return [`${name}/${file}`, sha256(readFileSync(path.join(folder, file)))];
  });
}

/** The package's own code; read once, for what is edited later is not what this process runs. */
let own: readonly string[] | undefined;

/** Version of the package and a hash of the code that runs: sources, or what is built of them, and further catalogs. */
export function codeVersion(catalogs: readonly string[] = []): string {
  own ??= ["src", "catalog"].flatMap((name) => hashFolder(name, path.join(ROOT, name)));
  const pieces = [...own, ...catalogs.flatMap((folder) => hashFolder("", folder))];
  return `${packageVersion()}+${sha256(pieces.join("\n")).slice(0, 12)}`;
}
