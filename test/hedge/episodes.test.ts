import { describe, expect, it } from "vitest";
import { key } from "#core";
import {
  CONTRACT,
  type Episodes,
  defineEnvironment,
  maskEpisodes,
  reckon,
  simulateEpisodes,
  tailLoss,
} from "#hedge";
import { mean, std } from "#num";
import type { Process } from "#quant";
import crisis from "../../catalog/environments/crisis.ts";
import delta from "../../catalog/policies/delta.ts";
import deltaVega from "../../catalog/policies/delta-vega.ts";
import noHedge from "../../catalog/policies/no-hedge.ts";
import whalleyWilmott from "../../catalog/policies/whalley-wilmott.ts";
import gbm from "../../catalog/processes/gbm.ts";
import { episodesIn } from "./worlds.ts";

const FREE = defineEnvironment({
  name: "free",
  process: "gbm",
  params: { vol: 0.2 },
  costs: { bps: 0 },
});

/** Deviation of delta's P&L over 60 sessions cut into `steps`: the volatility of a step stands in for its length. */
const deviation = (steps: number) => {
  const e = simulateEpisodes({
    environment: { ...FREE, params: { vol: 0.2 * Math.sqrt(60 / steps) } },
    process: gbm as Process,
    contract: CONTRACT.parse({ steps, maturity: steps }),
    paths: 4000,
    key: key(5),
  });
  return std(reckon(e, delta.rule!(e)).pnl, 1);
};

/** CVaR-95 for 100 of spot. */
const risk = (e: Episodes, rule: typeof delta.rule) =>
  tailLoss(reckon(e, rule!(e)).pnl.map((x, i) => x * e.premium[i]!));

describe("episodes", () => {
  it("delta hedging without costs converges as the root of the number of steps", () => {
    // Four times the steps halve the error (Boyle & Emanuel 1980).
    const [coarse, middle, fine] = [15, 60, 240].map(deviation);
    expect(coarse! / middle!).toBeGreaterThan(1.8);
    expect(coarse! / middle!).toBeLessThan(2.2);
    expect(middle! / fine!).toBeGreaterThan(1.8);
    expect(middle! / fine!).toBeLessThan(2.2);
  });

  it("costs nothing on average to hedge a fair price", () => {
    const e = episodesIn(FREE, 8000);
    const { pnl } = reckon(e, delta.rule!(e));
    expect(Math.abs(mean(pnl))).toBeLessThan(4 * (std(pnl, 1) / Math.sqrt(8000)));
  });

  it("gives the original's crisis its known figures for 100 of spot", () => {
    const plain = episodesIn(crisis, 12_000);
    expect(risk(plain, delta.rule)).toBeGreaterThan(4.6);
    expect(risk(plain, delta.rule)).toBeLessThan(5.5);
    // Published: delta 9.84 [8.53, 10.90] with the original's lag and marks, no hedge 63.2 [54.8, 70.3], turnover 3.39.
    const coded = episodesIn(crisis, 12_000, 1, { lag: true, mark: "cross-section", rate: 0.01 });
    expect(risk(coded, delta.rule)).toBeGreaterThan(8.53);
    expect(risk(coded, delta.rule)).toBeLessThan(10.9);
    expect(risk(coded, noHedge.rule)).toBeGreaterThan(54.8);
    expect(risk(coded, noHedge.rule)).toBeLessThan(70.3);
    expect(mean(reckon(coded, delta.rule!(coded)).turnover)).toBeCloseTo(3.39, 1);
  });

  it("reckons a path by hand", () => {
    const e = episodesIn(FREE, 1, 1, { steps: 2, maturity: 2 });
    const spot = Float64Array.of(100, 102, 99);
    const made: Episodes = {
      ...e,
      spot,
      liability: Float64Array.of(0.8, -0.5),
      premium: Float64Array.of(2),
      linear: Float64Array.of(0.1, 0.2, 0.3),
      quadratic: 0.5,
    };
    const { pnl, costs, turnover, drawdown } = reckon(made, { stock: Float64Array.of(0.5, 0.2) });
    const paid = 0.1 * 0.5 + 0.5 * 0.25 + (0.2 * 0.3 + 0.5 * 0.09) + (0.3 * 0.2 + 0.5 * 0.04);
    expect(costs[0]).toBeCloseTo(paid / 2, 12);
    expect(pnl[0]).toBeCloseTo((0.5 * 2 + 0.2 * -3 - 0.3 - paid) / 2, 12);
    expect(turnover[0]).toBeCloseTo(1, 12);
    expect(drawdown[0]).toBeGreaterThan(0);
    const lagged = reckon(
      { ...made, contract: { ...made.contract, lag: true } },
      { stock: Float64Array.of(0.5, 0.2) },
    );
    expect(lagged.pnl[0]).toBeCloseTo((0.5 * -3 - 0.3 - paid) / 2, 12);
    const stressed = reckon(made, { stock: Float64Array.of(0.5, 0.2) }, 1.5);
    expect(stressed.costs[0]).toBeCloseTo((1.5 * paid) / 2, 12);
  });

  it("trades less inside a band, and hedges vega with a second option", () => {
    const e = episodesIn(crisis, 2000);
    const [plain, band, vega] = [delta, whalleyWilmott, deltaVega].map((p) =>
      reckon(e, p.rule!(e)),
    );
    expect(mean(band!.turnover)).toBeLessThan(0.8 * mean(plain!.turnover));
    expect(mean(band!.costs)).toBeLessThan(mean(plain!.costs));
    expect(tailLoss(vega!.pnl)).toBeLessThan(tailLoss(plain!.pnl));
  });

  it("rolls the strike: delta is that of a fresh option every session", () => {
    const e = episodesIn(crisis, 500, 1, { rolled: true, mark: "instantaneous" });
    const { paths: n, steps } = e;
    for (const k of [0, 20 * n + 3, (steps - 1) * n])
      expect(Math.abs(e.delta[k]! - 0.55)).toBeLessThan(0.1);
    expect(tailLoss(reckon(e, delta.rule!(e)).pnl)).toBeLessThan(
      tailLoss(reckon(e, noHedge.rule!(e)).pnl),
    );
  });

  it("masks show another world and leave the prices", () => {
    const e = episodesIn(crisis, 200);
    const scaling = { features: ["delta", "realised"], mean: [0, 0.3], deviation: [1, 0.1] };
    const masked = maskEpisodes(e, "realised", scaling, key(1));
    expect(new Set(masked.realised)).toEqual(new Set([0.3]));
    expect(masked.spot).toBe(e.spot);
    expect(masked.delta).toBe(e.delta);
    const blind = maskEpisodes(e, "volatility", scaling, key(1));
    expect(blind.delta).not.toEqual(e.delta);
    // At the start all volatilities are equal, so the first delta stays.
    expect(blind.delta[0]).toBeCloseTo(e.delta[0]!, 2);
  });

  it("masks of a rolled strike show a fresh option every session", () => {
    const e = episodesIn(crisis, 50, 1, { rolled: true, mark: "instantaneous" });
    const scaling = { features: ["realised"], mean: [0.3], deviation: [0.1] };
    const { delta, theta } = maskEpisodes(e, "volatility", scaling, key(1));
    expect(new Set(delta).size).toBe(1);
    const last = (e.steps - 1) * e.paths;
    expect(theta[last]! / theta[0]!).toBeCloseTo(e.spot[last]! / e.spot[0]!, 12);
  });
});

describe("bad input", () => {
  it.each([
    [{ params: { v0: -0.01 } }, /v0 is -0.01/],
    [{ params: { rho: -1.2 } }, /rho is -1.2/],
    [{ costs: { bps: -1 } }, /costs.bps/],
  ])("refuses an impossible environment %j", (change, message) => {
    expect(() => defineEnvironment({ name: "bad", process: "heston", ...change })).toThrow(message);
  });

  it("refuses a maturity of nil and one within the episode; says where Feller is violated", () => {
    expect(() => CONTRACT.parse({ maturity: 0 })).toThrow();
    expect(() => episodesIn(crisis, 10, 1, { steps: 60, maturity: 30 })).toThrow(
      /30 sessions cannot be hedged for 60/,
    );
    const wild = defineEnvironment({
      name: "wild",
      process: "heston",
      params: { xi: 2, v0: 0.04 },
    });
    expect(episodesIn(wild, 10).warnings[0]).toContain("Feller");
  });
});
