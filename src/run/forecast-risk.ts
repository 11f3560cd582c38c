import { calibrate, fitPlatt, logit, sigmoid } from "#learn";

/** Probabilities of risk of one training: of its held-out rows and of the rows it forecasts. */
export interface RiskFold {
  readonly tail: Float64Array;
  readonly test: Float64Array;
}

/** P(last class) of `[n][classes]` probabilities. */
export function riskOf(values: Float64Array, classes: number): Float64Array {
  return Float64Array.from(
    { length: values.length / classes },
    (_, row) => values[(row + 1) * classes - 1]!,
  );
}

/**
 * Probabilities calibrated (Platt) by the held-out rows. Where those hold one class alone, or the line would turn the
 * order around, every row gets the share of risk in them.
 */
export function calibrateRisk({ tail, test }: RiskFold, happened: Uint8Array): RiskFold {
  const positives = happened.reduce((sum, one) => sum + one, 0);
  const share = (positives + 1) / (happened.length + 2);
  const flat = { tail: tail.map(() => share), test: test.map(() => share) };
  if (positives === 0 || positives === happened.length) return flat;
  if (tail.every((p) => p === tail[0])) return flat;
  const platt = fitPlatt(tail, happened);
  if (platt.kind === "platt" && !(platt.slope > 0)) return flat;
  const apply = (p: number) => calibrate(platt, p);
  return { tail: tail.map(apply), test: test.map(apply) };
}

/** A probability as it would be if both classes were as frequent: its log-odds less those of the base rate. */
export function equalPriors(p: number, baseRate: number): number {
  return sigmoid(logit(Math.min(1 - 1e-12, Math.max(1e-12, p))) - logit(baseRate));
}

/** How a threshold does on rows: shares of risk rows and of safe rows at or above it. */
export function alarmRates(
  risk: ArrayLike<number>,
  happened: ArrayLike<number>,
  threshold: number,
): { readonly recall: number; readonly falsePositives: number } {
  const hits = [0, 0];
  const totals = [0, 0];
  for (let row = 0; row < risk.length; row++) {
    const label = happened[row]!;
    totals[label]! += 1;
    if (risk[row]! >= threshold) hits[label]! += 1;
  }
  return { recall: hits[1]! / totals[1]!, falsePositives: hits[0]! / totals[0]! };
}

/**
 * Of some thresholds the one with the greatest recall less false-positive rate, among those with at most `mostFalse` false
 * positives; where there is none, the one with the fewest. The higher of equal ones.
 */
export function chooseThreshold(
  risk: ArrayLike<number>,
  happened: ArrayLike<number>,
  { thresholds, mostFalse }: { readonly thresholds: readonly number[]; readonly mostFalse: number },
): number {
  const descending = thresholds.toSorted((a, b) => b - a);
  const tried = descending.map((threshold) => {
    const { recall, falsePositives } = alarmRates(risk, happened, threshold);
    // Without a row of risk, or of safety, there is nothing to weigh: the higher threshold stays.
    return { threshold, gain: recall - falsePositives || 0, falsePositives: falsePositives || 0 };
  });
  const allowed = tried.filter(({ falsePositives }) => falsePositives <= mostFalse);
  const best = (
    of: typeof tried,
    better: (a: (typeof tried)[0], b: (typeof tried)[0]) => boolean,
  ) => of.reduce((kept, one) => (better(one, kept) ? one : kept));
  if (allowed.length > 0) return best(allowed, (a, b) => a.gain > b.gain).threshold;
  return best(tried, (a, b) => a.falsePositives < b.falsePositives).threshold;
}
