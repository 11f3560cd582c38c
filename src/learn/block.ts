import { type Arena, type Kernels, packedIndex, padded } from "#num";
import type { Scratch } from "./block-scratch.ts";

/** A batch on its way through a net: [steps][rows][width], f32, each row padded with zeros to eight floats. */
export interface Signal {
  readonly at: number;
  readonly steps: number;
  readonly rows: number;
  readonly width: number;
}

/** What a block works with during one pass of one shard. Addresses are in bytes. */
export interface Pass {
  readonly kernels: Kernels;
  readonly arena: Arena;
  readonly scratch: Scratch;
  /** The parameters, and their transposes for the way back. */
  readonly values: number;
  readonly transposed: number;
  /** Where this shard's gradient is added up. */
  readonly gradient: number;
  /**
   * A direction in the space of the parameters, laid out alike; for directional derivatives. With `last` only the last
   * layer of a stack moves: the rest of the direction is nil and is not read.
   */
  readonly direction?: {
    readonly values: number;
    readonly transposed: number;
    readonly last?: boolean;
  };
  /** Absent when predicting. `key` is the address of four words, `first` the place in the batch of the first row. */
  readonly dropout?: { readonly key: number; readonly first: number };
}

/** A result and the way back: from ∂loss/∂y to ∂loss/∂x, adding to the gradient of the parameters. */
export interface Taped {
  readonly y: Signal;
  /** Takes the address of ∂/∂y, which it may overwrite; returns the address of ∂/∂x. */
  backward(dy: number): number;
}

/**
 * A result y and its directional derivative ẏ, and the way back through both: from the gradients of a loss that depends
 * on y and on ẏ to those by x, ẋ and (added to the pass's gradient) the parameters. With ẋ and the pass's direction
 * chosen by the caller, the gradient of a gradient: ∂/∂θ of ∂L/∂w is the way back from ẏ in the direction of w.
 */
export interface TapedTangent {
  readonly y: Signal;
  readonly dot: number;
  backward(dy: number, dDot: number): { readonly dx: number; readonly dDot: number };
}

/** A layer with a hand-derived way back, checked against finite differences by one test for all. */
export interface Block {
  readonly parameters: readonly Parameter[];
  readonly outputs: number;
  /** Floats a row of the batch needs for a pass of `steps` steps, both ways (tangents included). */
  workspace(steps: number): number;
  forward(pass: Pass, x: Signal): Taped;
  /** `xDot` is the address of ẋ. */
  forwardTangent(pass: Pass, x: Signal, xDot: number): TapedTangent;
}

/** A weight of a net, with the name and shape PyTorch gives it. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Place of the i-th number (row-major in `shape`) among the floats of the net. */
  place(i: number): number;
  /** Drawn uniformly from ±bound; or all equal to `constant`. */
  readonly start: { readonly bound: number } | { readonly constant: number };
  /** A name under which PyTorch keeps a second vector that is added to this one (its LSTM has two biases). */
  readonly twin?: string;
}

/** A weight matrix as the products read it: `at` floats into the parameters, `back` into their transposes. */
export interface Matrix {
  readonly at: number;
  readonly back: number;
  readonly inputs: number;
  /** Columns, padded, and those of them that may differ from zero: the first. */
  readonly columns: number;
  readonly outputs: number;
}

/** Hands out places for the parameters of a net. */
export class Shelf {
  /** Floats of all parameters, and of all transposes. */
  size = 0;
  backSize = 0;
  readonly matrices: Matrix[] = [];
  #layers = 0;

  /** A number for a layer that draws random bits, so that no two layers draw the same. */
  layer(): number {
    return this.#layers++;
  }

  /** [inputs × outputs], its columns padded to eight. */
  matrix(inputs: number, outputs: number): Matrix {
    const columns = padded(outputs);
    const matrix = { at: this.size, back: this.backSize, inputs, columns, outputs };
    this.size += inputs * columns;
    this.backSize += outputs * padded(inputs);
    this.matrices.push(matrix);
    return matrix;
  }

  /** A vector of `n` floats, a multiple of eight. */
  vector(n: number): number {
    const at = this.size;
    this.size += n;
    return at;
  }
}

/** The parameter of a linear map: PyTorch's [outputs][inputs]; output o lies in column `column(o)`. */
export function linearWeight(
  name: string,
  matrix: Matrix,
  outputs: number,
  column: (output: number) => number = (output) => output,
): Parameter {
  const { inputs, columns, at } = matrix;
  return {
    name,
    shape: [outputs, inputs],
    place: (i) => at + packedIndex(inputs, columns, i % inputs, column(Math.floor(i / inputs))),
    start: { bound: 1 / Math.sqrt(inputs) },
  };
}

/** The parameter of a vector that lies as it is. */
export function plainVector(
  name: string,
  at: number,
  n: number,
  start: Parameter["start"],
): Parameter {
  return { name, shape: [n], place: (i) => at + i, start };
}

/** c = x·W + bias and its kin, on packed rows; `extra` as the kernel takes it. */
export function product(
  pass: Pass,
  kernel: "matmulZero" | "matmulBias" | "matmulBiasRelu" | "matmulAccumulate",
  x: { readonly at: number; readonly rows: number; readonly stride: number },
  weights: { readonly matrix: Matrix; readonly base: number },
  out: { readonly at: number; readonly extra?: number },
): void {
  const { matrix, base } = weights;
  const { inputs, columns, at } = matrix;
  const b = base + 4 * at;
  pass.kernels[kernel](
    x.rows,
    columns,
    inputs,
    x.at,
    x.stride,
    b,
    out.at,
    4 * columns,
    out.extra ?? 0,
  );
}

/** dx = dz·Wᵀ, rows of dx padded. */
export function productBack(
  pass: Pass,
  kernel: "matmulZero" | "matmulAccumulate" | "matmulMask",
  dz: { readonly at: number; readonly rows: number },
  weights: { readonly matrix: Matrix; readonly base: number },
  out: { readonly at: number; readonly extra?: number },
): void {
  const { matrix, base } = weights;
  const { inputs, columns, outputs, back } = matrix;
  const width = padded(inputs);
  const b = base + 4 * back;
  pass.kernels[kernel](
    dz.rows,
    width,
    outputs,
    dz.at,
    4 * columns,
    b,
    out.at,
    4 * width,
    out.extra ?? 0,
  );
}

/** ∂W += xᵀ·dz. */
export function productGradient(
  pass: Pass,
  x: { readonly at: number; readonly rows: number; readonly stride: number },
  dz: number,
  matrix: Matrix,
): void {
  const { inputs, columns, at } = matrix;
  const c = pass.gradient + 4 * at;
  pass.kernels.matmulTransposed(x.rows, columns, inputs, x.at, x.stride, dz, 4 * columns, c);
}
