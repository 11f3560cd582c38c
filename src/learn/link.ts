import { exp, log } from "#num";

/** 1 / (1 + e^−x), without overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

/** ln(p / (1 − p)): the log-odds of a probability. */
export function logit(p: number): number {
  return log(p / (1 - p));
}

/** Softmax of `raw[at … at + width)` into the same places of `out`; the largest score is taken off first. */
export function softmax(raw: Float64Array, at: number, width: number, out: Float64Array): void {
  let most = raw[at]!;
  for (let c = 1; c < width; c++) if (raw[at + c]! > most) most = raw[at + c]!;
  let sum = 0;
  for (let c = 0; c < width; c++) {
    const below = raw[at + c]! - most;
    const e = below === 0 ? 1 : exp(below);
    out[at + c] = e;
    sum += e;
  }
  const scale = 1 / sum;
  for (let c = 0; c < width; c++) out[at + c]! *= scale;
}

/** Probabilities of all classes, `[n][K]`, of one score a row (log-odds of class 1 of two) or of K (softmax). */
export function toProbabilities(scores: Float64Array, width: number): Float64Array {
  if (width > 1) {
    const out = new Float64Array(scores.length);
    for (let at = 0; at < scores.length; at += width) softmax(scores, at, width, out);
    return out;
  }
  const out = new Float64Array(2 * scores.length);
  scores.forEach((score, row) => {
    out[2 * row] = sigmoid(-score);
    out[2 * row + 1] = sigmoid(score);
  });
  return out;
}
