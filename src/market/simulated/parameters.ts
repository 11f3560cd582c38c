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
    [0.995, 0.005, 0],
    [0.007, 0.9905, 0.0025],
    [0, 0.022, 0.978],
  ],
  level: [0.0125, 0.038, 0.19],
  slow: 0.05,
  fast: 0.08,
  lift: 1,
};

export const PRICED: VarianceDynamics = {
  transition: [
    [0.99, 0.01, 0],
    [0.006, 0.989, 0.005],
    [0, 0.02, 0.98],
  ],
  level: [0.016, 0.045, 0.19],
  slow: 0.04,
  fast: 0.08,
  lift: 1.25,
};

/** Shocks of the variance components and of the volatility of volatility. */
export const SHOCKS = {
  /** Log deviation a session of the fast component, at the usual level of VVIX. */
  fast: 0.27,
  /** Log deviation a session of the slow component. */
  slow: 0.04,
  /** Correlation of the fast component with SPY returns: the leverage effect. */
  leverage: -0.9,
  /** Chance of a jump in a session. */
  jumpChance: 0.006,
  /** A jump in SPY is −(`jumpSize` + exponential(1)) daily deviations. */
  jumpSize: 2,
  /** and multiplies variance by e^(`jumpVariance` + exponential(`jumpTail`)). */
  jumpVariance: 0.4,
  jumpTail: 0.45,
  /** Above this variance shocks of variance lose force: they are scaled by 1 / (1 + fast / `ceiling`). */
  ceiling: 0.6,
} as const;

/** How options are priced around the expectation. */
export const PRICING = {
  /** VIX² over the expected variance: jump variance and the premium of the shortest options. */
  premium: 1.12,
  /** Further factor of VIX9D and VIX3M over the model price. */
  near: 1.035,
  far: 1.015,
  /** Log deviation and persistence of supply and demand around the model price of volatility. */
  demand: 0.05,
  persistence: 0.93,
  /** Log deviation of VIX in a session and its persistence, for the concavity of futures. */
  deviation: 0.065,
  reversion: 0.045,
} as const;

/** VVIX: usual level, persistence, log deviation a session, share of it from the shock of variance. */
export const VVIX = { level: 91, persistence: 0.96, deviation: 0.05, common: 0.7 } as const;
