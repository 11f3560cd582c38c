import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { EVERYWHERE } from "./fixtures/small-training.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const chromium = CHROMIUM.find((path) => existsSync(path));
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The fixture and the engine as one script; Node's own modules, which the engine never reaches there, are empty. */
async function bundle(): Promise<string> {
  const wasm = readFileSync(here("../../src/num/kernels/kernels.wasm")).toString("base64");
  const { outputFiles } = await build({
    entryPoints: [here("./fixtures/browser.ts")],
    bundle: true,
    format: "esm",
    write: false,
    conditions: ["source"],
    define: { WASM: JSON.stringify(wasm) },
    plugins: [
      {
        name: "no-node",
        setup(plugin) {
          plugin.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: "none" }));
          plugin.onLoad({ filter: /.*/, namespace: "none" }, () => ({
            contents: "module.exports = {};",
          }));
        },
      },
    ],
  });
  return outputFiles[0]!.text;
}

const title = chromium ? "trains to the same bytes" : "SKIPPED: no Chromium on this machine";

describe("the engine in a browser", () => {
  it.runIf(chromium)(title, async () => {
    const folder = mkdtempSync(join(tmpdir(), "volterra-browser-"));
    try {
      const page = join(folder, "page.html");
      writeFileSync(page, `<!doctype html><script type="module">${await bundle()}</script>`);
      const { stdout } = await promisify(execFile)(chromium!, [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        `--user-data-dir=${folder}/profile`,
        "--virtual-time-budget=60000",
        "--dump-dom",
        pathToFileURL(page).href,
      ]);
      expect(/<title>(.*?)<\/title>/.exec(stdout)?.[1]).toBe(EVERYWHERE);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
