import { LANES, sum, withWeights, type BlockSampler } from "#num";
import { formOf, type Sample, type Statistic } from "./statistic.ts";

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
    stride: 1,
    lane: 0,
    from: Int32Array.of(0),
    to: Int32Array.of(n),
    count: 1,
  };
  return statistics.map((statistic) => {
    const form = formOf(returns, statistic, periodsPerYear);
    if (!form.rows) return form.of(whole);
    const [x, y = x] = form.rows;
    return form.finish(sum(x), sum(y));
  });
}

/** Blocks of resamples drawn at a time: their counts stay in the processor's cache while all rows pass by. */
const BLOCKS = 4;

/** Streams laid out at a time: a bound on memory. */
const GROUP = 1024;

/** A stream and the statistic asked of it. */
interface Task {
  readonly returns: Float64Array;
  readonly statistic: Statistic;
}

/**
 * A statistic of each stream on resamples 0 … resamples − 1, the same days drawn for all: `out[task][b]`. Throws
 * `RangeError` for streams of another length than the sampler's.
 */
export function resample(tasks: readonly Task[], plan: ResamplePlan): Float64Array[] {
  const out: Float64Array[] = [];
  for (let first = 0; first < tasks.length; first += GROUP)
    out.push(...resampleGroup(tasks.slice(first, first + GROUP), plan));
  return out;
}

function resampleGroup(
  tasks: readonly Task[],
  { sampler, resamples, periodsPerYear }: ResamplePlan,
): Float64Array[] {
  const { n } = sampler;
  const forms = tasks.map(({ returns, statistic }) => {
    if (returns.length !== n)
      throw new RangeError(`a sampler of ${n} for ${returns.length} returns`);
    return formOf(returns, statistic, periodsPerYear);
  });
  const out = tasks.map(() => new Float64Array(resamples));
  const pairs: (readonly [Float64Array, Float64Array])[] = [];
  const pairOf = forms.map(({ rows }) =>
    rows ? pairs.push([rows[0], rows[1] ?? rows[0]]) - 1 : 0,
  );
  const runs = Array.from({ length: BLOCKS * LANES }, () => ({
    from: new Int32Array(n),
    to: new Int32Array(n),
  }));
  withWeights({ n, blocks: BLOCKS }, pairs, ({ blocks, sums }) => {
    for (let first = 0; first < resamples; first += runs.length) {
      const samples = draw(blocks, first);
      forms.forEach((form, task) => {
        const into = out[task]!.subarray(first);
        if (!form.rows) {
          samples.forEach((sample, i) => (into[i] = form.of(sample)));
          return;
        }
        for (let i = 0; i < samples.length; i += LANES) {
          const totals = sums(pairOf[task]!, i / LANES);
          const end = Math.min(LANES, samples.length - i);
          for (let lane = 0; lane < end; lane++)
            into[i + lane] = form.finish(totals[lane]!, totals[LANES + lane]!);
        }
      });
    }
  });
  return out;

  /** Draws resamples `first`, … into the blocks of weights. */
  function draw(blocks: readonly Float64Array[], first: number): Sample[] {
    for (const counts of blocks) counts.fill(0);
    return runs.slice(0, resamples - first).map(({ from, to }, i) => {
      const count = sampler.runs(first + i, from, to);
      const counts = blocks[Math.floor(i / LANES)]!;
      const sample = { counts, stride: LANES, lane: i % LANES, from, to, count };
      tally(sample);
      return sample;
    });
  }
}

/** How often each observation occurs in the runs. */
function tally({ counts, stride, lane, from, to, count }: Sample): void {
  for (let i = 0; i < count; i++) {
    const end = stride * to[i]! + lane;
    for (let at = stride * from[i]! + lane; at < end; at += stride) counts[at]!++;
  }
}
