import { readFileSync } from "node:fs";
import { key, toNumber } from "#core";
import { normals } from "#num";
import { returnSeries, type ReturnSeries } from "#evidence";

/** Values of independent libraries; made by test/golden/make/evidence.py. */
export const golden = JSON.parse(
  readFileSync(new URL("../golden/evidence.json", import.meta.url), "utf8"),
) as {
  days: number[];
  streams: Record<string, number[]>;
  blockLengths: Record<string, [number, number]>;
  spa: Record<string, { lower: number; consistent: number; upper: number }>;
  stepM: string[];
  mcs: Record<string, number>;
  conventions: Record<"empyrical" | "quantstats" | "pyfolio", Record<string, number>>;
  clopperPearson: [number, number];
  holm: { p: number[]; adjusted: number[] };
};

export const stream = (name: string) => Float64Array.from(golden.streams[name]!);
export const goldenSeries = (name: string): ReturnSeries =>
  returnSeries(Int32Array.from(golden.days), stream(name));

/** Weekdays from 2010-01-04. */
export function weekdays(n: number): Int32Array {
  const first = toNumber("2010-01-04");
  return Int32Array.from({ length: n }, (_, i) => first + 7 * Math.floor(i / 5) + (i % 5));
}

/** Normal daily returns of 1 % volatility and a given annual Sharpe ratio on weekdays from 2010-01-04. */
export function simulated(seed: number, n: number, sharpe = 0): ReturnSeries {
  const drift = sharpe / Math.sqrt(252);
  return returnSeries(
    weekdays(n),
    normals(key(1234).fold(seed), n).map((z) => 0.01 * (z + drift)),
  );
}
