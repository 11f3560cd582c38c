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

/** A broker that fills every order at the reference price made worse by the costs. */
export function costBroker(costs: Costs): Broker {
  const { multiple } = costs;
  return {
    quote(instrument, units, reference) {
      if (!(reference > 0)) return null;
      const side = Math.sign(units);
      const size = Math.abs(units);
      const [worse, fee] =
        instrument.kind === "equity"
          ? [(reference * costs.equityBps) / 1e4, costs.equityCommission]
          : instrument.kind === "future"
            ? [costs.futureTicks * instrument.tick, costs.futureCommission]
            : [reference * costs.optionShare, costs.optionCommission];
      return {
        price: reference + side * worse * multiple,
        commission: size * fee * multiple,
        slippage: size * worse * multiple * instrument.multiplier,
      };
    },
  };
}
