import { fitLogistic } from "./linear.ts";
import { logit, sigmoid } from "./link.ts";

/** A map from a probability to a calibrated one. */
export type Calibrator =
  /** sigmoid(slope · log-odds + intercept). */
  | { readonly kind: "platt"; readonly slope: number; readonly intercept: number }
  /** A line through knots (x, y), non-decreasing, constant beyond its ends. */
  | { readonly kind: "isotonic"; readonly x: readonly number[]; readonly y: readonly number[] };

/** Log-odds are taken of probabilities at least this far from 0 and 1. */
const EDGE = 1e-12;

function oddsOf(p: number): number {
  return logit(Math.min(1 - EDGE, Math.max(EDGE, p)));
}

/**
 * Platt's scaling of held-out probabilities: a logistic regression on their log-odds, with targets (n₁ + 1)/(n₁ + 2)
 * and 1/(n₀ + 2) in place of 1 and 0 (J. Platt, "Probabilistic outputs for support vector machines", 1999).
 */
export function fitPlatt(probability: Float64Array, happened: Uint8Array): Calibrator {
  const n = probability.length;
  const positives = happened.reduce((sum, one) => sum + one, 0);
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (n - positives + 2)];
  // A soft target t is one row of class 1 with weight t and one of class 0 with the rest.
  const odds = probability.map(oddsOf);
  const share = Float64Array.from(happened, (one) => (one === 1 ? high : low));
  const { weights } = fitLogistic(
    {
      x: Float64Array.from({ length: 2 * n }, (_, i) => odds[i % n]!),
      k: 1,
      target: Float64Array.from({ length: 2 * n }, (_, i) => (i < n ? 1 : 0)),
      weight: Float64Array.from({ length: 2 * n }, (_, i) =>
        i < n ? share[i]! : 1 - share[i - n]!,
      ),
    },
    2,
    0,
  );
  return { kind: "platt", slope: weights[1]!, intercept: weights[0]! };
}

/**
 * Isotonic regression of what happened on held-out probabilities by pooling adjacent violators (Zadrozny & Elkan,
 * KDD 2002). Between two pools the map is a straight line.
 */
export function fitIsotonic(probability: Float64Array, happened: Uint8Array): Calibrator {
  const order = Array.from(probability, (_, row) => row);
  order.sort((a, b) => probability[a]! - probability[b]!);
  const pools: { from: number; to: number; sum: number; count: number }[] = [];
  for (const row of order) {
    const p = probability[row]!;
    const last = pools.at(-1);
    // Equal probabilities are one pool from the start.
    if (last && last.to === p && last.from === p) {
      last.sum += happened[row]!;
      last.count += 1;
    } else {
      settle(pools);
      pools.push({ from: p, to: p, sum: happened[row]!, count: 1 });
    }
  }
  settle(pools);
  const x: number[] = [];
  const y: number[] = [];
  for (const { from, to, sum, count } of pools) {
    for (const knot of from === to ? [from] : [from, to]) {
      x.push(knot);
      y.push(sum / count);
    }
  }
  return { kind: "isotonic", x, y };
}

/** Joins the last pools until their means increase. */
function settle(pools: { from: number; to: number; sum: number; count: number }[]): void {
  while (pools.length > 1) {
    const [before, last] = [pools.at(-2)!, pools.at(-1)!];
    if (before.sum * last.count < last.sum * before.count) return;
    before.to = last.to;
    before.sum += last.sum;
    before.count += last.count;
    pools.pop();
  }
}

/** The calibrated probability. */
export function calibrate(calibrator: Calibrator, p: number): number {
  if (calibrator.kind === "platt") {
    return sigmoid(calibrator.slope * oddsOf(p) + calibrator.intercept);
  }
  const { x, y } = calibrator;
  if (p <= x[0]!) return y[0]!;
  if (p >= x.at(-1)!) return y.at(-1)!;
  const right = x.findIndex((knot) => knot >= p);
  const [low, high] = [x[right - 1]!, x[right]!];
  return y[right - 1]! + ((p - low) / (high - low)) * (y[right]! - y[right - 1]!);
}

/**
 * Calibrated probabilities `[n][K]`: with two classes the second is calibrated and the first is what is left; with
 * more, each against all others, and the row is divided by its sum (equal shares where all are zero).
 */
export function calibrateRows(
  calibrators: readonly Calibrator[],
  values: Float64Array,
  classes: number,
): Float64Array {
  const out = new Float64Array(values.length);
  for (let at = 0; at < values.length; at += classes) {
    if (classes === 2) {
      out[at + 1] = calibrate(calibrators[0]!, values[at + 1]!);
      out[at] = 1 - out[at + 1]!;
      continue;
    }
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      out[at + c] = calibrate(calibrators[c]!, values[at + c]!);
      sum += out[at + c]!;
    }
    for (let c = 0; c < classes; c++) out[at + c] = sum > 0 ? out[at + c]! / sum : 1 / classes;
  }
  return out;
}

/** Calibrators of held-out probabilities: of the second of two classes, or of each of more. */
export function fitCalibrators(
  kind: Calibrator["kind"],
  held: { readonly values: Float64Array; readonly target: Float64Array; readonly classes: number },
): Calibrator[] {
  const { values, target, classes } = held;
  const wanted = classes === 2 ? [1] : Array.from({ length: classes }, (_, c) => c);
  return wanted.map((c) => {
    const probability = target.map((_, row) => values[row * classes + c]!);
    const happened = Uint8Array.from(target, (label) => (label === c ? 1 : 0));
    return kind === "platt" ? fitPlatt(probability, happened) : fitIsotonic(probability, happened);
  });
}
