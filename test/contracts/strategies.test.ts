import { describe, expect, it } from "vitest";
import { contentHash, toDay } from "#core";
import { CORRECTED, type Simulation } from "#backtest";
import { isColumn } from "#features";
import type { Market } from "#market";
import { blindfold, type Catalog, leakText } from "#run";
import type { Strategy } from "#trade";
import { loadStrategy } from "../../src/run/portfolio.ts";
import { type Job, openWorkbench } from "../../src/run/workbench.ts";
import { absentSeries, asksCalendar, graph, traded } from "./entries.ts";
import { catalog, worlds } from "./worlds.ts";

type Any = Strategy<object, object>;

/** Every strategy with its own parameters and with those of each preset, once. */
const cases = [...new Map(traded.map((one) => [JSON.stringify(one.strategy), one])).values()];

/** A catalog whose strategies are changed on the way. */
function changeStrategies(change: (strategy: Any) => Any): Catalog {
  return {
    ...catalog,
    async load<T>(folder: Parameters<Catalog["load"]>[0], name: string): Promise<T> {
      const entry = await catalog.load<T>(folder, name);
      return folder === "strategies" ? (change(entry as Any) as T) : entry;
    },
  };
}

/** What a strategy does from 2015 to 2017, as a hash. */
async function run(market: Market, strategy: Job["strategy"], from: Catalog): Promise<string> {
  const job: Job = {
    strategy,
    execution: CORRECTED,
    window: { start: "2015-01-02", end: "2017-12-29" },
    nav: 100_000,
    trace: true,
    extra: { "strategy.meanExposure": new Float64Array(market.sessions.length).fill(0.5) },
  };
  const simulation: Simulation = (await openWorkbench(market, from).prepare(job))();
  const { fills, decisions, nav } = simulation;
  return contentHash({ fills, decisions, nav });
}

/** Notes what a strategy does beside deciding: reads ahead, changes the book, stays silent. */
function watch(faults: string[]): Catalog {
  return changeStrategies((own) => {
    const blind = blindfold(own, (leak) => faults.push(leakText(leak)));
    return {
      ...blind,
      decide(view, params, memory) {
        const before = JSON.stringify(view.book);
        const decision = blind.decide(view, Object.freeze(params), memory);
        if (JSON.stringify(view.book) !== before)
          faults.push(`changed the book ${toDay(view.day)}`);
        if ([decision, ...decision.orders].some(({ reason }) => reason === "")) {
          faults.push(`gave no reason ${toDay(view.day)}`);
        }
        return decision;
      },
    };
  });
}

/** Puts the memory down as text after each decision and takes it up again. */
const forgetful = changeStrategies((own) => ({
  ...own,
  start: (params) => ({ text: JSON.stringify(own.start(params)) }),
  decide(view, params, box) {
    const memory = JSON.parse((box as { text: string }).text) as object;
    const decision = own.decide(view, params, memory);
    Object.assign(box, { text: JSON.stringify(memory) });
    return decision;
  },
}));

describe.each(worlds)("on $name", async ({ recent: market }) => {
  for (const { study, preset, strategy } of cases) {
    const title = `${strategy.name} (${study}, ${preset})`;
    const loaded = await loadStrategy(catalog, strategy);
    const absent = Object.values(loaded.strategy.features(loaded.params))
      .filter((ref) => !ref.startsWith("strategy."))
      .flatMap((ref) => absentSeries(market, isColumn(ref) ? ref : graph.canonical(ref)));
    const skipped = absent.length > 0 ? ` (SKIPPED: no ${[...new Set(absent)].join(", ")})` : "";

    describe.runIf(absent.length === 0)(title + skipped, () => {
      let plain: Promise<string> | undefined;
      const runPlain = () => (plain ??= run(market, strategy, catalog));

      it("decides the same with nothing later in reach, changes its memory alone, gives reasons", async () => {
        const faults: string[] = [];
        const watched = await run(market, strategy, watch(faults));
        expect(faults.slice(0, 3)).toEqual([]);
        expect(watched).toBe(await runPlain());
      });

      it("has a memory that survives being written down", async () => {
        expect(await run(market, strategy, forgetful)).toBe(await runPlain());
      });
    });
  }
});

describe("every strategy", () => {
  it.each(catalog.names("strategies"))(
    "%s is named, described, and reads no label",
    async (name) => {
      const entry = await catalog.load<Strategy<object>>("strategies", name);
      expect([entry.kind, entry.name]).toEqual(["strategy", name]);
      expect(entry.describe).not.toBe("");
      expect(asksCalendar("strategies", name), "use the view's next session").toBe(false);
      expect(Object.isFrozen(entry)).toBe(true);
      for (const ref of Object.values(entry.features(entry.params))) {
        if (isColumn(ref)) continue;
        expect(graph.nodes.get(graph.canonical(ref))!.entry.kind).toBe("feature");
      }
    },
  );
});
