/**
 * Whole commands, built, as users run them, with start-up, ledger and report: `tsx --conditions=source bench/commands.ts
 * [sweep|hedging|document|document-irm …]`. Targets on two cores: 1,000 parameter sets below 5 s and 1 GB; the corrected hedging study,
 * all methods of one seed, below 15 minutes; the document's schedule, 150,000 updates of batch 128, below 10 minutes.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const market = join(root, "../shared/market");
const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
const home = mkdtempSync(join(tmpdir(), "volterra-bench-"));

/** Says on leaving what the process used. */
const USED = `data:text/javascript,process.on("exit",()=>{const u=process.resourceUsage();process.stderr.write("\\nused "+JSON.stringify([u.userCPUTime+u.systemCPUTime,u.maxRSS])+"\\n")})`;

function volterra(...args: readonly string[]): { wall: number; cpu: number; peak: number } {
  const start = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", USED, join(root, "bin/volterra.js"), "--var", home, ...args],
    { cwd: root, encoding: "utf8", stdio: ["ignore", "ignore", "pipe"], maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error(`volterra ${args[0]} ended with ${status}: ${stderr}`);
  const used = /\nused (.*)\n/.exec(stderr)![1]!;
  const [cpu, peak] = JSON.parse(used) as [number, number];
  return { wall: (performance.now() - start) / 1000, cpu: cpu / 1e6, peak: peak / 1024 };
}

function time(what: string, ...args: readonly string[]): void {
  const { wall, cpu, peak } = volterra(...args);
  console.log(
    `${what.padEnd(56)} ${wall.toFixed(1).padStart(7)} s, processor ${cpu.toFixed(1).padStart(7)} s, peak ${peak.toFixed(0)} MB`,
  );
}

const steps = (from: number, to: number, n: number) =>
  Array.from({ length: n }, (_, i) => (from + ((to - from) * i) / (n - 1)).toFixed(4)).join(",");
const SWEEP = [
  "sweep",
  "studies/vrp-erp.yaml",
  "window.start=2010-01-04",
  `strategy.params.volTarget=${steps(0.05, 0.15, 25)}`,
  `strategy.params.cap=${steps(0.5, 1.5, 40)}`,
];
/** Two environments × 64 paths are the document's 128. */
const DOCUMENT = [
  "run",
  "studies/hedging.yaml",
  "preset=as-documented",
  "training.batch=64",
  "baselines=[delta]",
  "arms.synthetic.environments=[original-low,original-medium]",
  "arms.synthetic.tests=[crisis]",
  "arms.synthetic.probed=[]",
];
const CASES: Readonly<Record<string, () => void>> = {
  sweep() {
    time("sweep, 1,000 sets of vrp-erp, 2010–2024", ...SWEEP);
    time("the same again, nothing left to evaluate", ...SWEEP);
  },
  hedging: () =>
    time("hedging, corrected, all arms and methods, one seed", "run", "studies/hedging.yaml"),
  document: () => time("hedging, 150,000 updates of batch 128, erm", ...DOCUMENT, "methods=[erm]"),
  "document-irm": () =>
    time("hedging, 20,000 updates of erm and 130,000 of irm-v1", ...DOCUMENT, "methods=[irm-v1]"),
};

if (!existsSync(market)) {
  console.log("not run: there is no ../shared/market");
} else {
  try {
    volterra("data", "import", market);
    console.log(`Node ${process.versions.node}, built`);
    for (const [name, run] of Object.entries(CASES)) {
      if (wanted.length === 0 || wanted.includes(name)) run();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
