import type { Setup } from "#num";
import { divideLevel, moveLevel, searchLevel } from "./level.ts";
import { OBJECTIVES, fillBlock } from "./objective.ts";
import { binFeature } from "./bins.ts";
import type { SplitRules } from "./split.ts";
import { type Shape, type Workspace, workspace } from "./workspace.ts";

/** A workspace in a memory, under a number that no other has had. */
export interface Place {
  readonly number: number;
  readonly address: number;
  readonly shape: Shape;
}

/** Numbers of the place, before those of the task itself. */
const OWN = 7;

/** What a task is sent: the place, then its own numbers. */
export function taskArgs({ number, address, shape }: Place, own: readonly number[]): number[] {
  const { rows, features, width, depth, parts } = shape;
  return [number, address, rows, features, width, depth, parts, ...own];
}

function own(args: Float64Array, i: number): number {
  return args[OWN + i]!;
}

/** The four numbers of the rules among a task's own. */
export function rulesArgs(rules: SplitRules): number[] {
  return [rules.reg_lambda, rules.reg_alpha, rules.min_child_weight, rules.gamma];
}

/** The pieces of boosting that threads share. A shard is a feature, a block of rows or a part of a level. */
export const setup: Setup = ({ engine }) => {
  let number = -1;
  let work: Workspace;
  const at = (args: Float64Array): Workspace => {
    if (args[0] !== number) {
      number = args[0]!;
      const [rows, features, width] = [args[2]!, args[3]!, args[4]!];
      const shape = { rows, features, width, depth: args[5]!, parts: args[6]! };
      work = workspace(shape, engine.arena.memory.buffer, args[1]!);
    }
    return work;
  };
  return {
    bin: (feature, args) => binFeature(at(args), feature),
    /** objective */
    gradients: (block, args) =>
      fillBlock(at(args), engine.kernels, OBJECTIVES[own(args, 0)]!, block),
    /** nodes, buffer, output, rules */
    search(part, args) {
      const level = { part, count: own(args, 0), buffer: own(args, 1) };
      const [reg_lambda, reg_alpha] = [own(args, 3), own(args, 4)];
      const rules = { reg_lambda, reg_alpha, min_child_weight: own(args, 5), gamma: own(args, 6) };
      searchLevel(at(args), engine.kernels, level, { output: own(args, 2), rules });
    },
    /** nodes, buffer, output */
    divide(part, args) {
      const level = { part, count: own(args, 0), buffer: own(args, 1) };
      divideLevel(at(args), engine.kernels, level, own(args, 2));
    },
    /** nodes, next buffer */
    move(part, args) {
      moveLevel(at(args), { part, count: own(args, 0), buffer: own(args, 1) });
    },
  };
};
