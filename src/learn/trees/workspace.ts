/** Bins of a feature: 256, of which the last is for missing values where there are any. */
export const BINS = 256;
export const MISSING = BINS - 1;

/** What decides the size of everything a boosting run holds. */
export interface Shape {
  readonly rows: number;
  readonly features: number;
  /** Scores a row. */
  readonly width: number;
  readonly depth: number;
  /** Parts into which the features are cut for a search, and the rows of a node for a division. */
  readonly parts: number;
}

/** Rows whose gradients are summed as one block: sums do not depend on the number of threads. */
export const BLOCK = 1024;

/** Numbers of one feature in a histogram, as the kernels lay it out: slope and curvature of each bin, and a cache line. */
export const STRIDE = 2 * BINS + 8;

/** The best split of a node as six numbers: gain, feature, bin, missing left, slope and curvature left. */
export const SPLIT = 6;

/** Places of a node's numbers in `nodes`. */
export const NODE = {
  /** Its rows, `from … to − 1` of the current order. */
  from: 0,
  to: 1,
  /** Sums of slope and curvature over its rows. */
  g: 2,
  h: 3,
  /** Where its histogram lies; at first its parent's where it is the larger child. */
  slot: 4,
  /** Slot of the smaller sibling, which is taken off the parent's; −1 where the rows are counted. */
  sibling: 5,
  /** 0 leave out, 1 histogram alone, 2 histogram and search. */
  wanted: 6,
  /** 1 where it is split; then by which feature, at which bin, and 1 where missing values go left. */
  split: 7,
  feature: 8,
  bin: 9,
  missingLeft: 10,
  /** What a leaf adds to the scores. */
  value: 11,
  /** Where the right rows begin in the next order. */
  border: 12,
} as const;
export const NODE_SIZE = 13;

/** The arrays of a boosting run, all in one memory that the threads share. Layouts are row-major as written. */
export interface Workspace {
  readonly shape: Shape;
  /** `[features][rows]`: float32 values, NaN missing. */
  readonly values: Float32Array;
  /** `[features][BINS]` and how many of them are used. */
  readonly cuts: Float32Array;
  readonly cutCount: Int32Array;
  /** `[features][rows]`: bins by feature, for division. */
  readonly byFeature: Uint8Array;
  /** `[rows][features]`: bins by row, for histograms. */
  readonly byRow: Uint8Array;
  /** 1 for the features that the present tree may use. */
  readonly allowed: Uint8Array;
  readonly target: Float64Array;
  readonly weight: Float64Array;
  /** `weight` of this round, 0 for rows left out by subsampling. */
  readonly roundWeight: Float64Array;
  /** `[width][rows]` */
  readonly scores: Float64Array;
  /** `[width][rows][2]` */
  readonly gradients: Float64Array;
  /** `[blocks][BLOCK][width]`: room for the exponentials of a block's scores. */
  readonly exponentials: Float32Array;
  /** `[width][blocks][2]` */
  readonly blockSums: Float64Array;
  /** `[3][rows]`: 0, 1, 2, … and two buffers between which rows move as nodes split. */
  readonly order: Int32Array;
  /** Rows that go left and right, part by part, before they move to their places. */
  readonly goLeft: Int32Array;
  readonly goRight: Int32Array;
  /** `[nodes of a level][NODE_SIZE]` */
  readonly nodes: Float64Array;
  /** `[parts][nodes of a level]` */
  readonly leftCount: Int32Array;
  /** `[parts][nodes of a level][SPLIT]` */
  readonly best: Float64Array;
  /** `[slots][features][STRIDE]` */
  readonly histograms: Float64Array;
}

/** Nodes of the deepest level that is split. */
export function slotsOf(shape: Shape): number {
  return Math.min(2 ** (shape.depth - 1), shape.rows);
}

/** Bytes of a workspace. */
export function bytesOf(shape: Shape): number {
  return places(shape).bytes;
}

/** The arrays of a workspace at an address of a memory. */
export function workspace(shape: Shape, buffer: ArrayBufferLike, address: number): Workspace {
  const { f64, f32, i32, u8 } = places(shape);
  return {
    shape,
    ...views(f64, (at, length) => new Float64Array(buffer, address + at, length)),
    ...views(f32, (at, length) => new Float32Array(buffer, address + at, length)),
    ...views(i32, (at, length) => new Int32Array(buffer, address + at, length)),
    ...views(u8, (at, length) => new Uint8Array(buffer, address + at, length)),
  };
}

function places(shape: Shape) {
  const { rows, features, width, parts } = shape;
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
    nodes: place(level * NODE_SIZE, 8),
    best: place(parts * level * SPLIT, 8),
    histograms: place(slotsOf(shape) * features * STRIDE, 8),
  };
  const f32 = {
    values: place(rows * features, 4),
    cuts: place(features * BINS, 4),
    exponentials: place(blocks * BLOCK * width, 4),
  };
  const i32 = {
    cutCount: place(features, 4),
    order: place(3 * rows, 4),
    goLeft: place(rows, 4),
    goRight: place(rows, 4),
    leftCount: place(parts * level, 4),
  };
  const u8 = {
    byFeature: place(rows * features, 1),
    byRow: place(rows * features, 1),
    allowed: place(features, 1),
  };
  return { f64, f32, i32, u8, bytes: top };
}

function views<Name extends string, View>(
  places: Record<Name, readonly [at: number, length: number]>,
  view: (at: number, length: number) => View,
): Record<Name, View> {
  const out = {} as Record<Name, View>;
  for (const name in places) out[name] = view(places[name][0], places[name][1]);
  return out;
}
