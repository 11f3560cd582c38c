import { log } from "#num";

export interface Overfitting {
  /** Share of splits in which the best strategy in sample is at or below the median out of sample. */
  readonly probability: number;
  /** Number of splits: S! / (S/2)!². */
  readonly splits: number;
  /** Logit of the relative out-of-sample rank of the in-sample best, one for each split. */
  readonly logits: Float64Array;
  /** Rows left off at the start so that the S blocks are equal. */
  readonly dropped: number;
}

/**
 * Probability of backtest overfitting by combinatorially symmetric cross-validation on Sharpe ratios: the rows are
 * cut into S equal blocks; every choice of S/2 blocks is once in sample, the rest out of sample; λ = ln(ω / (1 − ω))
 * with ω = rank / (N + 1) of the in-sample winner out of sample (ties: the mean rank); the probability is the share λ ≤ 0.
 * Bailey, Borwein, López de Prado & Zhu, "The probability of backtest overfitting", Journal of Computational
 * Finance 20(4) (2017) 39–69. `streams`: N ≥ 2 strategies of equal length. Throws `RangeError` for an odd S, S > 20,
 * or fewer than two rows in a block.
 */
export function overfittingProbability(streams: readonly Float64Array[], blocks = 16): Overfitting {
  const n = streams[0]?.length ?? 0;
  const size = Math.floor(n / blocks);
  if (streams.length < 2) throw new RangeError(`${streams.length} strategies cannot be ranked`);
  if (blocks % 2 !== 0 || blocks < 2 || blocks > 20) {
    throw new RangeError(`the number of blocks is even, 2 … 20, not ${blocks}`);
  }
  if (size < 2) throw new RangeError(`${n} rows are too few for ${blocks} blocks`);
  if (streams.some((s) => s.length !== n)) throw new RangeError("streams differ in length");
  const dropped = n - size * blocks;
  const { sums, squares } = blockMoments(streams, { blocks, size, dropped });
  const halves = choices(blocks);
  const logits = new Float64Array(halves.length);
  const count = streams.length;
  const inside = new Float64Array(count);
  const outside = new Float64Array(count);
  halves.forEach((mask, i) => {
    sharpes(mask, inside);
    sharpes(~mask, outside);
    let best = 0;
    for (let k = 1; k < count; k++) if (inside[k]! > inside[best]!) best = k;
    let below = 0;
    let equal = 0;
    for (let k = 0; k < count; k++) {
      if (outside[k]! < outside[best]!) below++;
      else if (outside[k] === outside[best]) equal++;
    }
    const relative = (below + (equal + 1) / 2) / (count + 1);
    logits[i] = log(relative / (1 - relative));
  });
  const probability = logits.reduce((total, l) => total + (l <= 0 ? 1 : 0), 0) / logits.length;
  return Object.freeze({ probability, splits: logits.length, logits, dropped });

  /** Mean / standard deviation of every strategy over the chosen blocks; a flat one counts as 0. */
  function sharpes(mask: number, out: Float64Array): void {
    const total = new Float64Array(count);
    const square = new Float64Array(count);
    for (let s = 0; s < blocks; s++) {
      if (!((mask >> s) & 1)) continue;
      const at = s * count;
      for (let k = 0; k < count; k++) {
        total[k]! += sums[at + k]!;
        square[k]! += squares[at + k]!;
      }
    }
    const rows = (size * blocks) / 2;
    for (let k = 0; k < count; k++) {
      const spread = square[k]! - (total[k]! * total[k]!) / rows;
      out[k] = spread > 1e-12 * square[k]! ? total[k]! / Math.sqrt(spread) : 0;
    }
  }
}

/** Σ r and Σ r² of each block and strategy, at [block × N + strategy]. */
function blockMoments(
  streams: readonly Float64Array[],
  { blocks, size, dropped }: { blocks: number; size: number; dropped: number },
): { sums: Float64Array; squares: Float64Array } {
  const count = streams.length;
  const sums = new Float64Array(blocks * count);
  const squares = new Float64Array(blocks * count);
  streams.forEach((returns, k) => {
    for (let s = 0; s < blocks; s++) {
      let total = 0;
      let square = 0;
      const from = dropped + s * size;
      for (let t = from; t < from + size; t++) {
        const r = returns[t]!;
        total += r;
        square += r * r;
      }
      sums[s * count + k] = total;
      squares[s * count + k] = square;
    }
  });
  return { sums, squares };
}

/** All masks of S bits with S/2 set, increasing. */
function choices(blocks: number): number[] {
  const out: number[] = [];
  for (let mask = 0; mask < 1 << blocks; mask++) {
    let set = 0;
    for (let bits = mask; bits > 0; bits &= bits - 1) set++;
    if (set === blocks / 2) out.push(mask);
  }
  return out;
}
