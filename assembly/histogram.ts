// Histograms of gradients for boosted trees: for each feature 256 bins of (g, h) in f64. Features lie a little more than a
// power of two apart, or equal bins of all of them would fall into the same few lines of the first cache.

/** Bytes from a feature's histogram to the next. */
export const STEP: usize = 4160;

/**
 * Adds the rows named by `index` (n row numbers, u32) to the histograms of features `first` … `last` − 1. `bins` is
 * row-major, one byte a feature, `features` bytes a row; `pairs` holds (g, h) in f64 a row; `out` is the histogram
 * of feature `first`. Rows are added in the order of `index`: equal bits for any split of the features.
 */
export function histogram(
  n: i32,
  index: usize,
  bins: usize,
  features: i32,
  first: i32,
  last: i32,
  pairs: usize,
  out: usize,
): void {
  const from = bins + <usize>first;
  const count = last - first;
  for (const end = index + ((<usize>n) << 2); index < end; index += 4) {
    const row = <usize>load<u32>(index);
    const pair = v128.load(pairs + (row << 4));
    let p = from + row * <usize>features;
    let h = out;
    let left = count;
    for (; left >= 4; left -= 4) {
      const a = h + ((<usize>load<u8>(p)) << 4);
      const b = h + ((<usize>load<u8>(p, 1)) << 4);
      const c = h + ((<usize>load<u8>(p, 2)) << 4);
      const d = h + ((<usize>load<u8>(p, 3)) << 4);
      v128.store(a, f64x2.add(v128.load(a), pair));
      v128.store(b, f64x2.add(v128.load(b, STEP), pair), STEP);
      v128.store(c, f64x2.add(v128.load(c, 2 * STEP), pair), 2 * STEP);
      v128.store(d, f64x2.add(v128.load(d, 3 * STEP), pair), 3 * STEP);
      p += 4;
      h += 4 * STEP;
    }
    for (; left > 0; left--) {
      const a = h + ((<usize>load<u8>(p)) << 4);
      v128.store(a, f64x2.add(v128.load(a), pair));
      p++;
      h += STEP;
    }
  }
}

/** whole −= part over `n` numbers, f64, a multiple of four: a node's histogram without one child's is the other's. */
export function subtract(n: i32, part: usize, whole: usize): void {
  for (const end = whole + ((<usize>n) << 3); whole < end; whole += 32) {
    const a = f64x2.sub(v128.load(whole), v128.load(part));
    const b = f64x2.sub(v128.load(whole, 16), v128.load(part, 16));
    v128.store(whole, a);
    v128.store(whole, b, 16);
    part += 32;
  }
}
