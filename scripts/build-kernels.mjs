/**
 * Compiles assembly/*.ts to src/num/kernels/kernels.wasm, and copies it beside the built sources. Skipped where
 * the .wasm is newer than every source. `node scripts/build-kernels.mjs`
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, "assembly");
const wasm = join(root, "src/num/kernels/kernels.wasm");
const built = join(root, "dist/src/num/kernels/kernels.wasm");

/** Every function of vector.ts is inlined: a call would part the two halves that V8 pairs. */
function source(name) {
  if (name === "tiles.ts") return tiles();
  const path = join(sources, name);
  if (!existsSync(path)) return null;
  const text = readFileSync(path, "utf8");
  if (name !== "vector.ts") return text;
  return text.replaceAll(
    /^export function/gm,
    "// @ts-ignore: decorator\n@inline\nexport function",
  );
}

function isFresh() {
  if (!existsSync(wasm)) return false;
  const made = statSync(wasm).mtimeMs;
  const files = [
    ...readdirSync(sources).map((name) => join(sources, name)),
    fileURLToPath(import.meta.url),
  ];
  return files.every((file) => statSync(file).mtimeMs < made);
}

let tiles;
if (!isFresh()) {
  ({ tiles } = await import("../assembly/tiles.mjs"));
  const outputs = new Map();
  // No more than level 2: above it each sum of a tile becomes one expression over all unrolled indices, whose operands then
  // need more registers than there are (70 GFLOP/s instead of 94).
  const { error, stderr } = await asc.main(
    (
      "index.ts --outFile kernels.wasm --optimizeLevel 2 --noAssert " +
      "--runtime stub --enable simd --enable threads --use abort= " +
      "--importMemory --sharedMemory --initialMemory 1 --maximumMemory 32768"
    ).split(" "),
    {
      readFile: (name) => source(name),
      writeFile: (name, contents) => outputs.set(name, contents),
      listFiles: () => [],
    },
  );
  if (error) {
    process.stderr.write(`${stderr.toString()}\n`);
    throw error;
  }
  // Whole or not at all: others may be reading it.
  const fresh = `${wasm}.${process.pid}`;
  writeFileSync(fresh, outputs.get("kernels.wasm"));
  renameSync(fresh, wasm);
}
mkdirSync(dirname(built), { recursive: true });
cpSync(wasm, built);
