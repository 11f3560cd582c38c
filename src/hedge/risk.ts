import { exp } from "#num";
import { z } from "zod";

/**
 * An optimised certainty equivalent: risk of a loss L = min over τ of τ + E[u(L − τ)] (A. Ben-Tal, M. Teboulle,
 * Mathematical Finance 17 (2007), 449–476). τ is learned beside the policy. Three of them:
 * - `cvar`: u(x) = x⁺/α, the mean of the worst α (R. Rockafellar, S. Uryasev, Journal of Risk 2 (2000), 21–41), the
 *   kink rounded over ±`round` so that second derivatives see it;
 * - `entropic`: u(x) = (e^(ηx) − 1)/η, so that the risk is ln E[e^(ηL)]/η;
 * - `mean-variance`: u(x) = x + c·x², so that it is E[L] + c·Var[L].
 */
export const RISK = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("cvar"),
    alpha: z.number().gt(0).lt(1).default(0.05),
    /** In units of premium; 0 keeps the kink. */
    round: z.number().min(0).default(0.02),
  }),
  z.strictObject({ kind: z.literal("entropic"), aversion: z.number().positive().default(5) }),
  z.strictObject({ kind: z.literal("mean-variance"), aversion: z.number().positive().default(2) }),
]);
export type RiskSpec = z.infer<typeof RISK>;

/** u and its two derivatives at x. */
export interface Disutility {
  readonly value: number;
  readonly slope: number;
  readonly bend: number;
}

/** Largest exponent of the entropic risk: a loss beyond counts with this slope. */
const CAP = 30;

/** u of a risk measure; every call returns the same object, filled anew. */
export function disutility(spec: RiskSpec): (x: number) => Disutility {
  const out = { value: 0, slope: 0, bend: 0 };
  const say = (value: number, slope: number, bend: number): Disutility => {
    out.value = value;
    out.slope = slope;
    out.bend = bend;
    return out;
  };
  switch (spec.kind) {
    case "cvar": {
      const { alpha, round: h } = spec;
      return (x) => {
        if (x <= -h) return say(0, 0, 0);
        if (x >= h) return say(x / alpha, 1 / alpha, 0);
        return say((x + h) ** 2 / (4 * h * alpha), (x + h) / (2 * h * alpha), 1 / (2 * h * alpha));
      };
    }
    case "entropic": {
      const { aversion } = spec;
      return (x) => {
        const y = aversion * x;
        const e = exp(Math.min(CAP, y));
        return y > CAP
          ? say((e * (1 + y - CAP) - 1) / aversion, e, 0)
          : say((e - 1) / aversion, e, aversion * e);
      };
    }
    case "mean-variance": {
      const { aversion } = spec;
      return (x) => say(x + aversion * x * x, 1 + 2 * aversion * x, 2 * aversion);
    }
  }
}

/** The threshold that minimises τ + E[u(L − τ)], where E[u′(L − τ)] = 1, by bisection. */
export function bestThreshold(losses: ArrayLike<number>, spec: RiskSpec): number {
  const u = disutility(spec);
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < losses.length; i++) {
    low = Math.min(low, losses[i]!);
    high = Math.max(high, losses[i]!);
  }
  low -= 1;
  high += 1;
  for (let round = 0; round < 60; round++) {
    const middle = 0.5 * (low + high);
    let sum = 0;
    for (let i = 0; i < losses.length; i++) sum += u(losses[i]! - middle).slope;
    if (sum > losses.length) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}
