import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const README = readFileSync(path.join(ROOT, "README.md"), "utf8");

/** Writes the README's examples into a folder of somebody's own, beside an installed package. */
function makeLab(): string {
  const home = mkdtempSync(path.join(tmpdir(), "volterra-lab-"));
  mkdirSync(path.join(home, "node_modules"));
  symlinkSync(ROOT, path.join(home, "node_modules", "volterra"));
  writeFileSync(path.join(home, "package.json"), '{ "type": "module" }');
  for (const [, file, code] of README.matchAll(/`(lab\/[^`]+)`:\s+```js\n([\s\S]*?)```/g)) {
    mkdirSync(path.dirname(path.join(home, file!)), { recursive: true });
    writeFileSync(path.join(home, file!), code!);
  }
  return home;
}

/** The built command, as a user has it. */
function volterra(home: string, ...args: string[]): string {
  const bin = path.join(ROOT, "bin", "volterra.js");
  return execFileSync(process.execPath, [bin, ...args], {
    cwd: home,
    encoding: "utf8",
    stdio: "pipe",
  });
}

describe("the README's examples", () => {
  const home = makeLab();

  it("join the catalog from a folder of their own", () => {
    expect(volterra(home, "--catalog", "lab", "catalog", "features")).toContain("vix-speed");
    expect(volterra(home, "--catalog", "lab", "catalog", "strategies")).toContain("calm-equity");
  });

  it("run in a study", () => {
    const study = path.join(ROOT, "studies", "vrp-erp.yaml");
    const answer = volterra(
      home,
      "--catalog",
      "lab",
      "run",
      study,
      "strategy.name=calm-equity",
      "data.source=simulated",
      "window.start=2019-01-02",
      "bootstrap.resamples=100",
      "killTests=[]",
      "--json",
    );
    const result = JSON.parse(answer) as { simulated: boolean; trades: number };
    expect(result.simulated).toBe(true);
    expect(result.trades).toBeGreaterThan(0);
  });
});
