// Sums over resamples: the inner loop of every bootstrap.

/**
 * sums[lane] = Σ x[t]·weights[8t + lane] and sums[8 + lane] the same of y, n terms, eight lanes, all f64. Every lane adds in the
 * order of t: equal bits to a plain loop.
 */
export function weightedSums(n: i32, x: usize, y: usize, weights: usize, sums: usize): void {
  let a0 = f64x2.splat(0);
  let a1 = f64x2.splat(0);
  let a2 = f64x2.splat(0);
  let a3 = f64x2.splat(0);
  let b0 = f64x2.splat(0);
  let b1 = f64x2.splat(0);
  let b2 = f64x2.splat(0);
  let b3 = f64x2.splat(0);
  for (let t = n; t > 0; t--) {
    const u = v128.load64_splat(x);
    const v = v128.load64_splat(y);
    const w0 = v128.load(weights);
    const w1 = v128.load(weights, 16);
    const w2 = v128.load(weights, 32);
    const w3 = v128.load(weights, 48);
    a0 = f64x2.add(a0, f64x2.mul(w0, u));
    a1 = f64x2.add(a1, f64x2.mul(w1, u));
    a2 = f64x2.add(a2, f64x2.mul(w2, u));
    a3 = f64x2.add(a3, f64x2.mul(w3, u));
    b0 = f64x2.add(b0, f64x2.mul(w0, v));
    b1 = f64x2.add(b1, f64x2.mul(w1, v));
    b2 = f64x2.add(b2, f64x2.mul(w2, v));
    b3 = f64x2.add(b3, f64x2.mul(w3, v));
    x += 8;
    y += 8;
    weights += 64;
  }
  v128.store(sums, a0);
  v128.store(sums, a1, 16);
  v128.store(sums, a2, 32);
  v128.store(sums, a3, 48);
  v128.store(sums, b0, 64);
  v128.store(sums, b1, 80);
  v128.store(sums, b2, 96);
  v128.store(sums, b3, 112);
}
