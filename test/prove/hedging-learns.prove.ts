import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { key } from "#core";
import {
  type Environment,
  type Policy,
  type RiskSpec,
  TRAINING_PLAN,
  fitScaling,
  openHedgeTrainer,
  reckon,
  RISK,
  tailLoss,
  trainHedger,
} from "#hedge";
import { openEngine, std } from "#num";
import erm from "../../catalog/objectives/erm.ts";
import crisis from "../../catalog/environments/crisis.ts";
import gbm from "../../catalog/environments/gbm.ts";
import network from "../../catalog/policies/network.ts";
import plain from "../../catalog/policies/plain-network.ts";
import { episodesIn } from "../hedge/worlds.ts";

interface Figures {
  readonly cvar: number;
  readonly deviation: number;
}

/** Delta and the best hedges, of 200,000 paths each, by a program of its own: test/golden/make/hedging-optimum.py. */
const golden = JSON.parse(
  readFileSync(new URL("../golden/hedging-optimum.json", import.meta.url), "utf8"),
) as { readonly delta: Figures; readonly variance: Figures; readonly cvar: Figures };

const FEATURES = ["delta", "gamma", "theta", "tau", "realised"];
const POOL = 4096;

interface Lesson {
  readonly environment: Environment;
  readonly policy: Policy;
  readonly risk: RiskSpec;
  readonly updates: number;
}

/** Figures of a hedger trained on fresh paths, and of delta, both on other paths; as shares of delta's. */
async function learn({ environment, policy, risk, updates }: Lesson): Promise<Figures> {
  const draw = (number: number) => episodesIn(environment, POOL, 10 + number);
  const first = draw(0);
  const trainer = await openHedgeTrainer({
    engine: openEngine(),
    threads: 2,
    network: policy.network!,
    risk,
    scaling: fitScaling(FEATURES, [first]),
    steps: 60,
    environments: 1,
    pool: POOL,
    batch: 512,
  });
  trainer.load(0, first);
  trainer.draw(key(3));
  trainer.warmThreshold(0, first);
  trainHedger({
    trainer,
    objective: erm,
    plan: TRAINING_PLAN.parse({ batch: 512, refresh: 24 }),
    lambda: 0,
    updates,
    before: 0,
    key: key(4),
    refill: (number) => trainer.load(0, draw(number)),
  });
  const test = episodesIn(environment, 16384, 2);
  const own = reckon(test, { stock: trainer.hedge(test) }).pnl;
  const delta = reckon(test, { stock: test.delta }).pnl;
  await trainer.close();
  return {
    cvar: tailLoss(own) / tailLoss(delta),
    deviation: std(own, 0) / std(delta, 0),
  };
}

describe("a trained hedger", () => {
  it("learns delta from nothing where delta is right: variance, no costs, geometric Brownian motion", async () => {
    const risk = RISK.parse({ kind: "mean-variance", aversion: 20 });
    const { deviation } = await learn({ environment: gbm, policy: plain, risk, updates: 600 });
    const least = golden.variance.deviation / golden.delta.deviation;
    expect(deviation).toBeLessThan(1.05 * least);
    expect(deviation).toBeGreaterThan(0.99 * least);
  }, 900_000);

  it("finds a tail risk between delta's and the best there is, which delta is not when hedging daily", async () => {
    const risk = RISK.parse({ kind: "cvar" });
    const { cvar } = await learn({ environment: gbm, policy: network, risk, updates: 400 });
    expect(cvar).toBeLessThan(0.95);
    expect(cvar).toBeGreaterThan(golden.cvar.cvar / golden.delta.cvar);
  }, 900_000);

  it("beats delta where it is wrong: the crisis regime, with costs", async () => {
    const risk = RISK.parse({ kind: "cvar" });
    const { cvar } = await learn({ environment: crisis, policy: network, risk, updates: 300 });
    expect(cvar).toBeLessThan(0.95);
  }, 900_000);
});
