// Histograms of gradients for boosted trees: for each feature, 256 bins of (g, h) in f64, 4096 bytes.

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
  const stride = <usize>features;
  for (let q = n; q > 0; q--) {
    const row = <usize>load<u32>(index);
    index += 4;
    const pair = v128.load(pairs + (row << 4));
    let p = bins + row * stride + <usize>first;
    const end = bins + row * stride + <usize>last;
    let h = out;
    while (p + 4 <= end) {
      const a = h + ((<usize>load<u8>(p)) << 4);
      const b = h + ((<usize>load<u8>(p, 1)) << 4);
      const c = h + ((<usize>load<u8>(p, 2)) << 4);
      const d = h + ((<usize>load<u8>(p, 3)) << 4);
      v128.store(a, f64x2.add(v128.load(a), pair));
      v128.store(b, f64x2.add(v128.load(b, 4096), pair), 4096);
      v128.store(c, f64x2.add(v128.load(c, 8192), pair), 8192);
      v128.store(d, f64x2.add(v128.load(d, 12288), pair), 12288);
      p += 4;
      h += 16384;
    }
    while (p < end) {
      const a = h + ((<usize>load<u8>(p)) << 4);
      v128.store(a, f64x2.add(v128.load(a), pair));
      p++;
      h += 4096;
    }
  }
}
