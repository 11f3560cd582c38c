import { BINS } from "./bins.ts";

/** What decides the size of everything a boosting run holds. */
export interface Shape {
  readonly rows: number;
  readonly features: number;
  /** Scores a row. */
  readonly width: number;
  readonly depth: number;
  readonly threads: number;
}

/** Rows whose gradients are summed as one block: sums do not depend on the number of threads. */
export const BLOCK = 1024;

/** Numbers that describe the best split of a node: gain, feature, bin, missing left, slope and curvature left. */
export const SPLIT = 6;

/** The arrays of a boosting run, all in one buffer that the threads share. Layouts are row-major as written. */
export interface Workspace {
  readonly shape: Shape;
  readonly buffer: ArrayBufferLike;
  /** `[features][rows]`: float32 values, NaN missing. */
  readonly values: Float32Array;
  /** `[features][BINS]` and how many of them are used. */
  readonly cuts: Float32Array;
  readonly cutCount: Int32Array;
  /** `[features][rows]`: bins by feature, for partition. */
  readonly byFeature: Uint8Array;
  /** `[rows][features]`: bins by row, for histograms. */
  readonly byRow: Uint8Array;
  readonly target: Float64Array;
  readonly weight: Float64Array;
  /** `weight` of this round, 0 for rows left out by subsampling. */
  readonly roundWeight: Float64Array;
  /** `[rows][width]` */
  readonly scores: Float64Array;
  /** `[width][rows][2]` */
  readonly gradients: Float64Array;
  /** `[width][blocks][2]` */
  readonly blockSums: Float64Array;
  /** `[3][rows]`: 0, 1, 2, … and two buffers between which rows move as nodes split. */
  readonly order: Int32Array;
  /** Rows of a thread's share that go left and right, before they move to their places. */
  readonly goLeft: Int32Array;
  readonly goRight: Int32Array;
  /** `[threads][nodes of a level]` */
  readonly leftCount: Int32Array;
  /** `[threads][nodes of a level][SPLIT]` */
  readonly best: Float64Array;
  /** For each thread `[slots][its features][BINS][2]`. */
  readonly histograms: Float64Array;
  /** Barrier: arrived, generation, failed; stop of the boosting. */
  readonly control: Int32Array;
}

/** Nodes of the deepest level that is split. */
export function slotsOf(shape: Shape): number {
  return Math.min(2 ** Math.max(0, shape.depth - 1), shape.rows);
}

/** Features `first … end − 1` belong to a thread. */
export function featuresOf(shape: Shape, thread: number): { first: number; end: number } {
  const { features, threads } = shape;
  return {
    first: Math.floor((features * thread) / threads),
    end: Math.floor((features * (thread + 1)) / threads),
  };
}

/** Lays the arrays out in a buffer; without one, in a new buffer of the right size, shared where threads need it. */
export function workspace(shape: Shape, given?: ArrayBufferLike): Workspace {
  const { rows, features, width, threads } = shape;
  const blocks = Math.ceil(rows / BLOCK);
  const level = 2 ** shape.depth;
  let top = 0;
  const place = (length: number, size: number) => {
    const at = top;
    top = (top + length * size + 63) & ~63;
    return [at, length] as const;
  };
  const f64 = {
    target: place(rows, 8),
    weight: place(rows, 8),
    roundWeight: place(rows, 8),
    scores: place(rows * width, 8),
    gradients: place(2 * rows * width, 8),
    blockSums: place(2 * blocks * width, 8),
    best: place(threads * level * SPLIT, 8),
    histograms: place(slotsOf(shape) * features * BINS * 2, 8),
  };
  const f32 = { values: place(rows * features, 4), cuts: place(features * BINS, 4) };
  const i32 = {
    cutCount: place(features, 4),
    order: place(3 * rows, 4),
    goLeft: place(rows, 4),
    goRight: place(rows, 4),
    leftCount: place(threads * level, 4),
    control: place(16, 4),
  };
  const u8 = { byFeature: place(rows * features, 1), byRow: place(rows * features, 1) };
  const buffer = given ?? (threads > 1 ? new SharedArrayBuffer(top) : new ArrayBuffer(top));
  return {
    shape,
    buffer,
    ...views(f64, (at, length) => new Float64Array(buffer, at, length)),
    ...views(f32, (at, length) => new Float32Array(buffer, at, length)),
    ...views(i32, (at, length) => new Int32Array(buffer, at, length)),
    ...views(u8, (at, length) => new Uint8Array(buffer, at, length)),
  };
}

function views<Name extends string, View>(
  places: Record<Name, readonly [at: number, length: number]>,
  view: (at: number, length: number) => View,
): Record<Name, View> {
  const out = {} as Record<Name, View>;
  for (const name in places) out[name] = view(places[name]![0], places[name]![1]);
  return out;
}
