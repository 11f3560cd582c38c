import type { Instrument } from "./instrument.ts";

/** What a trade costs beyond its reference price. */
export interface Costs {
  /** Equities: price worse by so many basis points, and USD a share. */
  readonly equityBps: number;
  readonly equityCommission: number;
  /** Futures: ticks a side and USD a contract and side. */
  readonly futureTicks: number;
  readonly futureCommission: number;
  /** Options: share of the premium and USD a contract and side. */
  readonly optionShare: number;
  readonly optionCommission: number;
  /** Multiplies all of the above. */
  readonly multiple: number;
}

/** A price for a trade, or null where nobody trades. */
export interface Quote {
  readonly price: number;
  readonly commission: number;
  readonly slippage: number;
}

/** The port through which orders meet a market: simulated, paper or live. */
export interface Broker {
  quote(instrument: Instrument, units: number, reference: number): Quote | null;
}

/**
 * A broker that fills every order at the reference price made worse by the costs. Nothing is bought below its least
 * price, and an option worth less than that cannot be sold.
 */
export function costBroker(costs: Costs): Broker {
  const { multiple } = costs;
  return {
    quote(instrument, units, reference) {
      if (!(reference > 0)) return null;
      const { kind, multiplier } = instrument;
      if (kind === "option" && units < 0 && reference < instrument.tick) return null;
      const [worse, fee] =
        kind === "equity"
          ? [(reference * costs.equityBps) / 1e4, costs.equityCommission]
          : kind === "future"
            ? [costs.futureTicks * instrument.tick, costs.futureCommission]
            : [reference * costs.optionShare, costs.optionCommission];
      const side = Math.sign(units);
      const least = kind === "option" && units > 0 ? instrument.tick : 0;
      const price = Math.max(reference + side * worse * multiple, least);
      const size = Math.abs(units);
      return {
        price,
        commission: size * fee * multiple,
        slippage: size * side * (price - reference) * multiplier,
      };
    },
  };
}
