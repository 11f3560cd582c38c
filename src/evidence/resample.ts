import { sum, type BlockSampler } from "#num";
import { formOf, type Form, type Sample, type Statistic } from "./statistic.ts";

/** How streams are resampled. */
export interface ResamplePlan {
  readonly sampler: BlockSampler;
  readonly resamples: number;
  readonly periodsPerYear: number;
}

/** Statistics of a stream as it is. */
export function measure(
  returns: Float64Array,
  statistics: readonly Statistic[],
  periodsPerYear: number,
): number[] {
  const n = returns.length;
  const whole: Sample = {
    counts: new Float64Array(n).fill(1),
    from: Int32Array.of(0),
    to: Int32Array.of(n),
    count: 1,
  };
  return statistics.map((statistic) => {
    const form = formOf(returns, statistic, periodsPerYear);
    if (!form.rows) return form.of(whole);
    return form.finish(form.rows.map((row) => (row ? sum(row) : 0)));
  });
}

/** Resamples drawn at a time: their counts stay in the processor's cache while all rows pass by. */
const BATCH = 16;

/**
 * A statistic of each stream on resamples 0 … resamples − 1, the same days drawn for all: `out[task][b]`. Throws
 * `RangeError` for streams of another length than the sampler's.
 */
export function resample(
  tasks: readonly { readonly returns: Float64Array; readonly statistic: Statistic }[],
  { sampler, resamples, periodsPerYear }: ResamplePlan,
): Float64Array[] {
  const { n } = sampler;
  const forms = tasks.map(({ returns, statistic }) => {
    if (returns.length !== n)
      throw new RangeError(`a sampler of ${n} for ${returns.length} returns`);
    return formOf(returns, statistic, periodsPerYear);
  });
  const out = tasks.map(() => new Float64Array(resamples));
  const from = Array.from({ length: BATCH }, () => new Int32Array(n));
  const to = Array.from({ length: BATCH }, () => new Int32Array(n));
  const counts = Array.from({ length: BATCH }, () => new Float64Array(n));
  const sums = [new Float64Array(BATCH), new Float64Array(BATCH)] as const;
  const pair = new Float64Array(2);
  for (let first = 0; first < resamples; first += BATCH) {
    const size = Math.min(BATCH, resamples - first);
    const samples: Sample[] = [];
    for (let i = 0; i < size; i++) {
      const count = sampler.runs(first + i, from[i]!, to[i]!);
      tally(from[i]!, to[i]!, count, counts[i]!);
      samples.push({ counts: counts[i]!, from: from[i]!, to: to[i]!, count });
    }
    forms.forEach((form, task) => evaluate(form, samples, out[task]!, first));
  }
  return out;

  function evaluate(form: Form, samples: readonly Sample[], into: Float64Array, at: number): void {
    if (!form.rows) {
      for (let i = 0; i < samples.length; i++) into[at + i] = form.of(samples[i]!);
      return;
    }
    const [first, second = first] = form.rows;
    // Places past the end of a short batch hold the counts of an earlier one and are not read.
    for (let i = 0; i < samples.length; i += 4) dotFour([first, second], counts, i, sums);
    for (let i = 0; i < samples.length; i++) {
      pair[0] = sums[0][i]!;
      pair[1] = sums[1][i]!;
      into[at + i] = form.finish(pair);
    }
  }
}

/** How often each observation occurs in the runs. */
function tally(from: Int32Array, to: Int32Array, count: number, counts: Float64Array): void {
  counts.fill(0);
  for (let i = 0; i < count; i++) {
    const end = to[i]!;
    for (let t = from[i]!; t < end; t++) counts[t]!++;
  }
}

/**
 * Scalar products of two rows with four others, `others[at]` … `others[at + 3]`, written to the same places of `sums`:
 * eight at a time, because one alone would wait for itself at every addition.
 */
export function dotFour(
  [x, y]: readonly [Float64Array, Float64Array],
  others: readonly Float64Array[],
  at: number,
  sums: readonly [Float64Array, Float64Array],
): void {
  const a = others[at]!;
  const b = others[at + 1]!;
  const c = others[at + 2]!;
  const d = others[at + 3]!;
  let xa = 0;
  let xb = 0;
  let xc = 0;
  let xd = 0;
  let ya = 0;
  let yb = 0;
  let yc = 0;
  let yd = 0;
  for (let t = 0; t < x.length; t++) {
    const p = a[t]!;
    const q = b[t]!;
    const r = c[t]!;
    const s = d[t]!;
    const u = x[t]!;
    const v = y[t]!;
    xa += u * p;
    xb += u * q;
    xc += u * r;
    xd += u * s;
    ya += v * p;
    yb += v * q;
    yc += v * r;
    yd += v * s;
  }
  sums[0].set([xa, xb, xc, xd], at);
  sums[1].set([ya, yb, yc, yd], at);
}
