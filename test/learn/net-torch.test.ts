import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { key } from "#core";
import { openEngine } from "#num";
import { type PartSpec, buildNet } from "../../src/learn/net.ts";
import { predictNet } from "../../src/learn/net-predictor.ts";
import { fromTensors, toTensors } from "../../src/learn/net-tensors.ts";
import { openTrainer } from "../../src/learn/net-trainer.ts";
import { type OptimiserSpec } from "../../src/learn/optimiser.ts";
import { readSafetensors, writeSafetensors } from "../../src/learn/safetensors.ts";

interface Golden {
  readonly steps: number;
  readonly features: number[];
  readonly targets: number[];
  readonly classWeights: number[];
  readonly outputs: number[];
  readonly losses: number[];
  readonly after: number[];
}

const file = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../golden/${name}`, import.meta.url)));
const golden = JSON.parse(new TextDecoder().decode(file("torch-nets.json"))) as Record<
  string,
  Golden
>;

const ADAM = { clip: 0.5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const cases: [string, PartSpec[], OptimiserSpec][] = [
  [
    "attention-lstm",
    [
      { kind: "lstm", hidden: 10, layers: 2, dropout: 0 },
      { kind: "attention" },
      { kind: "head", hidden: [12], activation: "relu", norm: false, dropout: 0 },
    ],
    { ...ADAM, kind: "adam", rate: 0.01, decay: 0.02 },
  ],
  [
    "mlp",
    [{ kind: "head", hidden: [20, 9], activation: "gelu", norm: true, dropout: 0 }],
    { ...ADAM, kind: "adamw", rate: 0.02, decay: 0.1 },
  ],
];

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}

describe("nets and PyTorch", () => {
  it.each(cases)("%s: predictions from a file of PyTorch", (name, parts) => {
    const { steps, features, targets, outputs, classWeights } = golden[name]!;
    const inputs = features.length / (steps * targets.length);
    const net = buildNet({ inputs, outputs: classWeights.length, parts });
    const { tensors } = readSafetensors(file(`torch-${name}.safetensors`));
    const values = fromTensors(net, tensors);
    expect(worst(predictNet(net, values, { features, steps }), outputs)).toBeLessThan(1e-5);
  });

  it.each(cases)("%s: what we write has the names, shapes and values of PyTorch", (name, parts) => {
    const { tensors } = readSafetensors(file(`torch-${name}.safetensors`));
    const { steps, features, targets, classWeights } = golden[name]!;
    const inputs = features.length / (steps * targets.length);
    const net = buildNet({ inputs, outputs: classWeights.length, parts });
    const ours = toTensors(net, fromTensors(net, tensors));
    const back = readSafetensors(writeSafetensors({ tensors: ours, metadata: {} })).tensors;
    expect(Object.keys(back).toSorted()).toEqual(Object.keys(tensors).toSorted());
    for (const [tensor, { shape, values }] of Object.entries(tensors)) {
      expect(back[tensor]!.shape).toEqual(shape);
      // The second bias of an LSTM is added to the first.
      if (!tensor.includes("bias_")) expect(worst(back[tensor]!.values, values)).toBe(0);
    }
    expect(fromTensors(net, back)).toEqual(fromTensors(net, tensors));
  });

  it.each(cases)("%s: six steps of training", async (name, parts, optimiser) => {
    const { steps, features, targets, losses, after, classWeights } = golden[name]!;
    const inputs = features.length / (steps * targets.length);
    const n = targets.length;
    const trainer = await openTrainer({
      engine: openEngine({ megabytes: 64 }),
      spec: { inputs, outputs: classWeights.length, parts },
      steps,
      rows: { features, targets, weights: targets.map((y) => classWeights[y]!) },
      loss: { kind: "cross-entropy" },
      batch: n,
      threads: 1,
    });
    const { tensors } = readSafetensors(file(`torch-${name}.safetensors`));
    trainer.values.set(fromTensors(trainer.net, tensors));
    trainer.refresh();
    const batch = { first: 0, count: n, key: key(1), share: 1 };
    const ours = losses.map(() => trainer.step(batch, optimiser));
    expect(worst(ours, losses)).toBeLessThan(2e-5);
    expect(worst(trainer.evaluate(0, n), after)).toBeLessThan(2e-4);
  });
});

describe("a safetensors file that cannot be read", () => {
  const good = file("torch-mlp.safetensors");
  it.each([
    ["is empty", good.slice(0, 3), "3 bytes"],
    ["is cut short in its header", good.slice(0, 60), "cut short in the header"],
    ["is cut short in its data", good.slice(0, good.length - 8), "cut short in"],
    ["has no header", new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7b]), "no JSON header"],
  ])("%s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(message);
  });
  it("is of another net", () => {
    const net = buildNet({
      inputs: 6,
      outputs: 2,
      parts: [{ kind: "head", hidden: [21, 9], activation: "gelu", norm: true, dropout: 0 }],
    });
    const { tensors } = readSafetensors(good);
    expect(() => fromTensors(net, tensors)).toThrow('"head.0.weight" is 20 x 6, not 21 x 6');
    const { "head.3.bias": _, ...rest } = tensors;
    expect(() => fromTensors(net, rest)).toThrow(/21 x 6|no "head/);
  });
});
