import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { sha256 } from "#core";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The directory that holds package.json: two levels up from the sources, three from what is built of them. */
function packageVersion(): string {
  for (const up of ["./", "../"]) {
    try {
      const text = readFileSync(path.join(ROOT, up, "package.json"), "utf8");
      return String((JSON.parse(text) as { version: string }).version);
    } catch {
      continue;
    }
  }
  return "0";
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
