import { type Key, uniforms } from "#core";
import {
  type Block,
  type Matrix,
  type Parameter,
  type Pass,
  Shelf,
  type Signal,
  type Taped,
} from "./block.ts";
import { attentionPool } from "./blocks/attention-pool.ts";
import type { Activation } from "./blocks/dense.ts";
import { lastStep } from "./blocks/last-step.ts";
import { lstm } from "./blocks/lstm.ts";
import { mlp } from "./blocks/mlp.ts";

/** One part of a net, as data: workers build their nets from it. */
export type PartSpec =
  | {
      readonly kind: "lstm";
      readonly hidden: number;
      readonly layers: number;
      readonly dropout: number;
    }
  | { readonly kind: "attention" }
  | { readonly kind: "last-step" }
  | {
      readonly kind: "head";
      readonly hidden: readonly number[];
      readonly activation: Activation;
      readonly norm: boolean;
      readonly dropout: number | readonly number[];
    };

/** A net from [steps][rows][inputs] to [rows][outputs]. The last part is a head. */
export interface NetSpec {
  readonly inputs: number;
  readonly outputs: number;
  readonly parts: readonly PartSpec[];
}

export interface Net {
  readonly spec: NetSpec;
  readonly parameters: readonly Parameter[];
  /** Floats of the parameters, and of their transposes. */
  readonly size: number;
  readonly backSize: number;
  readonly matrices: readonly Matrix[];
  /** Floats of scratch a row needs. */
  workspace(steps: number): number;
  forward(pass: Pass, x: Signal): Taped;
}

/** Blocks in a row. */
export function buildNet(spec: NetSpec): Net {
  const shelf = new Shelf();
  const blocks: Block[] = [];
  let width = spec.inputs;
  for (const part of spec.parts) {
    const block = buildPart(shelf, part, width, spec.outputs);
    width = block.outputs;
    blocks.push(block);
  }
  return {
    spec,
    parameters: blocks.flatMap(({ parameters }) => parameters),
    size: shelf.size,
    backSize: shelf.backSize,
    matrices: shelf.matrices,
    workspace: (steps) => blocks.reduce((sum, block) => sum + block.workspace(steps), 0),
    forward(pass, x) {
      const taped: Taped[] = [];
      let y = x;
      for (const block of blocks) {
        const result = block.forward(pass, y);
        taped.push(result);
        y = result.y;
      }
      return { y, backward: (dy) => taped.reduceRight((d, { backward }) => backward(d), dy) };
    },
  };
}

function buildPart(shelf: Shelf, part: PartSpec, inputs: number, outputs: number): Block {
  switch (part.kind) {
    case "lstm":
      return lstm(shelf, "lstm", { ...part, inputs });
    case "attention":
      return attentionPool(shelf, "attention", inputs);
    case "last-step":
      return lastStep(inputs);
    case "head":
      return mlp(shelf, "head", { ...part, inputs, outputs });
  }
}

/** Count of a parameter's numbers. */
export function sizeOf({ shape }: Parameter): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Draws the starting values of a net or block: each parameter from a key of its own name. */
export function drawStart(net: Pick<Net, "parameters">, values: Float32Array, source: Key): void {
  values.fill(0);
  for (const parameter of net.parameters) {
    const n = sizeOf(parameter);
    const { start } = parameter;
    if ("constant" in start) {
      for (let i = 0; i < n; i++) values[parameter.place(i)] = start.constant;
    } else {
      const draws = uniforms(source.fold(parameter.name), n);
      for (let i = 0; i < n; i++) values[parameter.place(i)] = (2 * draws[i]! - 1) * start.bound;
    }
  }
}
