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
  if (!(blockLength >= 1)) throw new RangeError(`a block length is at least 1, not ${blockLength}`);
  const words = new Uint32Array(4);
  const counter = [0, 0, kind === "stationary" ? 0x73746174 : 0x63697263, 0];
  // P(length > k) = (1 − 1/mean)ᵏ, by multiplication alone so that it is equal on every machine.
  const survival = [1];
  if (kind === "stationary") {
    for (
      let s = 1 - 1 / blockLength;
      s > 2 ** -33 && survival.length < n;
      s *= 1 - 1 / blockLength
    ) {
      survival.push(s);
    }
  }
  const longer = Float64Array.from([...survival, 0], (s) => s * 2 ** 32);
  return Object.freeze({
    kind,
    n,
    blockLength,
    runs(b: number, from: Int32Array, to: Int32Array): number {
      counter[0] = 0;
      counter[1] = b;
      let used = 4;
      let count = 0;
      let left = n;
      while (left > 0) {
        if (used > 2) {
          threefry(counter, key.words, words);
          counter[0]!++;
          used = 0;
        }
        const start = Math.floor((words[used]! / 2 ** 32) * n);
        let length = blockLength;
        if (kind === "stationary") {
          length = 1;
          while (words[used + 1]! < longer[length]!) length++;
        }
        used += 2;
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
