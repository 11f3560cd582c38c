import { type Key, VolterraError, integers } from "#core";
import { mean } from "#num";
import type { History, Paths } from "#quant";
import { SPOT, YEAR } from "./contract.ts";

/** Consecutive sessions of a real series: returns into each session, and the variance known at its end. */
export type Stretch = Required<History>;

/**
 * First sessions of all windows of `steps` sessions inside a stretch, every `stride`: the window starts at the close of
 * its first session and needs the `steps` returns after it.
 */
export function windowStarts(stretch: Stretch, steps: number, stride: number): number[] {
  const last = stretch.returns.length - 1 - steps;
  if (last < 0) {
    throw new VolterraError(
      "EMPTY_WINDOW",
      `${stretch.returns.length} sessions hold no episode of ${steps}`,
      "Widen the window.",
    );
  }
  return Array.from({ length: Math.floor(last / stride) + 1 }, (_, i) => i * stride);
}

/** Starts by thirds of their window's mean volatility: calm, usual, restless. */
export function tercilesOf(stretch: Stretch, starts: readonly number[], steps: number): number[][] {
  const level = (start: number) =>
    mean(stretch.variance.subarray(start, start + steps).map(Math.sqrt));
  const sorted = starts.toSorted((a, b) => level(a) - level(b) || a - b);
  const cut = (k: number) => Math.round((k * sorted.length) / 3);
  return [0, 1, 2].map((k) => sorted.slice(cut(k), cut(k + 1)));
}

/** Draws `n` of some starts with replacement. */
export function drawStarts(starts: readonly number[], n: number, key: Key): number[] {
  return Array.from(integers(key, n, starts.length), (i) => starts[i]!);
}

/** One path for each start: the real prices scaled to 100 there. */
export function windowPaths(stretch: Stretch, starts: readonly number[], steps: number): Paths {
  const n = starts.length;
  const spot = new Float64Array((steps + 1) * n);
  const variance = new Float64Array((steps + 1) * n);
  starts.forEach((start, i) => {
    let price = SPOT;
    for (let t = 0; t <= steps; t++) {
      if (t > 0) price *= 1 + stretch.returns[start + t]!;
      spot[t * n + i] = price;
      variance[t * n + i] = stretch.variance[start + t]!;
    }
  });
  return Object.freeze({ paths: n, steps, dt: 1 / YEAR, spot, variance, warnings: [] });
}
