import type { Strategy, Universe, View } from "#trade";
import type { Catalog } from "./catalog.ts";
import type { Leak } from "./audit-check.ts";

/** Receives what a blindfolded strategy did that it must not. */
export type Report = (leak: Leak) => void;

/**
 * The strategy with nothing in reach that is later than its decision: columns end at the row of the decision, prices of
 * later rows are NaN and asking for them is reported, as is an order for what has no price yet or is not there.
 */
export function blindfold<P, M>(strategy: Strategy<P, M>, report: Report): Strategy<P, M> {
  return {
    ...strategy,
    decide(view, params, memory) {
      const { t, day } = view;
      const fault = (what: string, after: number | string) =>
        report({ what, day, cut: day, how: "blindfold", before: "refused", after });
      const columns = Object.entries(view.columns).map(([k, x]) => [k, x.subarray(0, t + 1)]);
      const universe = endAt(view, fault);
      const decision = strategy.decide(
        { ...view, universe, columns: Object.fromEntries(columns) as View["columns"] },
        params,
        memory,
      );
      for (const { instrument, target, reason } of decision.orders) {
        const spec = universe.instruments[instrument];
        if (!spec) fault("order for no instrument", reason);
        else if (!Number.isFinite(target)) fault(`order for ${spec.id}`, target);
        else if (target !== 0 && Number.isNaN(universe.mark(instrument, t))) {
          fault(`order for ${spec.id}, which has no price`, target);
        }
      }
      return decision;
    },
  };
}

function endAt({ universe, t }: View, fault: (what: string, after: string) => void): Universe {
  const until =
    (name: "open" | "high" | "low" | "mark" | "dividend") => (instrument: number, row: number) => {
      if (row <= t) return universe[name](instrument, row);
      const id = universe.instruments[instrument]?.id ?? "nothing";
      fault(`asks for the ${name} of ${id}`, `${row - t} sessions ahead`);
      return NaN;
    };
  return {
    ...universe,
    open: until("open"),
    high: until("high"),
    low: until("low"),
    mark: until("mark"),
    dividend: until("dividend"),
  };
}

/** A catalog whose strategies are blindfolded. */
export function blindfoldStrategies(catalog: Catalog, report: Report): Catalog {
  return {
    ...catalog,
    async load<T>(folder: Parameters<Catalog["load"]>[0], name: string): Promise<T> {
      const entry = await catalog.load<T>(folder, name);
      return folder === "strategies" ? (blindfold(entry as Strategy<object>, report) as T) : entry;
    },
  };
}
