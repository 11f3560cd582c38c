/**
 * Imports a folder into a lake: `import-child.ts LAKE`. Says "ready", reads the folder from its standard input, and
 * says "done" after.
 */
import { once } from "node:events";
import { silent, VolterraError } from "#core";
import { importSource, openLake } from "#market";
import folder from "../../catalog/sources/folder.ts";

const dir = process.argv[2] ?? "";
process.stdout.write("ready\n");
const [line] = (await once(process.stdin, "data")) as [Buffer];
process.stdin.destroy();
const path = line.toString().trim();
try {
  const context = { options: { path }, signal: new AbortController().signal, emit: silent };
  const report = await importSource(openLake(dir), folder, context);
  process.stdout.write(`done ${report.snapshot}\n`);
} catch (error) {
  if (!(error instanceof VolterraError)) throw error;
  process.stdout.write(`${error.code} ${error.message}\n`);
  process.exitCode = error.exitCode;
}
