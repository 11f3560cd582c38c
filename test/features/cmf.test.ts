import { describe, expect, it } from "vitest";
import { lastAtOrBefore, toDay } from "#core";
import { type Feature, openGraph, openTable, type Target } from "#features";
import { type Market, memorySnapshot, openMarket, simulateMarket } from "#market";
import { openCatalog } from "../../src/run/catalog.ts";
import { realMarket } from "../backtest/market.ts";
import { hasMarketData } from "../market-data.ts";

const catalog = openCatalog();

async function columns(market: Market, ...refs: readonly string[]): Promise<Float64Array[]> {
  const graph = openGraph((name) =>
    catalog.names("targets").includes(name)
      ? catalog.load<Target>("targets", name)
      : catalog.load<Feature>("features", name),
  );
  await graph.add(...refs);
  return refs.map(openTable(graph, market));
}

interface Contract {
  readonly expiry: number;
  readonly settle: number;
}

/** Settlements of the monthly contracts by day of trade, straight from the table. */
function contractsByDay(market: Market): Map<number, Contract[]> {
  const { rows, columns: cells } = market.table("vx_contracts");
  const out = new Map<number, Contract[]>();
  for (let row = 0; row < rows; row++) {
    const [day, expiry, settle] = [
      cells.tradeDate![row]!,
      cells.expiry![row]!,
      cells.settle![row]!,
    ];
    if (expiry <= day || Number.isNaN(settle)) continue;
    const known = out.get(Number(day)) ?? [];
    known.push({ expiry: Number(expiry), settle: Number(settle) });
    out.set(Number(day), known);
  }
  return out;
}

/** The price 30 days ahead by joining points of (days, price) with straight lines, spot at zero days. */
function interpolate(points: readonly (readonly [number, number])[]): number {
  const right = points.findIndex(([days]) => days >= 30);
  if (right < 1) return NaN;
  const [[x0, y0], [x1, y1]] = [points[right - 1]!, points[right]!];
  return y0 + ((30 - x0) / (x1 - x0)) * (y1 - y0);
}

/** Days of the market on which a contract had a settlement, with what the contracts alone give. */
function expected(market: Market, vix: Float64Array) {
  const byDay = contractsByDay(market);
  return Array.from(market.sessions, (day, t) => {
    const contracts = (byDay.get(day) ?? []).toSorted((a, b) => a.expiry - b.expiry);
    const points = contracts.map(({ expiry, settle }) => [expiry - day, settle] as const);
    return { t, day, cmf: interpolate([[0, vix[t]!], ...points]), contracts };
  }).filter(({ contracts, cmf }) => contracts.length > 0 && !Number.isNaN(cmf));
}

const worlds = [
  [
    "simulated",
    async () =>
      openMarket(
        memorySnapshot(simulateMarket({ seed: 2, from: "2012-01-03", to: "2016-12-30" }), true),
      ),
  ],
  ...(hasMarketData ? [["real", () => realMarket("vx_contracts", "vix")] as const] : []),
] as const;

describe.each(worlds)("the constant-maturity series against the contracts, %s", (_, open) => {
  const opened = open();

  it("is the straight line between the contracts that bracket 30 days, day by day", async () => {
    const market = await opened;
    const [cmf, vix, spread, yields] = await columns(
      market,
      "cmf30",
      "vix.close",
      "cmf-spread",
      "cmf-roll-yield",
    );
    const days = expected(market, vix!);
    expect(days.length).toBeGreaterThan(1000);
    let far = 0;
    for (const { t, cmf: wanted } of days) {
      const carry = ((wanted - vix![t]!) / vix![t]!) * (365 / 30);
      const gaps = [cmf![t]! - wanted, spread![t]! - (vix![t]! - wanted), yields![t]! - carry];
      far = Math.max(far, ...gaps.map(Math.abs));
    }
    expect(far).toBeLessThan(1e-9);
  });

  it("holds one contract over a session: the loss of the label is that contract's own", async () => {
    const market = await opened;
    const [held, label] = await columns(market, "short-vx-return", "short-vx-loss");
    const byDay = contractsByDay(market);
    const { sessions } = market;
    let checked = 0;
    const others: string[] = [];
    for (let t = 1; t < sessions.length; t++) {
      const before = byDay.get(sessions[t - 1]!);
      const after = byDay.get(sessions[t]!);
      if (!before || !after || Number.isNaN(held![t]!)) continue;
      // First contract with more than five sessions from the next one to its expiry.
      const contract = before
        .toSorted((a, b) => a.expiry - b.expiry)
        .find(({ expiry }) => lastAtOrBefore(sessions, expiry) - (t - 1) > 5);
      const same = after.find(({ expiry }) => expiry === contract?.expiry);
      if (!contract || !same) continue;
      const own = 1 - same.settle / contract.settle;
      if (Math.abs(held![t]! - own) > 1e-9) others.push(toDay(sessions[t]!));
      checked++;
    }
    expect(checked).toBeGreaterThan(1000);
    expect(others).toEqual([]);
    const last = label!.length;
    expect(Array.from(label!.subarray(last - 5))).toEqual(Array(5).fill(NaN));
    const t = held!.findIndex((r, row) => row >= 5 && r <= -0.1);
    expect(Array.from(label!.subarray(t - 5, t)), toDay(sessions[t]!)).toEqual(Array(5).fill(1));
  });
});
