import { mean, std } from "#num";
import { FEATURES } from "./features.ts";

/** What the diagnostics are made of: risks in premiums by test environment, and what was measured on the network. */
export interface DiagnosticInput {
  readonly training: readonly number[];
  readonly tests: readonly number[];
  readonly meanPnl: number;
  readonly cvar: number;
  readonly tradeRatio: number;
  /** Sensitivity of the position by feature. */
  readonly sensitivity: Readonly<Record<string, number>>;
  /** Gradients of the training environments' risks by the last layer. */
  readonly gradients: readonly ArrayLike<number>[];
}

export interface Diagnostics {
  /** 1 − min(1, variance of the training risks): risks alike. */
  readonly c1: number;
  /** Mean over pairs of (1 + cosine)/2: gradients alike. */
  readonly c2: number;
  /** 1 − min(1, dispersion of the gradients' lengths, deviation over mean). */
  readonly c3: number;
  /** Mean of the three: invariance. */
  readonly isi: number;
  /** Largest less smallest risk over test environments. */
  readonly generalisationGap: number;
  /** Mean risk of the worst quarter of test environments, at least one. */
  readonly worstGroup: number;
  /** Deviation over mean of the test risks. */
  readonly riskVariation: number;
  /** Mean P&L over |CVaR-95|. */
  readonly efficiency: number;
  readonly tradeRatio: number;
  /** Mean sensitivity to invariant features over that to spurious ones. */
  readonly sensitivityIndex: number;
}

/** The document's diagnostics, one definition each. NaN where there is too little to say. */
export function diagnose(input: DiagnosticInput): Diagnostics {
  const { training, tests, sensitivity, gradients } = input;
  const c1 = 1 - Math.min(1, std(training, 0) ** 2);
  const lengths = gradients.map((g) => Math.sqrt(Array.from(g).reduce((sum, x) => sum + x * x, 0)));
  const cosines = gradients.flatMap((a, i) =>
    gradients.slice(i + 1).map((b, j) => dot(a, b) / (lengths[i]! * lengths[i + 1 + j]!)),
  );
  const c2 = cosines.length > 0 ? (1 + mean(cosines)) / 2 : NaN;
  const c3 = 1 - Math.min(1, std(lengths, 0) / mean(lengths));
  const sorted = tests.toSorted((a, b) => b - a);
  const of = (invariant: boolean) =>
    mean(
      Object.entries(sensitivity)
        .filter(([name]) => FEATURES[name]?.invariant === invariant)
        .map(([, x]) => x),
    );
  return {
    c1,
    c2,
    c3,
    isi: (c1 + c2 + c3) / 3,
    generalisationGap: sorted[0]! - sorted.at(-1)!,
    worstGroup: mean(sorted.slice(0, Math.max(1, Math.floor(sorted.length / 4)))),
    riskVariation: std(tests, 0) / mean(tests),
    efficiency: input.meanPnl / Math.abs(input.cvar),
    tradeRatio: input.tradeRatio,
    sensitivityIndex: of(true) / (of(false) + 1e-8),
  };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);
}
