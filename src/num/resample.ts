import { threefry, type Key } from "#core";

/**
 * Block bootstrap as a function of the resample's number: the same number always gives the same draw, so that
 * several series resampled one after the other are paired, and any part of the work can run anywhere.
 */
export interface BlockSampler {
  readonly kind: "stationary" | "circular";
  /** Observations in the series and in every resample. */
  readonly n: number;
  /** Mean (stationary) or fixed (circular) length of a block, in observations. */
  readonly blockLength: number;
  /**
   * Writes resample number `b` as half-open runs of the series, [from[i], to[i]), together n long, blocks that
   * pass the end of the series continuing at its start. Both arrays need n places. Returns the number of runs.
   */
  runs(b: number, from: Int32Array, to: Int32Array): number;
}

/**
 * Stationary bootstrap: blocks start anywhere, lengths are geometric with the given mean ≥ 1; the series is
 * a circle (Politis & Romano, "The stationary bootstrap", JASA 89 (1994) 1303–1313).
 */
export function stationaryBootstrap(n: number, meanBlock: number, key: Key): BlockSampler {
  return sampler("stationary", n, meanBlock, key);
}

/**
 * Circular block bootstrap: blocks of one fixed length, the last cut short (Politis & Romano, "A circular
 * block-resampling procedure for stationary data", 1992).
 */
export function circularBootstrap(n: number, block: number, key: Key): BlockSampler {
  if (!Number.isInteger(block)) throw new RangeError(`a block length is an integer, not ${block}`);
  return sampler("circular", n, block, key);
}

function sampler(kind: BlockSampler["kind"], n: number, blockLength: number, key: Key) {
  if (!(Number.isInteger(n) && n > 0)) throw new RangeError(`cannot resample ${n} observations`);
  if (n >= 2 ** 20)
    throw new RangeError(`${n} observations are too many to resample by 32-bit words`);
  if (!(blockLength >= 1)) throw new RangeError(`a block length is at least 1, not ${blockLength}`);
  const state = new Uint32Array(4);
  const purpose = kind === "stationary" ? 0x73746174 : 0x63697263;
  // P(length > k) = (1 − 1/mean)ᵏ, by multiplication alone so that it is equal on every machine.
  const survival = [1];
  if (kind === "stationary") {
    for (let s = 1 - 1 / blockLength; s > 1e-9 && survival.length < n; s *= 1 - 1 / blockLength) {
      survival.push(s);
    }
  }
  const longer = Float64Array.of(...survival, 0);
  return Object.freeze({
    kind,
    n,
    blockLength,
    runs(b: number, from: Int32Array, to: Int32Array): number {
      threefry([b, 0, purpose, 0], key.words, state);
      let s0 = state[0]! | 0;
      let s1 = state[1]! | 0;
      let s2 = state[2]! | 0;
      let s3 = state[3]! | 1 | 0; // never all zero
      let count = 0;
      let left = n;
      while (left > 0) {
        // xoshiro128** (Blackman & Vigna, 2018) from the block cipher's four words: one word a block.
        const word = Math.imul(s1, 5);
        const place = Math.imul((word << 7) | (word >>> 25), 9) >>> 0;
        const kept = s1 << 9;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= kept;
        s3 = (s3 << 11) | (s3 >>> 21);
        // Its whole part on 0 … n is the start; the rest is uniform too, with 2³² / n steps, and gives the length.
        const scaled = (place / 2 ** 32) * n;
        const start = Math.floor(scaled);
        let length = blockLength;
        if (kind === "stationary") {
          length = 1;
          while (scaled - start < longer[length]!) length++;
        }
        if (length > left) length = left;
        left -= length;
        const end = start + length;
        from[count] = start;
        to[count++] = end < n ? end : n;
        if (end > n) {
          from[count] = 0;
          to[count++] = end - n;
        }
      }
      return count;
    },
  });
}

/** Resample number `b` as `n` indices into the series, written to `out`; `runs` spelt out. */
export function resampledIndices(source: BlockSampler, b: number, out: Int32Array): void {
  const from = new Int32Array(source.n);
  const to = new Int32Array(source.n);
  const count = source.runs(b, from, to);
  let at = 0;
  for (let i = 0; i < count; i++) for (let t = from[i]!; t < to[i]!; t++) out[at++] = t;
}
