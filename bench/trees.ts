/**
 * Boosted trees: 200 rounds × 3 classes, depth 5, and the prediction of one row.
 * `node --conditions=source --import tsx bench/trees.ts [python]`; with a Python that has xgboost 3, that trains in turn
 * on the same rows (bench/peers/trees.py). Reach, two threads: 1.5× XGBoost on 5,000 rows, 1.0× on 100,000, at equal
 * training log-loss; 50 µs a row.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { key } from "#core";
import { type Samples, logLoss, measure, samples, takeRows } from "#learn";
import { normals } from "#num";
import { binColumn } from "../src/learn/trees/bins.ts";
import gbt from "../catalog/models/gbt.ts";

const FEATURES = 55;
/**
 * XGBoost's own defaults. Each cuts fine features at points of its own, and 200 rounds on few rows amplify that: the two training
 * losses of one set of 5,000 rows differ by a few per cent, as XGBoost's own do between `max_bin` 255 and 257.
 */
const PARAMS = {
  n_estimators: 200,
  max_depth: 5,
  learning_rate: 0.3,
  subsample: 1,
  colsample_bytree: 1,
  min_child_weight: 1,
  gamma: 0,
  reg_alpha: 0,
  reg_lambda: 1,
};

function makeRows(n: number): Samples {
  const x = normals(key(7).fold("features"), n * FEATURES).map(Math.fround);
  const noise = normals(key(7).fold("noise"), n);
  const target = noise.map((e, row) => {
    const [a, b, c, d, f] = x.subarray(row * FEATURES, row * FEATURES + 5);
    const z = a! + 0.5 * b! * c! + Math.sin(2 * d!) + 0.3 * f! * f! - 0.3 + 0.8 * e;
    return z > 0.6 ? 2 : z < -0.6 ? 0 : 1;
  });
  return samples({
    features: x,
    steps: 1,
    names: Array.from({ length: FEATURES }, (_, j) => `f${j}`),
    target,
    task: { kind: "classes", classes: ["down", "flat", "up"] },
    times: Int32Array.from(target.keys()),
    horizon: 0,
  });
}

interface Timed {
  readonly ms: number;
  readonly cpu: number;
  readonly loss: number;
}

async function ours(rows: Samples, threads: number): Promise<Timed> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const fitted = await gbt.fit(rows, PARAMS, key(1), { threads });
  const ms = performance.now() - start;
  const used = process.cpuUsage(cpu);
  const { values } = fitted.predict(rows);
  const loss = measure(logLoss, { values, target: rows.target, classes: 3 });
  return { ms, cpu: (used.user + used.system) / 1000, loss };
}

/** The rows with each feature replaced by the number of our bin: XGBoost on them cuts where ours does. */
function binnedFeatures({ features, times }: Samples): Float64Array {
  const n = times.length;
  const out = new Float64Array(n * FEATURES);
  const bins = new Uint8Array(n);
  for (let j = 0; j < FEATURES; j++) {
    binColumn(
      Float32Array.from(bins, (_, row) => features[row * FEATURES + j]!),
      bins,
    );
    bins.forEach((bin, row) => (out[row * FEATURES + j] = bin));
  }
  return out;
}

/** XGBoost in a process of its own, ready to train. */
function startPeer(python: string, rows: Samples, folder: string) {
  const n = rows.times.length;
  const path = join(folder, `rows-${n}`);
  const x = Float32Array.from(rows.features);
  const y = Int32Array.from(rows.target);
  writeFileSync(path, Buffer.concat([new Uint8Array(x.buffer), new Uint8Array(y.buffer)]));
  const script = fileURLToPath(new URL("./peers/trees.py", import.meta.url));
  const child = spawn(python, [script, path, `${n}`, `${FEATURES}`], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: child.stdout });
  return {
    async train(threads: number): Promise<Timed> {
      child.stdin.write(`${threads}\n`);
      const [line] = (await once(answers, "line")) as [string];
      const [ms, cpu, loss] = line.split(" ").map(Number);
      return { ms: ms!, cpu: cpu!, loss: loss! };
    },
    end: () => child.stdin.end(),
  };
}

function show(what: string, runs: readonly Timed[]): void {
  const best = runs.reduce((a, b) => (b.ms < a.ms ? b : a));
  process.stdout.write(
    `${what.padEnd(40)}${best.ms.toFixed(0).padStart(8)} ms${best.cpu.toFixed(0).padStart(8)} ms cpu   log-loss ${best.loss.toFixed(5)}\n`,
  );
}

const python = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), "trees-"));
for (const [n, repeats] of [
  [5_000, 5],
  [100_000, 3],
] as const) {
  const rows = makeRows(n);
  const peer = python === undefined ? undefined : startPeer(python, rows, folder);
  for (const threads of [1, 2]) {
    const runs: { ours: Timed[]; theirs: Timed[] } = { ours: [], theirs: [] };
    for (let repeat = 0; repeat < repeats; repeat++) {
      runs.ours.push(await ours(rows, threads));
      if (peer) runs.theirs.push(await peer.train(threads));
    }
    show(`${n} × ${FEATURES}, threads ${threads}`, runs.ours);
    if (peer) show(`  XGBoost`, runs.theirs);
  }
  peer?.end();
  if (python === undefined) continue;
  const same = startPeer(python, { ...rows, features: binnedFeatures(rows) }, folder);
  show(`  XGBoost on our cuts`, [await same.train(2)]);
  same.end();
}
rmSync(folder, { recursive: true });

const rows = makeRows(5_000);
const fitted = await gbt.fit(rows, PARAMS, key(1), { threads: 2 });
const alone = Array.from({ length: 1000 }, (_, row) => takeRows(rows, [row]));
for (const row of alone) fitted.predict(row);
const start = performance.now();
for (const row of alone) fitted.predict(row);
process.stdout.write(`one row, loaded model: ${(performance.now() - start).toFixed(1)} µs\n`);
