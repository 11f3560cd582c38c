import { VolterraError } from "#core";
import { z } from "zod";

/** What a trade of x units costs: multiple · (bps/10⁴ · spot · |x| + quadratic · x²), in currency for a share of 100 at the start. */
export const COSTS = z.strictObject({
  bps: z.number().min(0).default(5),
  quadratic: z.number().min(0).default(0),
  multiple: z.number().min(0).default(1),
});
export type Costs = z.infer<typeof COSTS>;

/**
 * A drift that can be seen coming, for controls: the next return carries `strength`·u, u standard normal, beside the
 * process's own. `signal` and `decoy` are features with the given correlations to u, both known before the return.
 */
export const SIGNALS = z.strictObject({
  /** In daily decimals: 0.005 is half a percent a session. */
  strength: z.number(),
  signal: z.number().min(-1).max(1),
  decoy: z.number().min(-1).max(1),
});
export type Signals = z.infer<typeof SIGNALS>;

/** A world to hedge in: how prices move and what trading costs. */
export const ENVIRONMENT = z.strictObject({
  name: z.string().min(1),
  describe: z.string().default(""),
  /** Name of a price process and its parameters, annual decimals. */
  process: z.string(),
  params: z.record(z.string(), z.number()).default({}),
  scheme: z.string().optional(),
  costs: COSTS.default({ bps: 5, quadratic: 0, multiple: 1 }),
  signals: SIGNALS.optional(),
});
export type Environment = z.infer<typeof ENVIRONMENT> & { readonly kind: "environment" };

/** Checks and freezes an environment. Throws `VolterraError("SPEC")` for what no market could be. */
export function defineEnvironment(definition: z.input<typeof ENVIRONMENT>): Environment {
  const parsed = ENVIRONMENT.safeParse(definition);
  const fail = (message: string): never => {
    throw new VolterraError(
      "SPEC",
      `environment "${definition.name}": ${message}`,
      "See docs/hedging.md for the parameters of an environment.",
    );
  };
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return fail(`${issue.path.join(".")}: ${issue.message}`);
  }
  const { params } = parsed.data;
  for (const name of ["v0", "theta", "vol", "xi", "kappa", "intensity", "jumpDeviation"]) {
    const value = params[name];
    if (value !== undefined && !(value >= 0)) fail(`${name} is ${value}, and cannot be negative`);
  }
  if (Math.abs(params.rho ?? 0) > 1) fail(`rho is ${params.rho}, and |rho| is at most 1`);
  return Object.freeze({ kind: "environment" as const, ...parsed.data });
}

/**
 * The volatility an option of `tau` years is marked at, from the variance now: the root of the mean variance the model
 * expects over its life, θ + (v − θ)(1 − e^(−κτ))/(κτ), plus that of jumps. Processes without reversion keep v.
 */
export function markedVolatility(
  params: Environment["params"],
  tau: number,
): (v: number) => number {
  const { kappa = 0, theta = 0, intensity = 0, jumpMean = 0, jumpDeviation = 0 } = params;
  const jumps = intensity * (jumpMean * jumpMean + jumpDeviation * jumpDeviation);
  const pull = kappa * tau;
  const weight = pull > 1e-8 ? -Math.expm1(-pull) / pull : 1;
  return (v) => Math.sqrt(Math.max(1e-6, theta + (v - theta) * weight + jumps));
}
