import { describe, expect, it } from "vitest";
import { key } from "#core";
import {
  TRAINING_PLAN,
  fitScaling,
  openHedgeTrainer,
  reckon,
  RISK,
  tailLoss,
  trainHedger,
} from "#hedge";
import { openEngine } from "#num";
import erm from "../../catalog/objectives/erm.ts";
import crisis from "../../catalog/environments/crisis.ts";
import gbm from "../../catalog/environments/gbm.ts";
import network from "../../catalog/policies/network.ts";
import plain from "../../catalog/policies/plain-network.ts";
import { episodesIn } from "../hedge/worlds.ts";

const FEATURES = ["delta", "gamma", "theta", "tau", "realised"];

async function train(environment: typeof gbm, shape: typeof network, updates: number) {
  const pool = episodesIn(environment, 8192, 1);
  const trainer = await openHedgeTrainer({
    engine: openEngine(),
    threads: 2,
    network: shape.network!,
    risk: RISK.parse({ kind: "cvar" }),
    scaling: fitScaling(FEATURES, [pool]),
    steps: 60,
    environments: 1,
    pool: 8192,
    batch: 512,
  });
  trainer.load(0, pool);
  trainer.draw(key(3));
  trainer.warmThreshold(0, pool);
  const plan = TRAINING_PLAN.parse({ batch: 512 });
  trainHedger({ trainer, objective: erm, plan, lambda: 0, updates, before: 0, key: key(4) });
  const test = episodesIn(environment, 8192, 2);
  const learnt = tailLoss(reckon(test, { stock: trainer.hedge(test) }).pnl);
  const delta = tailLoss(reckon(test, { stock: test.delta }).pnl);
  await trainer.close();
  return { learnt, delta };
}

describe("a trained hedger", () => {
  it("approaches delta's risk where delta is right: no costs, geometric Brownian motion", async () => {
    const { learnt, delta } = await train(gbm, plain, 1500);
    expect(learnt).toBeLessThan(1.15 * delta);
    expect(learnt).toBeGreaterThan(0.9 * delta);
  }, 900_000);

  it("beats delta where it is wrong: the crisis regime, with costs", async () => {
    const { learnt, delta } = await train(crisis, network, 800);
    expect(learnt).toBeLessThan(0.95 * delta);
  }, 900_000);
});
