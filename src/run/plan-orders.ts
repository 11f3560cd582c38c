import { type Order, quantityOf, targetUnits, type View } from "#trade";

/** One order of a plan. */
export interface PlanOrder {
  readonly symbol: string;
  readonly side: "BUY" | "SELL";
  readonly quantity: number;
  /** The sleeve it is for; of a net order those that wanted it, joined by +. */
  readonly sleeve: string;
  readonly reason: string;
  /** A stop that rests in the market. */
  readonly stop?: { readonly trigger: number; readonly limit: number };
}

/** An order that is not sent, and the findings of the data that keep it back. */
export interface BlockedOrder extends PlanOrder {
  readonly by: readonly string[];
}

/** Orders as changes from what the account holds. */
export interface WrittenOrders {
  readonly sleeves: ReadonlyMap<string, readonly PlanOrder[]>;
  /** What would be sent: the sleeves' orders netted by instrument. */
  readonly net: readonly PlanOrder[];
  readonly blocked: readonly BlockedOrder[];
  /** Instruments whose orders cannot be sized. */
  readonly unpriced: readonly string[];
  /** Σ |change of value|, USD. */
  readonly traded: number;
}

/**
 * Writes orders as changes, by sleeve and net. Of an order that findings keep back only what brings the position nearer
 * to nil passes, which needs no price where it closes it.
 *
 * @param only the one sleeve of orders without parts
 * @param blockers what keeps back the entries of a sleeve
 */
export function writeOrders(
  orders: readonly Order[],
  { universe, book, nav, t }: View,
  only: string,
  blockers: (sleeve: string) => readonly string[],
): WrittenOrders {
  const sleeves = new Map<string, PlanOrder[]>();
  const net: PlanOrder[] = [];
  const blocked: BlockedOrder[] = [];
  const unpriced: string[] = [];
  let traded = 0;
  for (const order of orders) {
    const spec = universe.instruments[order.instrument]!;
    const price = universe.mark(order.instrument, t);
    const held = quantityOf(book, order.instrument);
    const target = order.target === 0 ? 0 : targetUnits(order, spec, nav, price);
    if (Number.isNaN(target)) {
      unpriced.push(spec.id);
      continue;
    }
    const write = (units: number, sleeve: string): PlanOrder => ({
      symbol: spec.id,
      side: units > 0 ? "BUY" : "SELL",
      quantity: Math.abs(units),
      sleeve,
      reason: order.reason,
      ...(order.stop && { stop: order.stop }),
    });
    const parts = Object.entries(order.parts ?? { [only]: target - held });
    let change = 0;
    const wanting: string[] = [];
    for (const [sleeve, units] of parts) {
      if (units === 0) continue;
      const by = blockers(sleeve);
      // Of what is held at most all can be sold; beyond that, and away from nil, is an entry.
      const exit = reduction(held + change, units);
      const passes = by.length > 0 ? exit : units;
      if (passes !== units) blocked.push({ ...write(units - passes, sleeve), by });
      if (passes === 0) continue;
      sleeves.set(sleeve, [...(sleeves.get(sleeve) ?? []), write(passes, sleeve)]);
      wanting.push(sleeve);
      change += passes;
    }
    if (change === 0) continue;
    net.push(write(change, wanting.join("+")));
    if (!order.stop && !Number.isNaN(price)) traded += Math.abs(change) * price * spec.multiplier;
  }
  return { sleeves, net, blocked, unpriced, traded };
}

/** The part of a change that brings a position nearer to nil. */
function reduction(held: number, change: number): number {
  if (held === 0 || Math.sign(held) === Math.sign(change)) return 0;
  return Math.sign(change) * Math.min(Math.abs(change), Math.abs(held));
}
