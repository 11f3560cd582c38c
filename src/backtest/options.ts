import { DAYS_PER_YEAR, toDecimal, toNumber } from "#core";
import { log } from "#num";
import { black76Price } from "#quant";
import type { Instrument, Option, Universe } from "#trade";
import type { OptionVolatility } from "./execution.ts";

/** USD a point of an option family; `VIX1000` is the multiplier one original used by mistake. */
const MULTIPLIERS: Readonly<Record<string, number>> = { VIX: 100, VIX1000: 1000 };

/** Least price of an option in points. */
const TICK = 0.05;

const SHAPE = /^(\w+) (\d{4}-\d{2}-\d{2}) ([CP])(\d+(?:\.\d+)?)$/;

/** Columns by row of the market that price options. */
export interface OptionInputs {
  readonly days: Int32Array;
  /** VVIX in points. */
  readonly vvix: Float64Array;
  /** Interest rate, decimals a year. */
  readonly rate: Float64Array;
}

/**
 * A universe with every option on its futures, by name as `optionId` writes it and added when first asked for. They are
 * priced by Black (1976) on the future of the same expiry: marks with the settlement and VVIX of the row, opening prices
 * with the opening price of the future and the VVIX of the row before. On the day of expiry the mark
 * is what the option pays at the special opening quotation.
 */
export function withOptions(
  base: Universe,
  inputs: OptionInputs,
  volatility: OptionVolatility,
): Universe {
  const { days, vvix, rate } = inputs;
  const count = base.instruments.length;
  const instruments: Instrument[] = [...base.instruments];
  const added = new Map<string, number>();
  const underlyings: number[] = [];
  const futures = new Map(
    base.instruments.flatMap((spec, i) => (spec.kind === "future" ? [[spec.expiry, i]] : [])),
  );

  function add(id: string): number {
    const [, root = "", expires = "", side, strike] = SHAPE.exec(id) ?? [];
    const multiplier = MULTIPLIERS[root];
    if (multiplier === undefined) return -1;
    const expiry = toNumber(expires);
    const underlying = futures.get(expiry);
    if (underlying === undefined) return -1;
    const right = side === "C" ? "call" : "put";
    instruments.push({
      kind: "option",
      id,
      multiplier,
      tick: TICK,
      expiry,
      strike: Number(strike),
      right,
      underlying: base.instruments[underlying]!.id,
    });
    underlyings.push(underlying);
    added.set(id, instruments.length - 1);
    return instruments.length - 1;
  }

  /** Price on the day of row t with a future at `forward`, from what was known at row `known`. */
  function price(option: number, t: number, forward: number, known: number): number {
    const { right, strike, expiry } = instruments[option] as Option;
    if (!(forward > 0)) return NaN;
    if (expiry <= days[t]!) {
      return Math.max(right === "call" ? forward - strike : strike - forward, 0);
    }
    const vol =
      toDecimal(vvix[known]!) + volatility.skew * log(strike / forward) + volatility.shift;
    const tau = (expiry - days[t]!) / DAYS_PER_YEAR;
    return black76Price(right, forward, strike, tau, Math.max(vol, 0), rate[known]!);
  }

  return {
    instruments,
    find(id) {
      const known = added.get(id) ?? base.find(id);
      return known >= 0 ? known : add(id);
    },
    open(i, t) {
      if (i < count) return base.open(i, t);
      const forward = base.open(underlyings[i - count]!, t);
      return t > 0 ? price(i, t, forward, t - 1) : NaN;
    },
    mark: (i, t) =>
      i < count ? base.mark(i, t) : price(i, t, base.mark(underlyings[i - count]!, t), t),
    high: (i, t) => (i < count ? base.high(i, t) : NaN),
    low: (i, t) => (i < count ? base.low(i, t) : NaN),
    dividend: (i, t) => (i < count ? base.dividend(i, t) : 0),
  };
}
