import { expMany } from "./activation";

// Rows of a boosted tree: into which child they go, what a leaf adds to their scores, and their gradients.

/**
 * Sorts n row numbers (u32) into `left` and `right`, each in the order it had; returns how many went left: those whose bin
 * b, one byte a row, has (b + shift) mod 256 ≤ cut.
 */
export function divideRows(
  n: i32,
  index: usize,
  bins: usize,
  shift: i32,
  cut: i32,
  left: usize,
  right: usize,
): i32 {
  const start = left;
  // Both sides are written and one of them moves on: a branch would be guessed wrong every other row.
  for (const end = index + ((<usize>n) << 2); index < end; index += 4) {
    const row = load<u32>(index);
    const bin = <i32>load<u8>(bins + <usize>row);
    const step: usize = (<usize>(((bin + shift) & 255) <= cut)) << 2;
    store<u32>(left, row);
    store<u32>(right, row);
    left += step;
    right += 4 - step;
  }
  return <i32>((left - start) >> 2);
}

/** Adds `value` to the scores, f64, of n rows. */
export function addToRows(n: i32, index: usize, value: f64, scores: usize): void {
  for (const end = index + ((<usize>n) << 2); index < end; index += 4) {
    const at = scores + ((<usize>load<u32>(index)) << 3);
    store<f64>(at, load<f64>(at) + value);
  }
}

/**
 * Slope p − 1{y = k} and curvature max(2p(1 − p), 10⁻¹⁶), times the row's weight, of n rows and `width` classes: p is the
 * softmax of the scores. Scores and gradients lie class by class, `stride` rows each; `room` holds n·width floats, rounded up
 * to eight. Exponentials are f32, the rest is f64.
 */
export function softprob(
  n: i32,
  width: i32,
  stride: i32,
  scores: usize,
  target: usize,
  weight: usize,
  gradients: usize,
  room: usize,
): void {
  const across = (<usize>stride) << 3;
  let e = room;
  for (let i: usize = 0; i < <usize>n; i++) {
    const own = scores + (i << 3);
    let most = load<f64>(own);
    for (let c: usize = 1; c < <usize>width; c++) most = max(most, load<f64>(own + c * across));
    for (let c: usize = 0; c < <usize>width; c++) {
      store<f32>(e, <f32>(load<f64>(own + c * across) - most));
      e += 4;
    }
  }
  expMany((n * width + 7) & ~7, room, room);
  e = room;
  for (let i: usize = 0; i < <usize>n; i++) {
    let sum: f64 = 0;
    for (let c: usize = 0; c < <usize>width; c++) sum += <f64>load<f32>(e + (c << 2));
    const scale = 1 / sum;
    const actual = load<f64>(target + (i << 3));
    const w = load<f64>(weight + (i << 3));
    let pair = gradients + (i << 4);
    for (let c = 0; c < width; c++) {
      const share = <f64>load<f32>(e) * scale;
      const hit: f64 = actual == <f64>c ? 1 : 0;
      store<f64>(pair, (share - hit) * w);
      store<f64>(pair, max(2 * share * (1 - share), 1e-16) * w, 8);
      pair += across << 1;
      e += 4;
    }
  }
}
