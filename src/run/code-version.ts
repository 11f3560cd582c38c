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

/** Version of the package and a hash of the code that runs: sources, or what is built of them. */
export function codeVersion(): string {
  const pieces: string[] = [];
  for (const folder of ["src", "catalog"]) {
    const files = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" });
    for (const file of files.toSorted()) {
      if (!/\.(ts|js|wasm)$/.test(file) || file.endsWith(".d.ts")) continue;
      pieces.push(`${folder}/${file}`, sha256(readFileSync(path.join(ROOT, folder, file))));
    }
  }
  return `${packageVersion()}+${sha256(pieces.join("\n")).slice(0, 12)}`;
}
