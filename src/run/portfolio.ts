import { fillParams } from "#core";
import { composeSleeves, type PortfolioTerms, type Strategy } from "#trade";
import { z } from "zod";
import type { Catalog } from "./catalog.ts";

const params = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** An entry of the catalog with its parameters. */
export const use = z.strictObject({ name: z.string(), params: params.default({}) });

const share = z.number().min(0).max(1);

const sleeve = z.strictObject({
  strategy: use,
  /** Share of the investable NAV. */
  weight: z.number().positive().max(1),
  /** Gross exposure of what is paid for, as a multiple of the sleeve's NAV. */
  limit: z.union([z.number().positive(), z.literal("none")]).default(1),
});

const overlay = z.strictObject({
  enabled: z.boolean().default(false),
  target: z.number().positive().default(0.1),
  least: z.number().min(0).default(0.25),
  most: z.number().positive().default(1.5),
  step: z.number().min(0).default(0.1),
  dwell: z.int().min(0).default(2),
});

const allocation = z.strictObject({
  cashBuffer: share.default(0.1),
  /** A fund that holds idle cash; "" leaves it idle. */
  cashInstrument: z.string().default(""),
  /** The operator's own scale of every sleeve. */
  riskScale: share.default(1),
  /** Trade although the account holds what is none of the sleeves' business. */
  allowExternal: z.boolean().default(false),
  overlay: overlay.prefault({}),
});

const risk = z.strictObject({
  enabled: z.boolean().default(true),
  volatility: z.enum(["own", "market"]).default("own"),
  volTarget: z.number().positive().default(0.07),
  volCap: z.number().positive().default(0.08),
  window: z.int().min(2).default(63),
  warn: share.default(0.06),
  stop: share.default(0.1),
  onStop: z.enum(["flatten", "freeze"]).default("flatten"),
  rearm: z.int().min(0).default(21),
  marginCap: z.number().positive().default(0.6),
  marginWarn: z.number().positive().default(0.54),
  strikes: z.enum(["episodes", "days"]).default("episodes"),
  strikeDays: z.int().min(0).default(30),
  cutAt: share.default(0.1),
});

/** Keys of a portfolio of sleeves, in place of `strategy`. */
export const portfolioKeys = {
  sleeves: z
    .record(z.string().regex(/^[a-z0-9-]+$/), sleeve)
    .refine((all) => Object.keys(all).length > 0, "no sleeve")
    .refine((all) => !("cash" in all), 'no sleeve may be called "cash"')
    .refine(
      (all) => Object.values(all).reduce((sum, { weight }) => sum + weight, 0) <= 1 + 1e-9,
      "the weights sum to more than 1",
    ),
  allocation: allocation.prefault({}),
  risk: risk.prefault({}),
};

/** Sleeves and what an account decides for them. */
export interface Portfolio {
  readonly sleeves: z.infer<typeof portfolioKeys.sleeves>;
  readonly allocation: z.infer<typeof allocation>;
  readonly risk: z.infer<typeof risk>;
}

/** What a spec trades: an entry of the catalog, or sleeves under the name `portfolio`. */
export interface Traded {
  readonly name: string;
  readonly params: object;
  readonly portfolio?: Portfolio;
}

/** What overlay and `market` risk take for the volatility of the market. */
const MARKET_VOLATILITY = "realised-vol(price=spy.close, window=21, returns=simple)";

/** A strategy ready to run, with its parameters complete. */
export interface LoadedStrategy {
  readonly strategy: Strategy<object>;
  readonly params: object;
}

/** Loads what a spec trades. Rejects with `VolterraError` for an unknown name or parameter. */
export async function loadStrategy(catalog: Catalog, traded: Traded): Promise<LoadedStrategy> {
  const { name, params: given, portfolio } = traded;
  if (!portfolio) {
    const strategy = await catalog.load<Strategy<object>>("strategies", name);
    return { strategy, params: fillParams(`strategy ${name}`, strategy, given) };
  }
  const sleeves = [];
  for (const [called, { strategy, weight, limit }] of Object.entries(portfolio.sleeves)) {
    const loaded = await loadStrategy(catalog, strategy);
    sleeves.push({ name: called, ...loaded, weight, limit: limit === "none" ? Infinity : limit });
  }
  const strategy = composeSleeves(sleeves, termsOf(portfolio)) as Strategy<object>;
  return { strategy, params: {} };
}

/** The same with every parameter that was left out at its default. Rejects as `loadStrategy` does. */
export async function fillTraded(catalog: Catalog, traded: Traded): Promise<Traded> {
  const { name, portfolio } = traded;
  if (!portfolio) return { name, params: (await loadStrategy(catalog, traded)).params };
  const sleeves: Record<string, z.infer<typeof sleeve>> = {};
  for (const [called, own] of Object.entries(portfolio.sleeves)) {
    const { params: complete } = await loadStrategy(catalog, own.strategy);
    const strategy = { ...own.strategy, params: complete as z.infer<typeof params> };
    sleeves[called] = { ...own, strategy };
  }
  return { ...traded, portfolio: { ...portfolio, sleeves } };
}

function termsOf({ allocation: own, risk: limits }: Portfolio): PortfolioTerms {
  const { cashBuffer, cashInstrument, riskScale } = own;
  return {
    cashBuffer,
    cashInstrument,
    riskScale,
    overlay: own.overlay.enabled ? own.overlay : null,
    risk: limits.enabled ? limits : null,
    marketVolatility: MARKET_VOLATILITY,
  };
}

/** Reference of the regime gate that a strategy, or the first of its sleeves that has one, goes by. */
export function gateOf({ strategy, params: given }: LoadedStrategy): string | undefined {
  return Object.entries(strategy.features(given)).find(([alias]) => /(^|\/)gate$/.test(alias))?.[1];
}
