import type { Choices, Limits, Unit } from "#core";

/** Parameters of a feature: plain values, so that a reference can be written as text and hashed. */
export type Params = Readonly<Record<string, string | number | boolean>>;

/** Equal-length columns by alias; NaN is missing. */
export type Columns<A extends string = string> = Readonly<Record<A, Float64Array>>;

/**
 * A backward column: the value of row t is a function of the inputs' rows ≤ t. The contract suite cuts and poisons
 * the future of every feature of the catalog, so a feature that looks ahead does not pass.
 */
export interface Feature<P extends Params = Params> {
  readonly kind: "feature";
  readonly name: string;
  readonly describe: string;
  readonly unit: Unit;
  /** Plausible range in the column's unit, ends included. */
  readonly range: readonly [number, number];
  /** Parameters with their defaults. */
  readonly params: P;
  /** Values that text parameters may take. */
  readonly choices?: Choices;
  readonly limits?: Limits;
  /** Alias → a market column (`spy.close`) or a feature reference (`realised-vol(window=63)`). */
  readonly inputs: (params: P) => Readonly<Record<string, string>>;
  /** Rows that stay NaN after the first row on which every input exists. */
  readonly warmup: (params: P) => number;
  /** Inputs by alias, parameters and the days of the rows → one value a row. */
  readonly compute: (inputs: Columns, params: P, days: Int32Array) => Float64Array;
}

/** A feature as a catalog entry. */
export function defineFeature<P extends Params>(feature: Omit<Feature<P>, "kind">): Feature<P> {
  return Object.freeze({ kind: "feature" as const, ...feature });
}

/**
 * A forward label: the value of row t is a function of rows up to t + horizon. A type of its own, so that a label
 * cannot be passed where a feature is wanted.
 */
export interface Target<P extends Params = Params> {
  readonly kind: "target";
  readonly name: string;
  readonly describe: string;
  readonly unit: Unit;
  readonly params: P;
  /** Values that text parameters may take. */
  readonly choices?: Choices;
  readonly limits?: Limits;
  readonly inputs: (params: P) => Readonly<Record<string, string>>;
  /** Sessions of the future that a row reads; the last `horizon` rows are NaN. */
  readonly horizon: (params: P) => number;
  readonly compute: (inputs: Columns, params: P, days: Int32Array) => Float64Array;
}

/** A target as a catalog entry. */
export function defineTarget<P extends Params>(target: Omit<Target<P>, "kind">): Target<P> {
  return Object.freeze({ kind: "target" as const, ...target });
}
