import { type Key, bits, key, uniforms } from "#core";
import type { Kernels } from "./kernels.ts";
import type { Arena } from "./memory.ts";

/** One call of a kernel, with its inputs in place and the region that holds its results. */
interface Trial {
  readonly kernel: keyof Kernels;
  readonly args: readonly number[];
  readonly from: number;
  readonly bytes: number;
}

/** Lays random numbers out for a kernel; addresses count from a region that both sides share. */
class Layout {
  readonly #arena: Arena;
  readonly #base: number;
  #top: number;
  #key: Key;

  constructor(arena: Arena, base: number, source: Key) {
    this.#arena = arena;
    this.#base = base;
    this.#top = base;
    this.#key = source;
  }

  get region(): { from: number; bytes: number } {
    return { from: this.#base, bytes: this.#top - this.#base };
  }

  space(bytes: number): number {
    const at = this.#top;
    this.#top += (bytes + 63) & ~63;
    this.#key = this.#key.fold("next");
    return at;
  }

  floats(n: number, low = -1, high = 1): number {
    const at = this.space(4 * n);
    const draws = uniforms(this.#key, n);
    this.#arena.f32(at, n).set(draws.map((u) => low + u * (high - low)));
    return at;
  }

  doubles(n: number, low = -0.5, high = 0.5): number {
    const at = this.space(8 * n);
    this.#arena.f64(at, n).set(uniforms(this.#key, n).map((u) => low + u * (high - low)));
    return at;
  }

  words(n: number, bound = 2 ** 32): number {
    const at = this.space(4 * n);
    this.#arena.u32(at, n).set(bits(this.#key, n).map((w) => w % bound));
    return at;
  }

  bytes(n: number): number {
    const at = this.space(n);
    this.#arena.u8(at, n).set(new Uint8Array(bits(this.#key, (n + 3) >> 2).buffer).subarray(0, n));
    return at;
  }

  /** Rows of `n` numbers, padded with zeros. */
  rows(rows: number, n: number, width: number): number {
    const at = this.floats(rows * width, -2, 2);
    const view = this.#arena.f32(at, rows * width);
    for (let i = 0; i < view.length; i++) if (i % width >= n) view[i] = 0;
    return at;
  }
}

type Plan = (layout: Layout) => readonly number[];

const product: Plan = (l) => {
  const [m, n, k] = [61, 24, 19];
  const [a, b] = [l.floats(m * n), l.floats(k * n)];
  return [m, n, k, a, 4 * n, b, l.floats(m * n), 4 * n, l.floats(m * n)];
};
const many: Plan = (l) => [512, l.floats(512, -12, 12), l.floats(512)];
const positive: Plan = (l) => [512, l.floats(512, 1e-3, 40), l.floats(512)];
const state = (l: Layout): number => l.floats(5 * 24, -2, 2);

/** Inputs that reach every branch of a kernel: all tile heights, both panel widths, odd inner sizes. */
const PLANS: readonly [keyof Kernels, Plan][] = [
  ["matmulZero", product],
  ["matmulBias", product],
  ["matmulBiasRelu", product],
  ["matmulAccumulate", product],
  ["matmulMask", product],
  [
    "matmulTransposed",
    (l) => [300, 24, 19, l.floats(300 * 24), 96, l.floats(300 * 24), 96, l.floats(19 * 24)],
  ],
  ["transpose", (l) => [19, 40, 35, 24, l.floats(19 * 40), l.floats(35 * 24)]],
  ["columnSums", (l) => [37, 72, l.floats(37 * 72), 288, l.floats(72)]],
  ["expMany", many],
  ["logMany", positive],
  ["erfMany", many],
  ["relu", many],
  ["squash", (l) => [512, l.floats(512, -12, 12), l.floats(512), 0.5, 1.5, 0.25]],
  ["geluMany", many],
  ["reluBackward", many],
  ["tanhBackward", (l) => [512, l.floats(512), l.floats(512)]],
  ["geluBackward", many],
  ["tanhCurve", (l) => [64, l.floats(64), l.floats(64), l.floats(64), l.floats(64)]],
  ["geluCurve", (l) => [64, l.floats(64, -4, 4), l.floats(64), l.floats(64), l.floats(64)]],
  ["addMany", many],
  ["lstmForward", (l) => [5, 24, l.floats(5 * 96, -4, 4), state(l), state(l), state(l), state(l)]],
  ["lstmBackward", (l) => [5, 24, l.floats(5 * 96), state(l), state(l), state(l), state(l)]],
  [
    "attentionForward",
    (l) => [7, 5, 24, l.floats(840), l.floats(24), l.floats(840), l.floats(35), l.floats(120)],
  ],
  [
    "attentionBackward",
    (l) => [
      7,
      5,
      24,
      l.floats(840),
      l.floats(24),
      l.floats(840),
      l.floats(35, 0, 0.3),
      l.floats(120),
      l.floats(840),
      l.floats(24),
      l.floats(7),
    ],
  ],
  [
    "layerNormForward",
    (l) => [
      5,
      21,
      24,
      1e-5,
      l.rows(5, 21, 24),
      l.rows(1, 21, 24),
      l.rows(1, 21, 24),
      l.floats(120),
      l.floats(120),
      l.floats(5),
    ],
  ],
  [
    "layerNormBackward",
    (l) => [
      5,
      21,
      24,
      l.rows(1, 21, 24),
      l.floats(120),
      l.floats(5, 0.5, 2),
      l.rows(5, 21, 24),
      l.floats(24),
      l.floats(24),
    ],
  ],
  ["dropout", (l) => [5, 24, l.words(4), 11, 3, 858993459, 1.25, l.floats(120), l.floats(120)]],
  ["randomBits", (l) => [64, l.words(4), 9, l.words(64)]],
  ["normals", (l) => [512, l.words(4), 8, l.doubles(512)]],
  ["sumShards", (l) => [64, 5, l.floats(320), 256, l.floats(64)]],
  [
    "adam",
    (l) => [
      64,
      l.floats(64),
      l.floats(64),
      l.floats(64),
      l.floats(64, 0, 1),
      0.7,
      0.01,
      0.999,
      0.9,
      0.999,
      0.01,
      1.1,
      1e-8,
    ],
  ],
  [
    "histogram",
    (l) => [90, l.words(90, 50), l.bytes(50 * 11), 11, 1, 11, l.doubles(100), l.doubles(5200)],
  ],
  ["subtract", (l) => [64, l.doubles(64), l.doubles(64)]],
  [
    "bestSplit",
    (l) => {
      const [at, cuts] = [l.doubles(5 * 520, 0.01, 1), l.words(6, 60)];
      return [1, 6, at, cuts, l.bytes(6), l.doubles(6), 25, 27, 0.5, 0.1, 0.3, 0.02, 4, 5];
    },
  ],
  ["divideRows", (l) => [70, l.words(70, 90), l.bytes(90), 3, 120, l.words(70), l.words(70)]],
  ["addToRows", (l) => [70, l.words(70, 90), 0.75, l.doubles(90)]],
  [
    "softprob",
    (l) => {
      const [scores, weight] = [l.doubles(3 * 30), l.doubles(30)];
      const target = l.doubles(30, 1, 1);
      return [27, 3, 30, scores, target, weight, l.doubles(6 * 30), l.floats(88)];
    },
  ],
  ["weightedSums", (l) => [37, l.doubles(37), l.doubles(37), l.doubles(8 * 37), l.doubles(16)]],
];

/** Every kernel once, inputs drawn from a fixed key. Each is laid out in the same region, `bytes` long. */
function* trials(arena: Arena, base: number): Generator<Trial> {
  for (const [kernel, plan] of PLANS) {
    const layout = new Layout(arena, base, key(1).fold("self-check", kernel));
    const args = plan(layout);
    yield { kernel, args, ...layout.region };
  }
}

/**
 * Names of the kernels whose bytes differ between two sets over one memory, on inputs that reach every branch.
 * Empty where they agree. `only` asks for one kernel.
 */
export function differences(arena: Arena, a: Kernels, b: Kernels, only?: keyof Kernels): string[] {
  const base = arena.reserve(1 << 18);
  const found: string[] = [];
  for (const { kernel, args, from, bytes } of trials(arena, base)) {
    if (only !== undefined && kernel !== only) continue;
    if (bytes > 1 << 18) throw new RangeError(`the trial of ${kernel} takes ${bytes} bytes`);
    const region = arena.u8(from, bytes);
    const before = region.slice();
    const call = (kernels: Kernels): { bytes: Uint8Array; value: unknown } => {
      region.set(before);
      const value = (kernels[kernel] as (...args: readonly number[]) => unknown)(...args);
      return { bytes: region.slice(), value };
    };
    const [x, y] = [call(a), call(b)];
    if (x.value !== y.value || x.bytes.some((byte, i) => byte !== y.bytes[i])) found.push(kernel);
  }
  arena.release(base);
  return found;
}
