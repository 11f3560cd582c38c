/**
 * The numbers of the simulated market, found by matching the moments in `docs/simulated-market.md`. A step is a
 * session; variances are annualised decimals (0.04 is a volatility of 20 %).
 */

/** Calm, stressed, crisis. */
export const REGIMES = 3;

/** How variance moves: as it happens, and as options and futures are priced (the difference is the premium). */
export interface VarianceDynamics {
  /** Probability of the regime of the next session, from (row) to (column). */
  readonly transition: readonly (readonly number[])[];
  /** Variance each regime pulls the slow component to. */
  readonly level: readonly number[];
  /** Share of its distance to `level` that the slow component closes in a session. */
  readonly slow: number;
  /** Share of its distance to the slow component that the fast one closes in a session. */
  readonly fast: number;
  /** The fast component reverts to this multiple of the slow one. */
  readonly lift: number;
}

export const ACTUAL: VarianceDynamics = {
  transition: [
    [0.9968, 0.0032, 0],
    [0.00668, 0.99133, 0.00199],
    [0, 0.0207, 0.9793],
  ],
  level: [0.0184, 0.042, 0.3],
  slow: 0.12,
  fast: 0.0569,
  lift: 1,
};

export const PRICED: VarianceDynamics = {
  transition: [
    [0.99778, 0.00222, 0],
    [0.006, 0.98728, 0.00672],
    [0, 0.02, 0.98],
  ],
  level: [0.0171, 0.02, 0.172],
  slow: 0.0224,
  fast: 0.0385,
  lift: 1.54,
};

/** Shocks of the variance components and of the volatility of volatility. */
export const SHOCKS = {
  /** Log deviation a session of the fast component, at the usual level of VVIX. */
  fast: 0.221,
  /** Log deviation a session of the slow component. */
  slow: 0.0696,
  /** Correlation of the fast component with SPY returns: the leverage effect. */
  leverage: -0.95,
  /** Chance of a jump in a session. */
  jumpChance: 0.00739,
  /** A jump in SPY is −(`jumpSize` + x) daily deviations, x exponential with mean 1 and cut at `jumpCut`, */
  jumpSize: 2,
  jumpCut: 3,
  /** and multiplies variance by e^(`jumpVariance` + `jumpTail` · x). */
  jumpVariance: 0.599,
  jumpTail: 0.6,
  /** Above this variance shocks of variance lose force: they are scaled by 1 / (1 + fast / `ceiling`). */
  ceiling: 0.785,
} as const;

/** How options are priced around the expectation. */
export const PRICING = {
  /** VIX² over the expected variance: jump variance and the premium of the shortest options. */
  premium: 1.2,
  /** Further factor of VIX9D and VIX3M over the model price. */
  near: 1.045,
  far: 1.025,
  /** Log deviation of VIX1D around the model price: what is and is not announced for the next session. */
  agenda: 0.135,
  /** Log deviation and persistence of supply and demand around the model price of volatility. */
  demand: 0.0226,
  persistence: 0.98,
  /** Log deviation of VIX in a session and its persistence, for the concavity of futures. */
  deviation: 0.075,
  reversion: 0.045,
} as const;

/** VVIX: usual level, persistence, log deviation a session, share of it from the shock of variance. */
export const VVIX = {
  level: 88.5,
  persistence: 0.93,
  deviation: 0.06,
  common: 0.625,
} as const;
