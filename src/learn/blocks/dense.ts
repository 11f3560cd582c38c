import { padded } from "#num";
import {
  type Matrix,
  type Parameter,
  type Pass,
  type Shelf,
  linearWeight,
  plainVector,
  product,
  productBack,
} from "../block.ts";
import { normBackwardTangent, normTangent } from "./norm-tangent.ts";

export type Activation = "relu" | "gelu" | "tanh";

/** A stack of linear maps, each but the last followed by layer norm (or not), an activation and dropout. */
export interface DenseSpec {
  readonly inputs: number;
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly activation: Activation;
  readonly norm?: boolean;
  /** Share dropped after each hidden layer. */
  readonly dropout?: number | readonly number[];
  /** Start the last layer at zero, so that the untrained stack answers zero. */
  readonly zeroOutput?: boolean;
}

interface Layer {
  readonly matrix: Matrix;
  readonly bias: number;
  readonly width: number;
  readonly norm: { readonly gain: number; readonly shift: number } | undefined;
  /** Undefined for the last layer. */
  readonly activation: Activation | undefined;
  /** Whether the rectifier is part of the product: straight after it. */
  readonly fused: boolean;
  readonly dropout: number;
  /** Number that keeps this layer's random bits apart. */
  readonly stream: number;
}

/** Addresses of a layer's results for all steps: before and after norm, after the activation, after dropout. */
interface Kept {
  /** Linear output. */
  readonly linear: number;
  readonly hat: number;
  readonly inverse: number;
  /** Input of the activation. */
  readonly z: number;
  readonly active: number;
  readonly y: number;
}

const EPSILON = 1e-5;

/** The layers of a stack, and their work on a slice of rows: `t` counts slices of `rows` rows. */
export class Dense {
  readonly parameters: readonly Parameter[];
  readonly layers: readonly Layer[];
  readonly outputs: number;

  constructor(shelf: Shelf, name: string, spec: DenseSpec) {
    const parameters: Parameter[] = [];
    const layers: Layer[] = [];
    // Numbers of the modules in PyTorch's Sequential, where each activation, norm and dropout counts.
    let module = 0;
    let inputs = spec.inputs;
    const widths = [...spec.hidden, spec.outputs];
    for (const [i, outputs] of widths.entries()) {
      const last = i === spec.hidden.length;
      const width = padded(outputs);
      const matrix = shelf.matrix(inputs, outputs);
      const bias = shelf.vector(width);
      const start = { bound: 1 / Math.sqrt(inputs) };
      const zero = last && spec.zeroOutput ? { start: { constant: 0 } } : {};
      parameters.push(
        { ...linearWeight(`${name}.${module}.weight`, matrix, outputs), ...zero },
        { ...plainVector(`${name}.${module}.bias`, bias, outputs, start), ...zero },
      );
      module += 1;
      let norm: Layer["norm"];
      if (!last && spec.norm) {
        norm = { gain: shelf.vector(width), shift: shelf.vector(width) };
        parameters.push(
          plainVector(`${name}.${module}.weight`, norm.gain, outputs, { constant: 1 }),
          plainVector(`${name}.${module}.bias`, norm.shift, outputs, { constant: 0 }),
        );
        module += 1;
      }
      const given = spec.dropout ?? 0;
      const dropout = last ? 0 : typeof given === "number" ? given : (given[i] ?? 0);
      module += dropout > 0 ? 2 : 1;
      const activation = last ? undefined : spec.activation;
      layers.push({
        matrix,
        bias,
        width: outputs,
        norm,
        activation,
        fused: activation === "relu" && !norm,
        dropout,
        stream: shelf.layer(),
      });
      inputs = outputs;
    }
    this.parameters = parameters;
    this.layers = layers;
    this.outputs = spec.outputs;
  }

  /** Floats a row needs for `slices` slices kept and `ring` slices on the way back, tangents included. */
  workspace(slices: number, ring: number): number {
    const widths = this.layers.reduce((sum, { matrix }) => sum + matrix.columns + 16, 0);
    const inputs = padded(this.layers[0]!.matrix.inputs);
    return 2 * (5 * slices * widths + 3 * ring * (widths + inputs));
  }

  /** Room for the results of `rows` rows in all slices. */
  keep(pass: Pass, rows: number): Kept[] {
    return this.layers.map((layer) => {
      const n = rows * layer.matrix.columns;
      const linear = pass.scratch.take(n);
      const hat = layer.norm ? pass.scratch.take(n) : 0;
      const inverse = layer.norm ? pass.scratch.take(rows) : 0;
      const z = layer.norm ? pass.scratch.take(n) : linear;
      const active = layer.activation && !layer.fused ? pass.scratch.take(n) : z;
      const y = drops(pass, layer) ? pass.scratch.take(n) : active;
      return { linear, hat, inverse, z, active, y };
    });
  }

  /** One slice forward; returns the address of its output. Called once a step by policies: numbers alone, no objects. */
  forward(pass: Pass, kept: readonly Kept[], slice: Slice): number {
    const { kernels, values } = pass;
    const { rows, t } = slice;
    let { x, stride } = slice;
    for (let i = 0; i < this.layers.length; i++) {
      const layer = this.layers[i]!;
      const own = kept[i]!;
      const { inputs, columns, at } = layer.matrix;
      const n = rows * columns;
      const shift = 4 * t * n;
      const [weights, bias, linear] = [
        values + 4 * at,
        values + 4 * layer.bias,
        own.linear + shift,
      ];
      if (layer.fused) {
        kernels.matmulBiasRelu(
          rows,
          columns,
          inputs,
          x,
          stride,
          weights,
          linear,
          4 * columns,
          bias,
        );
      } else {
        kernels.matmulBias(rows, columns, inputs, x, stride, weights, linear, 4 * columns, bias);
        if (layer.norm) this.#normalise(pass, layer, slice, own);
        if (layer.activation)
          activate(pass, layer.activation, n, own.z + shift, own.active + shift);
      }
      if (layer.dropout > 0) drop(pass, layer, slice, own.active + shift, own.y + shift);
      x = own.y + shift;
      stride = 4 * columns;
    }
    return x;
  }

  #normalise(pass: Pass, { norm, matrix, width }: Layer, { rows, t }: Slice, own: Kept): void {
    if (!norm) return;
    const { columns } = matrix;
    const shift = 4 * t * rows * columns;
    const [gain, bias] = [pass.values + 4 * norm.gain, pass.values + 4 * norm.shift];
    const [x, hat, y] = [own.linear + shift, own.hat + shift, own.z + shift];
    const inverse = own.inverse + 4 * t * rows;
    pass.kernels.layerNormForward(rows, width, columns, EPSILON, x, gain, bias, hat, y, inverse);
  }

  /** Room for the gradients by the linear outputs of `rows` rows, one region a layer. */
  ring(pass: Pass, rows: number): number[] {
    return this.layers.map(({ matrix }) => pass.scratch.take(rows * matrix.columns));
  }

  /**
   * One slice back. The gradient of the output lies in slot `slot` of the last region of the ring; writes ∂ by every linear
   * output into that slot of its region and, where `dx` is not 0, the gradient of the input. The weights follow in
   * `accumulate`.
   */
  backward(pass: Pass, kept: readonly Kept[], slice: Slice, way: Back): void {
    const { kernels, transposed } = pass;
    const { rows, t } = slice;
    const { ring, slot, dx } = way;
    let masked = false;
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const layer = this.layers[i]!;
      const { inputs, outputs, columns, back } = layer.matrix;
      const n = rows * columns;
      const d = ring[i]! + 4 * slot * n;
      if (layer.dropout > 0) drop(pass, layer, slice, d, d);
      if (layer.activation && !masked)
        slope(pass, layer.activation, n, at(kept[i]!, t, n, rows), d);
      if (layer.norm) this.#normaliseBack(pass, layer, slice, at(kept[i]!, t, n, rows), d);
      const weights = transposed + 4 * back;
      const width = padded(inputs);
      if (i === 0) {
        if (dx !== 0)
          kernels.matmulZero(rows, width, outputs, d, 4 * columns, weights, dx, 4 * width, 0);
        return;
      }
      const below = this.layers[i - 1]!;
      const target = ring[i - 1]! + 4 * slot * rows * width;
      // The mask of a rectifier is applied by the product that brings its gradient.
      masked = below.fused && !drops(pass, below);
      if (masked) {
        const y = kept[i - 1]!.y + 4 * t * rows * width;
        kernels.matmulMask(rows, width, outputs, d, 4 * columns, weights, target, 4 * width, y);
      } else {
        kernels.matmulZero(rows, width, outputs, d, 4 * columns, weights, target, 4 * width, 0);
      }
    }
  }

  #normaliseBack(
    pass: Pass,
    { norm, matrix, width }: Layer,
    { rows }: Slice,
    here: Kept,
    d: number,
  ): void {
    if (!norm) return;
    const { kernels, values, gradient } = pass;
    const gain = values + 4 * norm.gain;
    const [dGain, dShift] = [gradient + 4 * norm.gain, gradient + 4 * norm.shift];
    const { hat, inverse } = here;
    kernels.layerNormBackward(rows, width, matrix.columns, gain, hat, inverse, d, dGain, dShift);
  }

  /** Adds the gradients of weights and biases over `rows` contiguous rows. */
  accumulate(pass: Pass, kept: readonly Kept[], over: Stretch): void {
    const { kernels, gradient } = pass;
    const { rows } = over;
    let { x, stride } = over;
    for (let i = 0; i < this.layers.length; i++) {
      const { matrix, bias } = this.layers[i]!;
      const { inputs, columns } = matrix;
      const wide = 4 * columns;
      const d = over.ring[i]! + over.slot * over.slice * wide;
      kernels.matmulTransposed(rows, columns, inputs, x, stride, d, wide, gradient + 4 * matrix.at);
      if (!over.derivative) kernels.columnSums(rows, columns, d, wide, gradient + 4 * bias);
      x = kept[i]!.y + over.t * over.slice * wide;
      stride = wide;
    }
  }

  /** One slice of the directional derivative, after `forward`; `dots` is laid out as `kept`. Returns the address of ẏ. */
  forwardTangent(
    pass: Pass,
    states: { kept: readonly Kept[]; dots: readonly Kept[] },
    slice: Slice,
    xDot: number,
  ): number {
    const { kernels, values } = pass;
    const { rows, t } = slice;
    let x = { at: slice.x, rows, stride: slice.stride };
    let dot = { at: xDot, rows, stride: slice.stride };
    for (const [i, layer] of this.layers.entries()) {
      const { columns, inputs } = layer.matrix;
      const n = rows * columns;
      const here = at(states.kept[i]!, t, n, rows);
      const there = at(states.dots[i]!, t, n, rows);
      const { matrix } = layer;
      const direction = this.#directionOf(pass, i);
      if (layer.fused && !direction && !drops(pass, layer)) {
        // The rectifier's slope is the mask of its result.
        const weights = values + 4 * matrix.at;
        const wide = 4 * columns;
        kernels.matmulMask(
          rows,
          columns,
          inputs,
          dot.at,
          dot.stride,
          weights,
          there.y,
          wide,
          here.y,
        );
        x = { at: here.y, rows, stride: wide };
        dot = { at: there.y, rows, stride: wide };
        continue;
      }
      product(pass, "matmulZero", dot, { matrix, base: values }, { at: there.linear });
      if (direction) {
        product(
          pass,
          "matmulAccumulate",
          x,
          { matrix, base: direction.values },
          { at: there.linear },
        );
        addRow(pass, direction.values + 4 * layer.bias, { rows, columns }, there.linear);
      }
      if (layer.norm) normTangent(pass, { ...layer, norm: layer.norm, rows }, here, there);
      if (layer.activation) {
        const from = layer.fused ? there.linear : there.z;
        pass.arena.f32(there.active, n).set(pass.arena.f32(from, n));
        slope(pass, layer.activation, n, here, there.active);
      }
      drop(pass, layer, slice, there.active, there.y);
      x = { at: here.y, rows, stride: 4 * columns };
      dot = { at: there.y, rows, stride: 4 * columns };
    }
    return dot.at;
  }

  /**
   * One slice back through values and derivatives: from the gradients by y and ẏ in the last regions of the two rings,
   * writes those by the linear outputs and their derivatives into the rings, and by x and ẋ into `dx` and `dxDot`.
   */
  backwardTangent(
    pass: Pass,
    states: { kept: readonly Kept[]; dots: readonly Kept[] },
    slice: Slice,
    way: Back & { dotRing: readonly number[]; dxDot: number },
  ): void {
    const { kernels, transposed } = pass;
    const { rows, t } = slice;
    const { ring, dotRing, slot } = way;
    const top = this.layers.length - 1;
    let masked = false;
    for (let i = top; i >= 0; i--) {
      const layer = this.layers[i]!;
      const { columns, outputs, back } = layer.matrix;
      const n = rows * columns;
      const d = ring[i]! + 4 * slot * n;
      const dDot = dotRing[i]! + 4 * slot * n;
      drop(pass, layer, slice, d, d);
      drop(pass, layer, slice, dDot, dDot);
      if (layer.activation && !masked) {
        const here = at(states.kept[i]!, t, n, rows);
        slope(pass, layer.activation, n, here, d);
        curve(pass, layer.activation, n, here, {
          a: at(states.dots[i]!, t, n, rows).z,
          b: dDot,
          d,
        });
        slope(pass, layer.activation, n, here, dDot);
      }
      if (layer.norm)
        normBackwardTangent(
          pass,
          { ...layer, norm: layer.norm, rows },
          at(states.kept[i]!, t, n, rows),
          { ...at(states.dots[i]!, t, n, rows), d, dDot },
        );
      const below = this.layers[i - 1];
      const width = below ? below.matrix.columns : padded(layer.matrix.inputs);
      const m = rows * width;
      const target = below ? ring[i - 1]! + 4 * slot * m : way.dx;
      const dotTarget = below ? dotRing[i - 1]! + 4 * slot * m : way.dxDot;
      if (target === 0) continue;
      const direction = this.#directionOf(pass, i);
      const weights = transposed + 4 * back;
      const [from, to] = [4 * columns, 4 * width];
      masked = below !== undefined && below.fused && !direction && !drops(pass, below);
      if (masked) {
        const y = states.kept[i - 1]!.y + 4 * t * m;
        kernels.matmulMask(rows, width, outputs, d, from, weights, target, to, y);
        kernels.matmulMask(rows, width, outputs, dDot, from, weights, dotTarget, to, y);
        continue;
      }
      kernels.matmulZero(rows, width, outputs, d, from, weights, target, to, 0);
      kernels.matmulZero(rows, width, outputs, dDot, from, weights, dotTarget, to, 0);
      if (direction) {
        const along = { matrix: layer.matrix, base: direction.transposed };
        productBack(pass, "matmulAccumulate", { at: dDot, rows }, along, { at: target });
      }
    }
  }

  /** The pass's direction, where it moves layer i. */
  #directionOf({ direction }: Pass, i: number): Pass["direction"] {
    return direction?.last && i < this.layers.length - 1 ? undefined : direction;
  }
}

/** Where a slice of rows comes from: `rows` rows at `x`, the t-th slice of the pass. */
export interface Slice {
  readonly x: number;
  readonly stride: number;
  readonly rows: number;
  readonly t: number;
}

/** Contiguous rows whose gradients are added up at once: `rows` rows, in slices of `slice`, from slice `t` on. */
interface Stretch {
  readonly x: number;
  readonly stride: number;
  readonly rows: number;
  readonly slice: number;
  readonly t: number;
  readonly ring: readonly number[];
  /** Place of slice `t` in the ring. */
  readonly slot: number;
  /** Whether these are directional derivatives, in which the biases have no part. */
  readonly derivative?: boolean;
}

interface Back {
  readonly ring: readonly number[];
  readonly slot: number;
  /** 0 where nobody asks for it. */
  readonly dx: number;
}

/** Addresses of the t-th slice of `n` floats. */
function at(kept: Kept, t: number, n: number, rows: number): Kept {
  if (t === 0) return kept;
  const step = 4 * t * n;
  return {
    linear: kept.linear + step,
    hat: kept.hat + step,
    inverse: kept.inverse + 4 * t * rows,
    z: kept.z + step,
    active: kept.active + step,
    y: kept.y + step,
  };
}

function drops(pass: Pass, layer: Layer): boolean {
  return pass.dropout !== undefined && layer.dropout > 0;
}

/** y = x with the dropped elements zero and the others scaled; the same elements for the same slice each time. */
function drop(pass: Pass, layer: Layer, slice: Slice, x: number, y: number): void {
  if (!pass.dropout || layer.dropout === 0) return;
  const { key, first } = pass.dropout;
  const threshold = Math.round(layer.dropout * 2 ** 32);
  const stream = layer.stream * 65536 + slice.t;
  const scale = 1 / (1 - layer.dropout);
  const { columns } = layer.matrix;
  pass.kernels.dropout(slice.rows, columns, key, first, stream, threshold, scale, x, y);
}

function activate(pass: Pass, activation: Activation, n: number, z: number, y: number): void {
  if (activation === "relu") pass.kernels.relu(n, z, y);
  else if (activation === "tanh") pass.kernels.squash(n, z, y, 1, 1, 0);
  else pass.kernels.geluMany(n, z, y);
}

/** d = d·f′. */
function slope(pass: Pass, activation: Activation, n: number, here: Kept, d: number): void {
  if (activation === "relu") pass.kernels.reluBackward(n, here.active, d);
  else if (activation === "tanh") pass.kernels.tanhBackward(n, here.active, d);
  else pass.kernels.geluBackward(n, here.z, d);
}

/** d += f″·a·b. */
function curve(
  pass: Pass,
  activation: Activation,
  n: number,
  here: Kept,
  { a, b, d }: { a: number; b: number; d: number },
): void {
  if (activation === "tanh") pass.kernels.tanhCurve(n, here.active, a, b, d);
  else if (activation === "gelu") pass.kernels.geluCurve(n, here.z, a, b, d);
}

/** y[row] += v for every row. */
function addRow(pass: Pass, v: number, size: { rows: number; columns: number }, y: number): void {
  for (let row = 0; row < size.rows; row++) {
    pass.kernels.addMany(size.columns, v, y + 4 * row * size.columns);
  }
}
