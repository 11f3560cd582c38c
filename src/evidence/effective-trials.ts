import { LANES, mean, withWeights } from "#num";

/** Streams that count as variants of one idea. */
export interface TrialClusters {
  /** Number of clusters: the effective number of trials. */
  readonly count: number;
  /** Cluster of each stream, numbered in order of first appearance. */
  readonly member: Int32Array;
}

/**
 * The effective number of trials: streams are clustered by their correlations, merging the two clusters with the
 * largest average correlation between members (average linkage) while it is at least `together`. Identical trials
 * count once, uncorrelated ones each; flat streams correlate with nothing. The idea of counting clusters is López de
 * Prado & Lewis, "Detection of false investment strategies using unsupervised learning methods", Quantitative
 * Finance 19 (2019) 1555–1565; a fixed cut replaces their search because it cannot find structure in pure noise.
 * Throws `RangeError` for streams of unequal length.
 */
export function effectiveTrials(streams: readonly Float64Array[], together = 0.5): TrialClusters {
  const count = streams.length;
  const near = correlations(streams);
  const size = new Float64Array(count).fill(1);
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  const alive = new Uint8Array(count).fill(1);
  // Chains of nearest neighbours find the same merges as a search for the closest pair, in N² steps.
  const chain: number[] = [];
  for (let first = 0; first < count;) {
    if (chain.length === 0) {
      if (!alive[first]) {
        first++;
        continue;
      }
      chain.push(first);
    }
    const tip = chain.at(-1)!;
    const before = chain.at(-2);
    let best = before ?? -1;
    let closest = before === undefined ? together : near[tip * count + before]!;
    for (let k = 0; k < count; k++) {
      if (alive[k] && k !== tip && near[tip * count + k]! > closest) {
        closest = near[tip * count + k]!;
        best = k;
      }
    }
    if (best === -1) {
      // Nothing is near enough: this cluster is done, since merges elsewhere can only lower an average.
      alive[tip] = 0;
      chain.pop();
    } else if (best === before) {
      merge(before, tip);
      chain.length -= 2;
    } else {
      chain.push(best);
    }
  }
  return label(parent);

  function merge(a: number, b: number): void {
    const total = size[a]! + size[b]!;
    for (let k = 0; k < count; k++) {
      const joint = (size[a]! * near[a * count + k]! + size[b]! * near[b * count + k]!) / total;
      near[a * count + k] = joint;
      near[k * count + a] = joint;
    }
    size[a] = total;
    alive[b] = 0;
    parent[b] = a;
  }
}

function label(parent: Int32Array): TrialClusters {
  const numbers = new Map<number, number>();
  const member = parent.map((_, i) => {
    let root = i;
    while (parent[root] !== root) root = parent[root]!;
    if (!numbers.has(root)) numbers.set(root, numbers.size);
    return numbers.get(root)!;
  });
  return Object.freeze({ count: numbers.size, member });
}

/** Correlations of all pairs, row by row; 0 where a stream is flat. */
function correlations(streams: readonly Float64Array[]): Float64Array {
  const count = streams.length;
  const n = streams[0]?.length ?? 0;
  const scaled = streams.map((returns) => {
    if (returns.length !== n) throw new RangeError("streams differ in length");
    const centre = mean(returns);
    const centred = returns.map((r) => r - centre);
    const norm = Math.sqrt(centred.reduce((total, d) => total + d * d, 0));
    return centred.map((d) => (norm > 1e-12 * Math.abs(centre) ? d / norm : 0));
  });
  const nothing = new Float64Array(n);
  const pairs = scaled.flatMap((row, i) =>
    i % 2 === 0 ? [[row, scaled[i + 1] ?? nothing] as const] : [],
  );
  const out = new Float64Array(count * count);
  withWeights({ n, blocks: 1 }, pairs, ({ blocks, sums }) => {
    for (let first = 0; first < count; first += LANES) {
      for (let lane = 0; lane < LANES; lane++) {
        const row = scaled[first + lane] ?? nothing;
        for (let t = 0; t < n; t++) blocks[0]![LANES * t + lane] = row[t]!;
      }
      for (let pair = first / 2; pair < pairs.length; pair++) store(pair, first, sums(pair, 0));
    }
  });
  return out;

  /** Both rows of a pair with the streams `first`, …, each pair of streams where the row is the later one. */
  function store(pair: number, first: number, totals: Float64Array): void {
    for (let at = 0; at < totals.length; at++) {
      const row = 2 * pair + (at < LANES ? 0 : 1);
      const column = first + (at % LANES);
      if (row >= count || column >= row) continue;
      out[row * count + column] = totals[at]!;
      out[column * count + row] = totals[at]!;
    }
  }
}
