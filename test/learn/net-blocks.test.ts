import { describe, expect, it } from "vitest";
import { type Key, bits, key } from "#core";
import { createEngine, padded } from "#num";
import { compileKernels } from "../../src/num/kernels/compile.ts";
import {
  type Block,
  type Parameter,
  type Pass,
  Shelf,
  type Signal,
} from "../../src/learn/block.ts";
import { scratchOver } from "../../src/learn/block-scratch.ts";
import { attentionPool } from "../../src/learn/blocks/attention-pool.ts";
import { lastStep } from "../../src/learn/blocks/last-step.ts";
import { lstm } from "../../src/learn/blocks/lstm.ts";
import { mlp } from "../../src/learn/blocks/mlp.ts";
import { type RecurrentPolicy, recurrentPolicy } from "../../src/learn/blocks/recurrent-policy.ts";

const { module } = compileKernels();

function numbers(source: Key, n: number): Float64Array {
  return Float64Array.from(bits(source, n), (word) => word / 2 ** 31 - 1);
}

/** What the checks need of a block or of a policy: values, derivatives and the way back, on plain arrays. */
interface Subject {
  readonly parameters: readonly Parameter[];
  readonly inputs: number;
  readonly outputs: number;
  /** Whether ∂/∂x is offered. */
  readonly givesDx: boolean;
  run(pass: Pass, x: number, xDot: number): Ran;
  workspace(steps: number): number;
}

interface Ran {
  readonly y: number;
  readonly dot: number;
  backward(dy: number): number;
  backwardBoth(dy: number, dDot: number): { dx: number; dDot: number };
}

const STEPS = 5;
const ROWS = 6;

function ofBlock(block: Block, inputs: number): Subject {
  return {
    parameters: block.parameters,
    inputs: STEPS * ROWS * padded(inputs),
    outputs: block.outputs,
    givesDx: true,
    workspace: (steps) => block.workspace(steps),
    run(pass, x, xDot) {
      const signal: Signal = { at: x, steps: STEPS, rows: ROWS, width: inputs };
      const tangent = block.forwardTangent(pass, signal, xDot);
      const plain = block.forward(pass, signal);
      return {
        y: plain.y.at,
        dot: tangent.dot,
        backward: (dy) => plain.backward(dy),
        backwardBoth: (dy, dDot) => tangent.backward(dy, dDot),
      };
    },
  };
}

/** A policy as a function of its parameters, its features held fixed, in the direction w˙ = 0.7. */
function ofPolicy(policy: RecurrentPolicy): Subject {
  return {
    parameters: policy.parameters,
    inputs: STEPS * ROWS * policy.stride,
    outputs: 1,
    givesDx: false,
    workspace: (steps) => policy.workspace(steps),
    run(pass, x) {
      const paths = { x, steps: STEPS, rows: ROWS };
      const tangent = policy.forwardTangent(pass, paths, 0.7);
      const plain = policy.forward(pass, paths);
      return {
        y: plain.actions,
        dot: tangent.dots,
        backward: (dy) => (plain.backward(dy), 0),
        backwardBoth: (dy, dDot) => (tangent.backward(dy, dDot), { dx: 0, dDot: 0 }),
      };
    },
  };
}

/** A subject in memory, with random parameters, inputs, directions and loss weights. */
function laboratory(make: (shelf: Shelf) => Subject, options: { dropout?: boolean } = {}) {
  const { arena, kernels } = createEngine(module, 64);
  const shelf = new Shelf();
  const subject = make(shelf);
  const source = key(11);
  const floats = (n: number) => arena.reserve(4 * n);
  const values = floats(shelf.size);
  const along = floats(shelf.size);
  const transposed = floats(shelf.backSize);
  const alongBack = floats(shelf.backSize);
  const gradient = floats(shelf.size);
  const keyAt = arena.reserve(16);
  arena.u32(keyAt, 4).set(source.words);
  const room = 4 * (ROWS * (subject.workspace(STEPS) + 64) * 4 + 65536);
  const scratch = scratchOver(arena.reserve(room), room);
  const x = floats(subject.inputs);
  const xDot = floats(subject.inputs);
  const set = (at: number, n: number, draws: Float64Array) => arena.f32(at, n).set(draws);
  for (const parameter of subject.parameters) {
    const n = parameter.shape.reduce((a, b) => a * b, 1);
    const draws = numbers(source.fold(parameter.name), 2 * n);
    for (let i = 0; i < n; i++) {
      arena.f32(values, shelf.size)[parameter.place(i)] = 0.8 * draws[i]!;
      arena.f32(along, shelf.size)[parameter.place(i)] = draws[n + i]!;
    }
  }
  const turn = (from: number, to: number): void => {
    for (const m of shelf.matrices) {
      kernels.transpose(
        m.inputs,
        m.columns,
        m.outputs,
        padded(m.inputs),
        from + 4 * m.at,
        to + 4 * m.back,
      );
    }
  };
  set(x, subject.inputs, numbers(source.fold("x"), subject.inputs));
  set(xDot, subject.inputs, numbers(source.fold("xDot"), subject.inputs));
  const pass: Pass = {
    kernels,
    arena,
    scratch,
    values,
    transposed,
    gradient,
    direction: { values: along, transposed: alongBack },
    ...(options.dropout && { dropout: { key: keyAt, first: 3 } }),
  };
  const run = (): Ran => {
    scratch.reset();
    turn(values, transposed);
    turn(along, alongBack);
    arena.f32(gradient, shelf.size).fill(0);
    return subject.run(pass, x, xDot);
  };
  return { arena, shelf, subject, pass, run, source, x, xDot, values, along, gradient, floats };
}

type Lab = ReturnType<typeof laboratory>;

/** Clears the pads of a subject's inputs, which nothing may read. */
function clearPads(lab: Lab, inputs: number): void {
  for (const at of [lab.x, lab.xDot]) {
    const view = lab.arena.f32(at, lab.subject.inputs);
    for (let i = 0; i < view.length; i++) if (i % padded(inputs) >= inputs) view[i] = 0;
  }
}

/** Small weights and biases of rectifiers far from zero, half of them open, so that no difference steps over a corner. */
function keepOffCorners(lab: Lab): void {
  const values = lab.arena.f32(lab.values, lab.shelf.size);
  values.set(values.map((value) => value / 8));
  for (const { name, shape, place } of lab.subject.parameters) {
    if (!name.endsWith("bias")) continue;
    for (let i = 0; i < shape[0]!; i++) values[place(i)] = i % 2 === 0 ? 4 : -4;
  }
}

/** Loss weights for an output of [rows][padded outputs], zero in the pads. */
function weightsOf(lab: Lab, count: number, width: number, name: string): Float64Array {
  const w = numbers(lab.source.fold(name), count);
  for (let i = 0; i < count; i++) if (i % width >= lab.subject.outputs) w[i] = 0;
  return w;
}

/** Step of a difference; a longer one for a rectifier, which is straight between its corners. */
const STEP = { smooth: 1 / 512, straight: 1 / 128 };

/** ∂loss along a direction of some numbers: two central differences, extrapolated to fourth order. */
function difference(
  loss: () => number,
  step: number,
  moves: readonly (readonly [Float32Array, readonly [number, number][]])[],
): number {
  const starts = moves.map(([view]) => view.slice());
  const at = (size: number): number => {
    for (const [view, move] of moves) for (const [place, d] of move) view[place]! += size * d;
    const value = loss();
    for (const [i, [view]] of moves.entries()) view.set(starts[i]!);
    return value;
  };
  const central = (h: number): number => (at(h) - at(-h)) / (2 * h);
  return (4 * central(step) - central(2 * step)) / 3;
}

/** Every number of a view, moved along another. */
function wholly(along: Float32Array): [number, number][] {
  return Array.from(along, (d, i) => [i, d]);
}

function dotWith(view: Float32Array, move: readonly [number, number][]): number {
  return move.reduce((sum, [at, d]) => sum + view[at]! * d, 0);
}

function near(found: number, wanted: number, name: string): void {
  expect(Math.abs(found - wanted) / (1 + Math.abs(wanted)), name).toBeLessThan(2e-3);
}

function check(
  lab: Lab,
  { width, count, step }: { width: number; count: number; step: number },
): void {
  const { arena, shelf, subject, run } = lab;
  const w = weightsOf(lab, count, width, "loss");
  const wDot = weightsOf(lab, count, width, "lossDot");
  const weighted = (at: number, weights: Float64Array): number => {
    const y = arena.f32(at, count);
    return weights.reduce((sum, weight, i) => (weight === 0 ? sum : sum + weight * y[i]!), 0);
  };
  const first = (): number => weighted(run().y, w);
  const second = (): number => {
    const { y, dot } = run();
    return weighted(y, w) + weighted(dot, wDot);
  };
  const values = arena.f32(lab.values, shelf.size);
  const place = (weights: Float64Array): number => {
    const at = lab.pass.scratch.take(count);
    arena.f32(at, count).set(weights);
    return at;
  };
  const moves = subject.parameters.map((parameter) => {
    const n = parameter.shape.reduce((a, b) => a * b, 1);
    const draws = numbers(lab.source.fold("move", parameter.name), n);
    return {
      name: parameter.name,
      move: Array.from(draws, (d, i): [number, number] => [parameter.place(i), d]),
    };
  });
  // The derivative forward: along the parameters' direction and the inputs'.
  const ran = run();
  const tangent = weighted(ran.dot, w);
  const along: (readonly [Float32Array, [number, number][]])[] = [
    [values, wholly(arena.f32(lab.along, shelf.size))],
    [arena.f32(lab.x, subject.inputs), wholly(arena.f32(lab.xDot, subject.inputs))],
  ];
  if (subject.givesDx) near(tangent, difference(first, step, along), "directional derivative");

  // The way back from y alone.
  const one = run();
  const dx = one.backward(place(w));
  const gradient = arena.f32(lab.gradient, shelf.size).slice();
  const byX = subject.givesDx ? arena.f32(dx, subject.inputs).slice() : undefined;
  for (const { name, move } of moves)
    near(dotWith(gradient, move), difference(first, step, [[values, move]]), name);
  // The way back from y and its derivative.
  const two = run();
  const back = two.backwardBoth(place(w), place(wDot));
  const both = arena.f32(lab.gradient, shelf.size).slice();
  const views = subject.givesDx
    ? ([
        ["x", lab.x, arena.f32(back.dx, subject.inputs).slice(), second],
        ["xDot", lab.xDot, arena.f32(back.dDot, subject.inputs).slice(), second],
        ["x", lab.x, byX!, first],
      ] as const)
    : [];
  for (const { name, move } of moves)
    near(dotWith(both, move), difference(second, step, [[values, move]]), `second ${name}`);
  for (const [name, at, found, loss] of views) {
    const view = arena.f32(at, subject.inputs);
    const draws = numbers(lab.source.fold("move", name), subject.inputs);
    const move = Array.from(draws, (d, i): [number, number] => [i, found[i] === 0 ? 0 : d]);
    near(dotWith(found, move), difference(loss, step, [[view, move]]), name);
  }
}

const blocks: [string, number, (shelf: Shelf) => Block, boolean?][] = [
  [
    "mlp tanh",
    5,
    (s) => mlp(s, "m", { inputs: 5, hidden: [11, 24], outputs: 3, activation: "tanh" }),
  ],
  ["mlp gelu", 5, (s) => mlp(s, "m", { inputs: 5, hidden: [20], outputs: 2, activation: "gelu" })],
  [
    "mlp relu",
    5,
    (s) => mlp(s, "m", { inputs: 5, hidden: [11, 24], outputs: 3, activation: "relu" }),
  ],
  [
    "mlp gelu, layer norm",
    5,
    (s) => mlp(s, "m", { inputs: 5, hidden: [11, 8], outputs: 3, activation: "gelu", norm: true }),
  ],
  [
    "mlp tanh, layer norm, dropout",
    5,
    (s) =>
      mlp(s, "m", {
        inputs: 5,
        hidden: [11, 24],
        outputs: 3,
        activation: "tanh",
        norm: true,
        dropout: 0.3,
      }),
    true,
  ],
  [
    "mlp relu, dropout",
    9,
    (s) =>
      mlp(s, "m", { inputs: 9, hidden: [16, 20], outputs: 3, activation: "relu", dropout: 0.4 }),
    true,
  ],
  ["lstm", 3, (s) => lstm(s, "l", { inputs: 3, hidden: 10, layers: 2 })],
  [
    "lstm, dropout",
    9,
    (s) => lstm(s, "l", { inputs: 9, hidden: 8, layers: 2, dropout: 0.3 }),
    true,
  ],
  ["attention", 10, (s) => attentionPool(s, "a", 10)],
  ["last step", 10, () => lastStep(10)],
];

describe("gradients and directional derivatives agree with finite differences", () => {
  it.each(blocks)("%s", (name, inputs, make, dropout = false) => {
    const lab = laboratory((shelf) => ofBlock(make(shelf), inputs), { dropout });
    clearPads(lab, inputs);
    const step = name.includes("relu") ? STEP.straight : STEP.smooth;
    if (step === STEP.straight) keepOffCorners(lab);
    const pooled = name === "attention" || name === "last step";
    const width = padded(lab.subject.outputs);
    check(lab, { width, count: (pooled ? 1 : STEPS) * ROWS * width, step });
  });

  it.each([
    ["plain tanh", { activation: "tanh" }],
    ["plain relu", { activation: "relu" }],
    ["bounded gelu, layer norm", { activation: "gelu", bound: 0.5, norm: true }],
  ] as const)("recurrent policy, %s", (name, spec) => {
    const lab = laboratory((shelf) =>
      ofPolicy(recurrentPolicy(shelf, "p", { features: 4, hidden: [9, 16], ...spec })),
    );
    clearPads(lab, 5);
    // The direction of the parameters would need a difference of its own; w alone moves.
    lab.arena.f32(lab.along, lab.shelf.size).fill(0);
    const step = name.includes("relu") ? STEP.straight : STEP.smooth;
    if (step === STEP.straight) keepOffCorners(lab);
    check(lab, { width: 1, count: STEPS * ROWS, step });
  });
});
