import { all, exp, madd, mul, sub, sum8 } from "./vector";

// Additive attention over `steps` states of `width` floats (a multiple of eight) for each of `rows` rows; states
// and u = tanh(W·state + b) are [steps][rows][width], shares are [steps][rows] and sum to one over the steps.
//
//   score = v·u,  share = softmax over steps of score,  context = Σ share·state

function dot(width: usize, a: usize, b: usize): f32 {
  let s0 = all(0);
  let s1 = all(0);
  for (let q: usize = 0; q < width; q += 32) {
    s0 = madd(v128.load(a + q), v128.load(b + q), s0);
    s1 = madd(v128.load(a + q, 16), v128.load(b + q, 16), s1);
  }
  return sum8(s0, s1);
}

/** y += x·scale over `width` bytes. */
function addScaled(width: usize, scale: f32, x: usize, y: usize): void {
  const s = all(scale);
  for (let q: usize = 0; q < width; q += 32) {
    const a = madd(s, v128.load(x + q), v128.load(y + q));
    const b = madd(s, v128.load(x + q, 16), v128.load(y + q, 16));
    v128.store(y + q, a);
    v128.store(y + q, b, 16);
  }
}

export function attentionForward(
  steps: i32,
  rows: i32,
  n: i32,
  u: usize,
  v: usize,
  states: usize,
  shares: usize,
  context: usize,
): void {
  const width = (<usize>n) << 2;
  const stride = <usize>rows * width;
  const across = (<usize>rows) << 2;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const share = shares + (row << 2);
    const at = row * width;
    let highest: f32 = -Infinity;
    for (let t: usize = 0; t < <usize>steps; t++) {
      const score = dot(width, u + t * stride + at, v);
      store<f32>(share + t * across, score);
      highest = max(highest, score);
    }
    let total: f32 = 0;
    for (let t: usize = 0; t < <usize>steps; t++) {
      const e = f32x4.extract_lane(exp(all(load<f32>(share + t * across) - highest)), 0);
      store<f32>(share + t * across, e);
      total += e;
    }
    memory.fill(context + at, 0, width);
    for (let t: usize = 0; t < <usize>steps; t++) {
      const part = load<f32>(share + t * across) / total;
      store<f32>(share + t * across, part);
      addScaled(width, part, states + t * stride + at, context + at);
    }
  }
}

/**
 * From dContext: replaces u by the gradient before its tanh, adds to dv, and writes dStates (the part that
 * comes through the shares' own states; the part through W is added by the caller). `scratch` holds `steps` floats.
 */
export function attentionBackward(
  steps: i32,
  rows: i32,
  n: i32,
  u: usize,
  v: usize,
  states: usize,
  shares: usize,
  dContext: usize,
  dStates: usize,
  dv: usize,
  scratch: usize,
): void {
  const width = (<usize>n) << 2;
  const stride = <usize>rows * width;
  const across = (<usize>rows) << 2;
  const one = all(1);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const share = shares + (row << 2);
    const at = row * width;
    const dc = dContext + at;
    let mean: f32 = 0;
    for (let t: usize = 0; t < <usize>steps; t++) {
      const d = dot(width, states + t * stride + at, dc);
      store<f32>(scratch + (t << 2), d);
      mean += d * load<f32>(share + t * across);
    }
    for (let t: usize = 0; t < <usize>steps; t++) {
      const part = load<f32>(share + t * across);
      const ds = all(part * (load<f32>(scratch + (t << 2)) - mean));
      const p = all(part);
      const ut = u + t * stride + at;
      const out = dStates + t * stride + at;
      for (let q: usize = 0; q < width; q += 32) {
        const u0 = v128.load(ut + q);
        const u1 = v128.load(ut + q, 16);
        const v0 = madd(ds, u0, v128.load(dv + q));
        const v1 = madd(ds, u1, v128.load(dv + q, 16));
        v128.store(dv + q, v0);
        v128.store(dv + q, v1, 16);
        const z0 = mul(mul(ds, v128.load(v + q)), sub(one, mul(u0, u0)));
        const z1 = mul(mul(ds, v128.load(v + q, 16)), sub(one, mul(u1, u1)));
        v128.store(ut + q, z0);
        v128.store(ut + q, z1, 16);
        const s0 = mul(p, v128.load(dc + q));
        const s1 = mul(p, v128.load(dc + q, 16));
        v128.store(out + q, s0);
        v128.store(out + q, s1, 16);
      }
    }
  }
}
