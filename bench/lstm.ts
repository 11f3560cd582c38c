/**
 * A training step of an LSTM 2 × 64 with additive attention, a head 64 → 32 → 3, cross-entropy and Adam, 8 inputs.
 * `node --import tsx --conditions=source bench/lstm.ts [threads] [--plain]`; peers as in bench/hedge.ts.
 */
import { bits, key } from "#core";
import { samples, takeRows } from "#learn";
import { openEngine } from "#num";
import attentionLstm from "../catalog/models/attention-lstm.ts";
import { drawStart } from "../src/learn/net.ts";
import { openTrainer } from "../src/learn/net-trainer.ts";
import { alternate, flagOf, numberOf } from "./timing.ts";

const threads = numberOf(0, 2);
const INPUTS = 8;
const uniform = (seed: number, n: number): Float64Array =>
  Float64Array.from(bits(key(seed), n), (word) => word / 2 ** 31 - 1);

for (const [batch, steps] of [
  [64, 30],
  [128, 60],
  [32, 20],
] as const) {
  const trainer = await openTrainer({
    engine: openEngine({ revectorize: !flagOf("--plain"), megabytes: 512 }),
    spec: {
      inputs: INPUTS,
      outputs: 3,
      parts: [
        { kind: "lstm", hidden: 64, layers: 2, dropout: 0 },
        { kind: "attention" },
        { kind: "head", hidden: [32], activation: "relu", norm: false, dropout: 0 },
      ],
    },
    steps,
    rows: {
      features: uniform(1, batch * steps * INPUTS),
      targets: Float64Array.from({ length: batch }, (_, i) => i % 3),
      weights: new Float64Array(batch).fill(1),
    },
    loss: { kind: "cross-entropy" },
    batch,
    threads,
  });
  drawStart(trainer.net, trainer.values, key(3));
  trainer.refresh();
  const step = { first: 0, count: batch, key: key(1), share: 1 };
  const adam = {
    kind: "adam",
    rate: 1e-3,
    decay: 0,
    clip: 0,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
  } as const;
  const ours = { name: "ours", run: () => trainer.step(step, adam) };
  await alternate(`lstm ${batch} x ${steps}`, ours, ["lstm.py", String(batch), String(steps)]);
  await trainer.close();
}

// One row through a loaded model of the same shape: what a decision waits for.
const STEPS = 20;
const ROWS = 200;
const rows = samples({
  features: uniform(1, ROWS * STEPS * INPUTS),
  steps: STEPS,
  names: Array.from({ length: INPUTS }, (_, j) => `f${j}`),
  target: Float64Array.from({ length: ROWS }, (_, i) => i % 3),
  task: { kind: "classes", classes: ["down", "flat", "up"] },
  times: Int32Array.from({ length: ROWS }, (_, i) => i),
  horizon: 0,
});
const fitted = await attentionLstm.fit(rows, { epochs: 1 }, key(1), { threads: 1 });
const alone = Array.from({ length: ROWS }, (_, row) => takeRows(rows, [row]));
for (const row of alone) fitted.predict(row);
const start = performance.now();
for (const row of alone) fitted.predict(row);
const each = (1000 * (performance.now() - start)) / ROWS;
process.stdout.write(`one row of ${STEPS} days, loaded model: ${each.toFixed(1)} µs\n`);
