import { mean } from "#num";
import { resampledMeans, type ComparisonOptions } from "./superior-ability.ts";

export interface ConfidenceSet {
  /** p-value of each stream, in the order given: the largest level at which it still belongs to the set. */
  readonly pValues: Float64Array;
  /** Indices of the streams in the 1 − α set, increasing. */
  readonly members: readonly number[];
  /** Streams in the order in which they were eliminated; the last one is the best. */
  readonly order: readonly number[];
}

/**
 * Model confidence set: the streams that cannot be told from the best in the mean. Each round tests equality by the
 * largest of (mean over the set − own mean) / resampled standard deviation, and eliminates the stream that attains it;
 * a stream's p-value is the largest so far. Hansen, Lunde & Nason, "The model confidence set", Econometrica 79 (2011)
 * 453–497, the T_max statistic and its elimination rule. Higher is better.
 */
export function modelConfidenceSet(
  streams: readonly Float64Array[],
  options: ComparisonOptions & { readonly alpha?: number },
): ConfidenceSet {
  const n = streams[0]?.length ?? 0;
  if (n === 0 || streams.some((s) => s.length !== n)) {
    throw new RangeError("streams are empty or differ in length");
  }
  const { means, draws } = resampledMeans(streams, options);
  const resamples = draws[0]!.length;
  const pValues = new Float64Array(streams.length);
  const order: number[] = [];
  let open = streams.map((_, i) => i);
  let p = 0;
  while (open.length > 1) {
    const centre = mean(open.map((i) => means[i]!));
    const centres = new Float64Array(resamples);
    for (const i of open)
      for (let b = 0; b < resamples; b++) centres[b]! += draws[i]![b]! / open.length;
    const largest = new Float64Array(resamples).fill(-Infinity);
    let worst = open[0]!;
    let worstScore = -Infinity;
    for (const i of open) {
      const deviations = draws[i]!.map((d, b) => centres[b]! - d - (centre - means[i]!));
      const spread = Math.sqrt(mean(deviations.map((d) => d * d)));
      const score = (centre - means[i]!) / spread;
      if (score > worstScore) [worst, worstScore] = [i, score];
      for (let b = 0; b < resamples; b++) {
        if (deviations[b]! / spread > largest[b]!) largest[b] = deviations[b]! / spread;
      }
    }
    p = Math.max(p, largest.reduce((c, x) => c + (x > worstScore ? 1 : 0), 0) / resamples);
    pValues[worst] = p;
    order.push(worst);
    open = open.filter((i) => i !== worst);
  }
  pValues[open[0]!] = 1;
  order.push(open[0]!);
  const { alpha = 0.05 } = options;
  const members = streams.map((_, i) => i).filter((i) => pValues[i]! >= alpha);
  return Object.freeze({ pValues, members, order });
}
