/** Nodes and weights on [−1, 1]. */
interface Rule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** Gauss-Legendre rule of n points, by Newton's method on the Legendre recurrence from Tricomi's starts. */
function gaussLegendre(n: number): Rule {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let round = 0; round < 8; round++) {
      let before = 1;
      let value = x;
      for (let k = 2; k <= n; k++) {
        [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
      }
      slope = (n * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

const RULE = gaussLegendre(16);

function apply(f: (x: number) => number, low: number, high: number): number {
  const half = 0.5 * (high - low);
  const middle = low + half;
  let sum = 0;
  for (let i = 0; i < RULE.nodes.length; i++) {
    sum += RULE.weights[i]! * f(middle + half * RULE.nodes[i]!);
  }
  return half * sum;
}

/** Most intervals of one integral: an integrand that needs more is noise to its last digits. */
const MOST_INTERVALS = 20_000;

/**
 * ∫ f over [low, high] by 16-point Gauss-Legendre, halving each interval whose halves disagree with the whole by
 * more than `tolerance` (absolute). The sum of the halves is far closer than that to the truth.
 */
export function integrate(
  f: (x: number) => number,
  low: number,
  high: number,
  tolerance: number,
): number {
  const open = [{ from: low, to: high, whole: apply(f, low, high) }];
  let total = 0;
  for (let seen = 1; open.length > 0; seen++) {
    const { from, to, whole } = open.pop()!;
    const middle = 0.5 * (from + to);
    const left = apply(f, from, middle);
    const right = apply(f, middle, to);
    if (Math.abs(left + right - whole) <= tolerance || seen > MOST_INTERVALS) {
      total += left + right;
    } else {
      open.push({ from: middle, to, whole: right }, { from, to: middle, whole: left });
    }
  }
  return total;
}
