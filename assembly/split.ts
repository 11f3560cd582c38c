import { STEP } from "./histogram";

// The best split of a node of a boosted tree, from the histograms of its rows.

/** The last bin of a feature, which holds the missing values. */
const MISSING: i32 = 255;

/** The best gain so far; an instance belongs to one thread. */
let most: f64 = 0;

/**
 * Looks at features `first` … `last` − 1, whose histograms begin at `histogram`: `cuts` holds the cuts of every feature (i32),
 * `allowed` a byte a feature. A node of sums (g, h) splits where both children have curvature `least` and the gain
 *
 *   (T(Gl)²·(Hr + λ) + T(Gr)²·(Hl + λ)) / ((Hl + λ)(Hr + λ)),   T(G) = max(|G| − α, 0)
 *
 * is above `start` and reaches `floor`. Writes gain, feature, bin, whether missing values go left, and the sums of the left
 * child to `best`, six f64; a gain of −1 where there is no split. Missing values of curvature above `noise` are tried on both
 * sides, right first. The first of equals wins.
 */
export function bestSplit(
  first: i32,
  last: i32,
  histogram: usize,
  cuts: usize,
  allowed: usize,
  best: usize,
  g: f64,
  h: f64,
  lambda: f64,
  alpha: f64,
  least: f64,
  noise: f64,
  start: f64,
  floor: f64,
): void {
  most = start;
  store<f64>(best, -1);
  for (let feature = first; feature < last; feature++) {
    const at = histogram + <usize>(feature - first) * STEP;
    if (load<u8>(allowed + <usize>feature) == 0) continue;
    const count = load<i32>(cuts + ((<usize>feature) << 2));
    const missing = v128.load(at + ((<usize>MISSING) << 4));
    const any = count < MISSING && f64x2.extract_lane(missing, 1) > noise;
    // With missing values to the right, all others to the left is a split as well.
    const zero = f64x2.splat(0);
    scan(at, feature, any ? count + 1 : count, 0, zero, best, g, h, lambda, alpha, least, floor);
    if (any) scan(at, feature, count, 1, missing, best, g, h, lambda, alpha, least, floor);
  }
}

/** The first `count` bins of a feature as cuts, two at a time; `side` is 1 where `left` starts with the missing values. */
function scan(
  at: usize,
  feature: i32,
  count: i32,
  side: i32,
  left: v128,
  best: usize,
  g: f64,
  h: f64,
  lambda: f64,
  alpha: f64,
  least: f64,
  floor: f64,
): void {
  const gs = f64x2.splat(g);
  const hs = f64x2.splat(h);
  const l = f64x2.splat(lambda);
  const t = f64x2.splat(alpha);
  const few = f64x2.splat(least);
  const bound = f64x2.splat(floor);
  const zero = f64x2.splat(0);
  let beaten = f64x2.splat(most);
  for (let bin = 0; bin < count; bin += 2) {
    const one = f64x2.add(left, v128.load(at));
    left = f64x2.add(one, v128.load(at, 16));
    at += 32;
    const gl = v128.shuffle<f64>(one, left, 0, 2);
    const hl = v128.shuffle<f64>(one, left, 1, 3);
    const hr = f64x2.sub(hs, hl);
    const x = f64x2.pmax(f64x2.sub(f64x2.abs(gl), t), zero);
    const y = f64x2.pmax(f64x2.sub(f64x2.abs(f64x2.sub(gs, gl)), t), zero);
    const a = f64x2.add(hl, l);
    const b = f64x2.add(hr, l);
    const sum = f64x2.add(f64x2.mul(f64x2.mul(x, x), b), f64x2.mul(f64x2.mul(y, y), a));
    const gain = f64x2.div(sum, f64x2.mul(a, b));
    const heavy = v128.and(f64x2.ge(hl, few), f64x2.ge(hr, few));
    const high = v128.and(f64x2.gt(gain, beaten), f64x2.ge(gain, bound));
    const better = v128.and(heavy, high);
    if (!v128.any_true(better)) continue;
    if (i64x2.extract_lane(better, 0)) keep(best, f64x2.extract_lane(gain, 0), feature, bin, side, one);
    const second = f64x2.extract_lane(gain, 1);
    if (bin + 1 < count && i64x2.extract_lane(better, 1) && second > most)
      keep(best, second, feature, bin + 1, side, left);
    beaten = f64x2.splat(most);
  }
}

function keep(best: usize, gain: f64, feature: i32, bin: i32, side: i32, left: v128): void {
  most = gain;
  store<f64>(best, gain);
  store<f64>(best, feature, 8);
  store<f64>(best, bin, 16);
  store<f64>(best, side, 24);
  v128.store(best, left, 32);
}
