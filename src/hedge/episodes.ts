import { type Key, VolterraError } from "#core";
import { normals } from "#num";
import { type OptionRow, type Paths, type Process, type Right, blackScholesRow } from "#quant";
import { type Contract, SPOT, YEAR } from "./contract.ts";
import { type Environment, markedVolatility } from "./environment.ts";

/**
 * Episodes of selling a call and hedging it, row by row: [t · paths + i] is path i at session t. Money is in currency
 * for a share of 100 at the start. Row t holds what is known when the position of session t is taken.
 */
export interface Episodes {
  readonly environment: string;
  readonly paths: number;
  readonly steps: number;
  /** Years to expiry at each session, [steps]. */
  readonly tau: Float64Array;
  /** [steps + 1][paths]. */
  readonly spot: Float64Array;
  /** Volatility the option is marked at, [steps][paths]. */
  readonly vol: Float64Array;
  readonly delta: Float64Array;
  /** What a residual policy adds to; delta unless given. */
  readonly base?: Float64Array;
  readonly gamma: Float64Array;
  readonly vega: Float64Array;
  readonly theta: Float64Array;
  /** Trailing realised volatility, annualised, [steps][paths]. */
  readonly realised: Float64Array;
  /** What the option's value rose over each session, [steps][paths]: the seller's loss. */
  readonly liability: Float64Array;
  /** Price of the option at the start, [paths]: the unit of risk. */
  readonly premium: Float64Array;
  /** Cost of trading one unit at each session, liquidation last, [steps + 1][paths]. */
  readonly linear: Float64Array;
  /** Cost of the square of a trade. */
  readonly quadratic: number;
  /** A second option, for those who ask: `maturity` twice the first's, at the money at the start. */
  readonly second: () => SecondOption;
  /** The controls' features, [steps][paths]; zeros where the environment has none. */
  readonly signal: Float64Array;
  readonly decoy: Float64Array;
  readonly contract: Contract;
  readonly warnings: readonly string[];
}

/** [steps + 1][paths]. */
export interface SecondOption {
  readonly price: Float64Array;
  readonly delta: Float64Array;
  readonly vega: Float64Array;
}

export interface EpisodesRequest {
  readonly environment: Environment;
  readonly process: Process;
  readonly contract: Contract;
  readonly paths: number;
  readonly key: Key;
  /** Number of the first path. */
  readonly first?: number;
}

/** Simulates episodes; path i depends on the key and i alone, so that all who hedge see the same paths. */
export function simulateEpisodes(request: EpisodesRequest): Episodes {
  const { environment, process, contract, paths, key, first = 0 } = request;
  const simulated = process.simulate({
    paths,
    steps: contract.steps,
    dt: 1 / YEAR,
    params: environment.params,
    spot: SPOT,
    key,
    first,
    ...(environment.scheme !== undefined && { scheme: environment.scheme }),
  });
  return episodesOf(simulated, environment, contract, key);
}

/**
 * Episodes of given paths. Throws `VolterraError("SPEC")` for a maturity within the episode and for paths without
 * variance to mark the option at.
 */
export function episodesOf(
  paths: Paths,
  environment: Environment,
  contract: Contract,
  key: Key,
): Episodes {
  const { steps, maturity, rolled } = contract;
  if (!rolled && maturity < steps) {
    throw new VolterraError(
      "SPEC",
      `an option of ${maturity} sessions cannot be hedged for ${steps}`,
      "Let contract.maturity be at least contract.steps, or roll the strike.",
    );
  }
  if (Number.isNaN(paths.variance[0]) && contract.mark !== "cross-section") {
    throw new VolterraError(
      "SPEC",
      `environment "${environment.name}" has no variance to mark the option at`,
      'Use a process with variance, or contract.mark "cross-section".',
    );
  }
  const n = paths.paths;
  const { spot, signal, decoy } = withSignals(paths, environment, key);
  const tau = Float64Array.from({ length: steps + 1 }, (_, t) =>
    rolled ? maturity / YEAR : (maturity - t) / YEAR,
  );
  const vol = markVolatilities({ ...paths, spot }, environment, contract, tau);
  const out = {
    delta: new Float64Array(steps * n),
    gamma: new Float64Array(steps * n),
    vega: new Float64Array(steps * n),
    theta: new Float64Array(steps * n),
  };
  const row = (values: Float64Array, t: number) => values.subarray(t * n, (t + 1) * n);
  const liability = new Float64Array(steps * n);
  let premium: Float64Array = new Float64Array(0);
  let before: Float64Array = premium;
  for (let t = 0; t <= steps; t++) {
    const prices = row(spot, t);
    if (rolled && t > 0) {
      // What was sold at t − 1, a session later.
      const last = row(spot, t - 1);
      const relative = prices.map((s, i) => s / last[i]!);
      const years = tau[t - 1]! - 1 / YEAR;
      const { price } = blackScholesRow(CALL, relative, 1, years, row(vol, t), contract.rate);
      for (let i = 0; i < n; i++) liability[(t - 1) * n + i] = price[i]! * last[i]! - before[i]!;
    }
    if (rolled && t === steps) break;
    const { price, delta, gamma, vega, theta } = optionAt(prices, tau[t]!, row(vol, t), contract);
    if (t === 0) premium = price;
    else if (!rolled) {
      for (let i = 0; i < n; i++) liability[(t - 1) * n + i] = price[i]! - before[i]!;
    }
    before = price;
    if (t === steps) break;
    out.delta.set(delta, t * n);
    out.gamma.set(gamma, t * n);
    out.vega.set(vega, t * n);
    out.theta.set(theta, t * n);
  }
  const { bps, quadratic, multiple } = environment.costs;
  return Object.freeze({
    environment: environment.name,
    paths: n,
    steps,
    tau: tau.subarray(0, steps),
    spot,
    vol: vol.subarray(0, steps * n),
    ...out,
    realised: trailing({ ...paths, spot }, contract),
    liability,
    premium,
    linear: spot.map((s) => (multiple * bps * s) / 1e4),
    quadratic: multiple * quadratic,
    second: once(() => secondOption({ ...paths, spot }, environment, contract, vol)),
    signal,
    decoy,
    contract,
    warnings: paths.warnings,
  });
}

const CALL: Right = "call";

/** The option as it is sold at given prices, in currency: at the fixed strike, or at the money where it is rolled. */
export function optionAt(
  prices: Float64Array,
  years: number,
  vol: Float64Array,
  { rolled, rate }: Contract,
): OptionRow {
  if (!rolled) return blackScholesRow(CALL, prices, SPOT, years, vol, rate);
  const unit = blackScholesRow(
    CALL,
    prices.map(() => 1),
    1,
    years,
    vol,
    rate,
  );
  return {
    price: unit.price.map((x, i) => x * prices[i]!),
    delta: unit.delta,
    gamma: unit.gamma.map((x, i) => x / prices[i]!),
    vega: unit.vega.map((x, i) => x * prices[i]!),
    theta: unit.theta.map((x, i) => x * prices[i]!),
  };
}

/** The same, computed when first asked for. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** [steps + 1][paths]; the last row marks what is bought back there. */
function markVolatilities(
  { paths, steps, spot, variance }: Paths,
  { params }: Environment,
  { mark }: Contract,
  tau: Float64Array,
): Float64Array {
  const vol = new Float64Array((steps + 1) * paths);
  for (let t = 0; t <= steps; t++) {
    const row = vol.subarray(t * paths, (t + 1) * paths);
    if (mark === "cross-section") {
      row.fill(crossSection(spot, paths, Math.max(1, t)));
      continue;
    }
    const marked = mark === "expected" ? markedVolatility(params, tau[t]!) : root;
    for (let i = 0; i < paths; i++) row[i] = marked(variance[t * paths + i]!);
  }
  return vol;
}

function root(v: number): number {
  return Math.sqrt(Math.max(1e-6, v));
}

/** Annualised deviation over all paths of the return into session t. */
function crossSection(spot: Float64Array, n: number, t: number): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const r = spot[t * n + i]! / spot[(t - 1) * n + i]! - 1;
    sum += r;
    squares += r * r;
  }
  return Math.sqrt(Math.max(1e-6, (squares / n - (sum / n) ** 2) * YEAR));
}

/**
 * Root mean square of the last `window` daily returns, annualised. Returns before the episode count at the variance of
 * its start, so that the feature exists from the first session and never looks ahead.
 */
function trailing({ paths: n, steps, spot, variance }: Paths, contract: Contract): Float64Array {
  const { window, peek } = contract;
  const out = new Float64Array(steps * n);
  const square = (t: number, i: number): number => {
    if (t >= 1) {
      const r = spot[t * n + i]! / spot[(t - 1) * n + i]! - 1;
      return r * r;
    }
    const v = variance[i]!;
    return Number.isNaN(v) ? 0 : v / YEAR;
  };
  const ahead = peek ? 1 : 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let t = 1 - window + ahead; t <= ahead; t++) sum += square(t, i);
    for (let t = 0; t < steps; t++) {
      if (t > 0) sum += square(t + ahead, i) - square(t + ahead - window, i);
      out[t * n + i] = Math.sqrt(Math.max(0, (sum / window) * YEAR));
    }
  }
  return out;
}

/** The same spot with the predictable part of the returns, and its two features. */
function withSignals(
  { paths: n, steps, spot }: Paths,
  { signals }: Environment,
  key: Key,
): Pick<Episodes, "spot" | "signal" | "decoy"> {
  const signal = new Float64Array(steps * n);
  if (!signals) return { spot, signal, decoy: signal };
  const decoy = new Float64Array(steps * n);
  const [u, a, b] = ["drift", "signal", "decoy"].map((name) => normals(key.fold(name), steps * n));
  const moved = spot.slice();
  const growth = new Float64Array(n).fill(1);
  for (let t = 0; t < steps; t++) {
    for (let i = 0; i < n; i++) {
      const k = t * n + i;
      signal[k] = correlated(signals.signal, u![k]!, a![k]!);
      decoy[k] = correlated(signals.decoy, u![k]!, b![k]!);
      growth[i]! *= Math.max(0.5, 1 + signals.strength * u![k]!);
      moved[k + n] = spot[k + n]! * growth[i]!;
    }
  }
  return { spot: moved, signal, decoy };
}

/** A normal number correlated rho with `own`. */
function correlated(rho: number, own: number, noise: number): number {
  return rho * own + Math.sqrt(1 - rho * rho) * noise;
}

/** A call of twice the maturity at the strike of the start, for hedging vega: [steps + 1][paths]. */
function secondOption(
  { paths: n, steps, spot, variance }: Paths,
  { params }: Environment,
  { maturity, mark, rate }: Contract,
  vol: Float64Array,
): SecondOption {
  const size = (steps + 1) * n;
  const out = {
    price: new Float64Array(size),
    delta: new Float64Array(size),
    vega: new Float64Array(size),
  };
  for (let t = 0; t <= steps; t++) {
    const years = (2 * maturity - t) / YEAR;
    const from = t * n;
    const marked = markedVolatility(params, years);
    const row =
      mark === "expected"
        ? variance.slice(from, from + n).map(marked)
        : vol.subarray(from, from + n);
    const { price, delta, vega } = blackScholesRow(
      CALL,
      spot.subarray(from, from + n),
      SPOT,
      years,
      row,
      rate,
    );
    out.price.set(price, from);
    out.delta.set(delta, from);
    out.vega.set(vega, from);
  }
  return out;
}
