import type { Tree } from "./ensemble.ts";

/** How a node is split. */
export interface NodeSplit {
  readonly feature: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
  readonly gain: number;
}

/** Collects the nodes of a tree in the order in which they are made. */
export interface TreeBuilder {
  /** Adds a node as a leaf; returns its number. */
  add(value: number, cover: number): number;
  /** Makes a split of a leaf; its children are added by the caller. */
  split(node: number, split: NodeSplit, left: number, right: number): void;
  finish(): Tree;
}

export function treeBuilder(): TreeBuilder {
  const feature: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const missingLeft: number[] = [];
  const value: number[] = [];
  const gain: number[] = [];
  const cover: number[] = [];
  return {
    add(leaf: number, weight: number): number {
      feature.push(0);
      threshold.push(0);
      left.push(-1);
      right.push(-1);
      missingLeft.push(0);
      gain.push(0);
      cover.push(weight);
      return value.push(leaf) - 1;
    },
    split(node: number, split: NodeSplit, toLeft: number, toRight: number): void {
      feature[node] = split.feature;
      threshold[node] = split.threshold;
      missingLeft[node] = split.missingLeft ? 1 : 0;
      gain[node] = split.gain;
      left[node] = toLeft;
      right[node] = toRight;
    },
    finish: () => ({
      feature: Int32Array.from(feature),
      threshold: Float32Array.from(threshold),
      left: Int32Array.from(left),
      right: Int32Array.from(right),
      missingLeft: Uint8Array.from(missingLeft),
      value: Float32Array.from(value),
      gain: Float32Array.from(gain),
      cover: Float32Array.from(cover),
    }),
  };
}
