/**
 * A training step of an LSTM 2 × 64 with additive attention, a head 64 → 32 → 3, cross-entropy and Adam, 8 inputs.
 * `node --import tsx --conditions=source bench/lstm.ts [threads] [--plain]`; peers as in bench/hedge.ts.
 */
import { bits, key } from "#core";
import { openEngine } from "#num";
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
