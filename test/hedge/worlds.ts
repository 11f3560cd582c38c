import { key } from "#core";
import {
  CONTRACT,
  type Environment,
  type Episodes,
  RISK,
  defineEnvironment,
  fitScaling,
  openHedgeTrainer,
  simulateEpisodes,
} from "#hedge";
import { openEngine } from "#num";
import type { Process } from "#quant";
import bates from "../../catalog/processes/bates.ts";
import gbm from "../../catalog/processes/gbm.ts";
import heston from "../../catalog/processes/heston.ts";

const PROCESSES: Record<string, Process> = { bates, gbm, heston } as Record<string, Process>;

/** Episodes of an environment for a test. */
export function episodesIn(
  environment: Environment,
  paths: number,
  seed = 1,
  contract = {},
): Episodes {
  return simulateEpisodes({
    environment,
    process: PROCESSES[environment.process]!,
    contract: CONTRACT.parse(contract),
    paths,
    key: key(seed),
  });
}

/** Without a proportional cost, whose kink at no trade has no second derivative. */
const costs = { bps: 0, quadratic: 1 };

/** Two small worlds that differ in volatility and in the way a decoy points. */
export const CALM = defineEnvironment({
  name: "calm",
  process: "heston",
  params: { v0: 0.03, theta: 0.03 },
  costs,
  signals: { strength: 0.004, signal: 0.5, decoy: 0.8 },
});
export const WILD = defineEnvironment({
  name: "wild",
  process: "heston",
  params: { v0: 0.3, theta: 0.3, rho: -0.7 },
  costs,
  signals: { strength: 0.01, signal: 0.5, decoy: 0.2 },
});

export interface SmallTrainer {
  readonly threads?: number;
  readonly risk?: object;
  readonly hidden?: readonly number[];
  readonly activation?: "relu" | "tanh";
  readonly steps?: number;
  readonly pool?: number;
  /** Of the residual; null for a policy whose output is the position. */
  readonly bound?: number | null;
}

/** A small network between the two worlds, its weights drawn and shaken so that nothing is zero by chance. */
export async function smallTrainer(options: SmallTrainer = {}) {
  const {
    threads = 1,
    risk = { kind: "cvar", round: 0.1 },
    hidden = [8],
    steps = 6,
    pool = 32,
    activation = "relu",
    bound = 0.5,
  } = options;
  const contract = { steps, maturity: 60 };
  const worlds = [episodesIn(CALM, pool, 1, contract), episodesIn(WILD, pool, 2, contract)];
  const trainer = await openHedgeTrainer({
    engine: openEngine({ megabytes: 256 }),
    threads,
    network: { hidden, activation, ...(bound !== null && { bound }) },
    risk: RISK.parse(risk),
    scaling: fitScaling(["delta", "gamma", "tau", "realised", "signal", "decoy"], worlds),
    steps,
    environments: 2,
    pool,
    batch: 32,
  });
  worlds.forEach((episodes, e) => trainer.load(e, episodes));
  trainer.draw(key(3));
  return { trainer, worlds };
}
