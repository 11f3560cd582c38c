import { key } from "#core";
import { compareMany, type Samples } from "#hedge";
import { nameOf, rawNames } from "./hedging-arm.ts";
import type { HedgingSpec } from "./hedging-spec.ts";
import { readPaths, type TrialResult } from "./hedging-trial.ts";

/** CVaR-95 of a method on a set with its interval. */
export interface MethodInterval {
  readonly arm: string;
  readonly set: string;
  readonly method: string;
  readonly cvar: Range;
  readonly onErm: Range | null;
  readonly onDelta: Range | null;
}
export interface Range {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export const PROBABILITIES = [
  0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8,
  0.9, 0.95, 0.99,
];

/**
 * Numbers a path by method, set and seed, read when asked for: those of one arm at a time stay in memory, since thirty
 * seeds of all arms would not fit.
 */
export function openSamples(root: string, results: readonly TrialResult[]): Samples {
  let open = "";
  let kept = new Map<string, Record<string, Float32Array>[]>();
  return (what, arm, method, set) => {
    if (open !== arm) {
      kept = new Map();
      open = arm;
    }
    if (!kept.has(method)) {
      const own = results.filter(
        ({ trial }) => trial.arm === arm && trial.method === method && trial.kind !== "pretrain",
      );
      kept.set(
        method,
        own.map(({ id }) => readPaths(root, id)),
      );
    }
    const found = kept.get(method)!.map((paths) => paths[`${what}.${set}`]);
    if (found.length === 0 || found.some((x) => x === undefined)) return null;
    return found.map((values) => Float64Array.from(values!));
  };
}

/** Methods of an arm that have results, in their order. */
function methodsIn(results: readonly TrialResult[], arm: string): string[] {
  const own = results.filter(({ trial }) => trial.arm === arm && trial.kind !== "pretrain");
  return [...new Set(own.map(({ trial }) => trial.method))];
}

/** Quantiles of the P&L of every method on every set, all seeds together. */
export function quantilesBySet(results: readonly TrialResult[], samples: Samples) {
  const out: Record<string, Record<string, number[]>> = {};
  for (const arm of new Set(results.map(({ trial }) => trial.arm))) {
    const { sets } = results.find(({ trial }) => trial.arm === arm)!;
    for (const method of methodsIn(results, arm)) {
      for (const set of Object.keys(sets)) {
        const seeds = samples("pnl", arm, method, set);
        if (!seeds) continue;
        const pooled = joined(seeds).toSorted();
        (out[`${arm} ${set}`] ??= {})[method] = PROBABILITIES.map(
          (p) => pooled[Math.min(pooled.length - 1, Math.floor(p * pooled.length))]!,
        );
      }
    }
  }
  return out;
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * Intervals of every method on the pooled training environments, on validation, tests and tests at stressed costs; not of
 * raw windows, whose few overlapping paths would count one episode often.
 */
export function intervalsOf(
  spec: HedgingSpec,
  results: readonly TrialResult[],
  samples: Samples,
): MethodInterval[] {
  return [...new Set(results.map(({ trial }) => trial.arm))].flatMap((arm) => {
    const { validation, tests, probed } = spec.arms[arm]!;
    const raw = rawNames(tests);
    const sets = [
      "training",
      ...[...validation, ...tests].map(nameOf).filter((name) => !raw.includes(name)),
      ...probed.map((p) => `${p}-costs`),
    ];
    return sets.flatMap((set): MethodInterval[] => {
      const own = methodsIn(results, arm).flatMap((method) => {
        const sample = samples("pnl", arm, method, set);
        return sample ? [{ method, sample }] : [];
      });
      if (own.length === 0) return [];
      const placeOfMethod = (name: string) => own.findIndex(({ method }) => method === name);
      const against = (m: number, rival: string) => {
        const r = placeOfMethod(rival);
        return (tails: readonly number[]) => (r < 0 || r === m ? NaN : 1 - tails[m]! / tails[r]!);
      };
      const statistics = own.flatMap((_, m) => [
        (tails: readonly number[]) => tails[m]!,
        against(m, "erm"),
        against(m, "delta"),
      ]);
      const options = { key: key(0).fold("intervals", arm, set), alpha: 0.025, resamples: 400 };
      const found = compareMany(
        own.map(({ sample }) => sample),
        statistics,
        options,
      );
      return own.map(({ method }, m): MethodInterval => {
        const [cvar, onErm, onDelta] = found.slice(3 * m, 3 * m + 3).map(rangeOf);
        return { arm, set, method, cvar: cvar!, onErm: orNull(onErm!), onDelta: orNull(onDelta!) };
      });
    });
  });
}

function orNull(range: Range): Range | null {
  return Number.isNaN(range.estimate) ? null : range;
}

function rangeOf({ estimate, low, high }: Range): Range {
  return { estimate, low, high };
}
