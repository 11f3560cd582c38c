/**
 * The kernels: the few inner loops that decide the speed of training. Each exists twice, as SIMD WebAssembly
 * (`assembly/`) and as the scalar TypeScript of `reference/`, with equal bits. They work on one shared memory and
 * take positions in it as byte addresses, hence the many plain numbers; nothing outside the blocks calls them.
 *
 * Rows are padded with zeros to a multiple of eight floats. A weight matrix [k × n] is packed in panels of 16
 * columns (the last of 8 where n is an odd multiple of eight), see `packedIndex`. Strides are in bytes.
 */
export interface Kernels {
  /** c = a·b, rows of c `cStride` apart. The fifth form stores 0 where the same element of `extra` is ≤ 0. */
  readonly matmulZero: Product;
  /** c = a·b + bias; `extra` holds the bias. */
  readonly matmulBias: Product;
  /** c = max(0, a·b + bias). */
  readonly matmulBiasRelu: Product;
  /** c += a·b. */
  readonly matmulAccumulate: Product;
  /** c = a·b where `extra` (laid out as c) is positive, 0 elsewhere: the backward pass of a rectifier. */
  readonly matmulMask: Product;
  /** c[k × n] (packed) += a[m × k]ᵀ·d[m × n]. */
  matmulTransposed(
    ...args: [
      m: number,
      n: number,
      k: number,
      a: number,
      aStride: number,
      d: number,
      dStride: number,
      c: number,
    ]
  ): void;
  /** to[outputs × kPadded] = the first `outputs` columns of from[k × n], transposed, both packed. */
  transpose(
    ...args: [k: number, n: number, outputs: number, kPadded: number, from: number, to: number]
  ): void;
  /** sums[n] += Σ rows of d. */
  columnSums(rows: number, n: number, d: number, stride: number, sums: number): void;

  expMany(n: number, x: number, y: number): void;
  logMany(n: number, x: number, y: number): void;
  erfMany(n: number, x: number, y: number): void;
  relu(n: number, x: number, y: number): void;
  /** y = outside·tanh(inside·x) + shift. */
  squash(
    ...args: [n: number, x: number, y: number, inside: number, outside: number, shift: number]
  ): void;
  geluMany(n: number, x: number, y: number): void;
  /** d = d·f′(x). */
  reluBackward(n: number, x: number, d: number): void;
  /** d = d·(1 − y²), y = tanh x. */
  tanhBackward(n: number, y: number, d: number): void;
  geluBackward(n: number, x: number, d: number): void;
  /** d += f″·a·b, y = tanh x. */
  tanhCurve(...args: [n: number, y: number, a: number, b: number, d: number]): void;
  geluCurve(...args: [n: number, x: number, a: number, b: number, d: number]): void;
  /** y += x. */
  addMany(n: number, x: number, y: number): void;

  /** z → gates; c, t = tanh c and the output of one step. */
  lstmForward(
    ...args: [rows: number, h: number, z: number, before: number, c: number, t: number, out: number]
  ): void;
  /** Gates in z → dz; dc → the gradient of the cell before. */
  lstmBackward(
    ...args: [rows: number, h: number, z: number, before: number, t: number, dh: number, dc: number]
  ): void;

  attentionForward(
    ...args: [
      steps: number,
      rows: number,
      n: number,
      u: number,
      v: number,
      states: number,
      shares: number,
      context: number,
    ]
  ): void;
  attentionBackward(
    ...args: [
      steps: number,
      rows: number,
      n: number,
      u: number,
      v: number,
      states: number,
      shares: number,
      dContext: number,
      dStates: number,
      dv: number,
      scratch: number,
    ]
  ): void;

  layerNormForward(
    ...args: [
      rows: number,
      n: number,
      padded: number,
      epsilon: number,
      x: number,
      gain: number,
      shift: number,
      hat: number,
      y: number,
      inverse: number,
    ]
  ): void;
  layerNormBackward(
    ...args: [
      rows: number,
      n: number,
      padded: number,
      gain: number,
      hat: number,
      inverse: number,
      d: number,
      dGain: number,
      dShift: number,
    ]
  ): void;

  /** y = x·scale where the element's random word is at least `threshold`, else 0. */
  dropout(
    ...args: [
      rows: number,
      n: number,
      key: number,
      first: number,
      step: number,
      threshold: number,
      scale: number,
      x: number,
      y: number,
    ]
  ): void;
  /** The words of `bits` in core: n (a multiple of 16) from block `from`. `key` is the address of four words. */
  randomBits(n: number, key: number, from: number, out: number): void;
  /** Numbers i … i + n − 1 (multiples of eight) of `normals`, f64. */
  normals(n: number, key: number, i: number, out: number): void;

  /** to = Σ shards of from, in order; returns Σ to². */
  sumShards(n: number, shards: number, from: number, stride: number, to: number): number;
  adam(
    ...args: [
      n: number,
      p: number,
      g: number,
      m: number,
      v: number,
      scale: number,
      l2: number,
      keep: number,
      beta1: number,
      beta2: number,
      rate: number,
      correction: number,
      epsilon: number,
    ]
  ): void;

  /** Adds n rows to the (g, h) histograms of features first … last − 1; 256 bins of two f64 each, 4160 bytes apart. */
  histogram(
    ...args: [
      n: number,
      index: number,
      bins: number,
      features: number,
      first: number,
      last: number,
      pairs: number,
      out: number,
    ]
  ): void;
  /** whole −= part, n f64, a multiple of four. */
  subtract(n: number, part: number, whole: number): void;
  /** Writes the best split of a node among features first … last − 1 to `best`: six f64, the first −1 without one. */
  bestSplit(
    ...args: [
      first: number,
      last: number,
      histogram: number,
      cuts: number,
      allowed: number,
      best: number,
      g: number,
      h: number,
      lambda: number,
      alpha: number,
      least: number,
      noise: number,
      start: number,
      floor: number,
    ]
  ): void;
  /** Row numbers into `left`, where (bin + shift) mod 256 ≤ cut, and `right`, in order; returns how many went left. */
  divideRows(
    ...args: [
      n: number,
      index: number,
      bins: number,
      shift: number,
      cut: number,
      left: number,
      right: number,
    ]
  ): number;
  /** Adds to the scores, f64, of n rows. */
  addToRows(n: number, index: number, value: number, scores: number): void;
  /** Gradient pairs of n rows and `width` classes; classes lie `stride` rows apart. */
  softprob(
    ...args: [
      n: number,
      width: number,
      stride: number,
      scores: number,
      target: number,
      weight: number,
      gradients: number,
      room: number,
    ]
  ): void;
  /** sums[lane] = Σ x[t]·weights[8t + lane], sums[8 + lane] the same of y; n terms, f64. */
  weightedSums(n: number, x: number, y: number, weights: number, sums: number): void;
}

type Product = (
  ...args: [
    m: number,
    n: number,
    k: number,
    a: number,
    aStride: number,
    b: number,
    c: number,
    cStride: number,
    extra: number,
  ]
) => void;

/** `n` rounded up to whole groups of eight lanes. */
export function padded(n: number): number {
  return (n + 7) & ~7;
}

/** Place of element (row, column) of a packed [k × n] matrix, n a multiple of eight, in floats. */
export function packedIndex(k: number, n: number, row: number, column: number): number {
  const panel = column & ~15;
  const width = Math.min(n - panel, 16);
  return panel * k + row * width + (column & 15);
}
