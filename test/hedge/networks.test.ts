import { describe, expect, it } from "vitest";
import { key } from "#core";
import {
  CONTRACT,
  type Episodes,
  type Hedger,
  findLeak,
  loadHedger,
  reckon,
  refuseLeak,
  saveHedger,
  tailLoss,
  trainHedger,
  TRAINING_PLAN,
} from "#hedge";
import heston from "../../catalog/processes/heston.ts";
import delta from "../../catalog/policies/delta.ts";
import deltaVega from "../../catalog/policies/delta-vega.ts";
import whalleyWilmott from "../../catalog/policies/whalley-wilmott.ts";
import crisis from "../../catalog/environments/crisis.ts";
import erm from "../../catalog/objectives/erm.ts";
import irmV1 from "../../catalog/objectives/irm-v1.ts";
import { CALM, episodesIn, smallTrainer, WILD } from "./worlds.ts";

const PLAN = TRAINING_PLAN.parse({ batch: 32, pool: 32, rate: 0.01, every: 5 });
const train = (
  trainer: Awaited<ReturnType<typeof smallTrainer>>["trainer"],
  objective = erm,
  updates = 10,
) => trainHedger({ trainer, objective, plan: PLAN, lambda: 1, updates, before: 0, key: key(4) });

describe("a hedging network", () => {
  it("is delta to the bit before it is trained", async () => {
    const { trainer, worlds } = await smallTrainer();
    for (const world of worlds) {
      expect(trainer.hedge(world)).toEqual(world.delta.map(Math.fround));
    }
    await trainer.close();
  });

  it("stands on delta where it is bounded, and on nothing where it is plain", async () => {
    for (const bound of [0.5, null]) {
      const { trainer, worlds } = await smallTrainer({ bound });
      const [world] = worlds;
      const nothing = { ...world!, base: new Float64Array(world!.delta.length) };
      const same = expect(trainer.hedge(nothing));
      if (bound === null) same.toEqual(trainer.hedge(world!));
      else same.not.toEqual(trainer.hedge(world!));
      await trainer.close();
    }
  });

  it("asks for fresh paths after as many updates as the plan says", async () => {
    const { trainer, worlds } = await smallTrainer();
    const asked: number[] = [];
    const plan = { ...PLAN, refresh: 8 };
    const refill = (number: number) => {
      asked.push(number);
      trainer.load(0, worlds[1]!);
    };
    const request = { trainer, objective: erm, lambda: 0, before: 0, key: key(4), refill };
    trainHedger({ ...request, plan, updates: 20 });
    trainHedger({ ...request, plan: { ...plan, refresh: 0 }, updates: 20 });
    expect(asked).toEqual([1, 2]);
    await trainer.close();
  });

  it.each([erm, irmV1])("gives equal bytes on any number of threads: $name", async (objective) => {
    const outcomes = [];
    for (const threads of [1, 2, 3]) {
      const { trainer } = await smallTrainer({ threads });
      const notes = train(trainer, objective);
      outcomes.push({
        notes,
        file: saveHedger(trainer),
        stock: trainer.hedge(episodesIn(WILD, 100, 9, { steps: 6 })),
      });
      await trainer.close();
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
    expect(outcomes[0]!.notes).toHaveLength(2);
  });

  it("lowers its training risk", async () => {
    const { trainer } = await smallTrainer({ pool: 512 });
    const notes = train(trainer, erm, 150);
    expect(notes.at(-1)!.loss).toBeLessThan(0.9 * notes[0]!.loss);
    await trainer.close();
  });

  it("keeps the weights that were best on held-out paths after the ramp", async () => {
    const { trainer } = await smallTrainer();
    const plan = { ...PLAN, ramp: 10 };
    const request = { trainer, objective: erm, plan, lambda: 0, before: 0, key: key(4) };
    const seen: Float32Array[] = [];
    const risks = [0, 3, 2, 4];
    const validate = () => {
      seen.push(trainer.values.slice());
      return risks[seen.length - 1]!;
    };
    const notes = trainHedger({ ...request, updates: 20, validate });
    expect(notes.map(({ heldOut }) => heldOut)).toEqual(risks);
    expect(trainer.values).toEqual(seen[2]);
    expect(seen[2]).not.toEqual(seen[3]);
    await trainer.close();
  });

  it("lets λ rise while held-out risk falls, and a halved λ does not make training seem to collapse", async () => {
    const { trainer } = await smallTrainer({ pool: 512 });
    const plan = { ...PLAN, pool: 512, rate: 1e-3, ramp: 0, schedule: "adaptive" as const };
    const request = { trainer, objective: irmV1, plan, lambda: 1000, before: 0, key: key(4) };
    const risks = [5, 6, 4, 3, 2, 1];
    let asked = 0;
    const notes = trainHedger({ ...request, updates: 30, validate: () => risks[asked++]! });
    // Once held-out risk rose, then it fell four times.
    expect(notes.map(({ lambda }) => lambda)).toEqual([1000, 1500, 750, 1125, 1687.5, 2531.25]);
    await trainer.close();
  });

  it("comes back from its checkpoint", async () => {
    const { trainer } = await smallTrainer();
    train(trainer);
    const world = episodesIn(CALM, 40, 8, { steps: 6 });
    const file = saveHedger(trainer);
    const stock = trainer.hedge(world);
    trainer.draw(key(77));
    expect(trainer.hedge(world)).not.toEqual(stock);
    loadHedger(trainer, file);
    expect(trainer.hedge(world)).toEqual(stock);
    expect(saveHedger(trainer)).toEqual(file);
    await trainer.close();
  });

  it("refuses a checkpoint of other features or of another shape", async () => {
    const { trainer } = await smallTrainer();
    const { trainer: wide } = await smallTrainer({ hidden: [12] });
    const file = saveHedger(trainer);
    expect(() => loadHedger(wide, file)).toThrow(/not 12 × 7/);
    const other = { ...trainer, scaling: { ...trainer.scaling, features: ["delta", "tau"] } };
    expect(() => loadHedger(other, file)).toThrow(
      /trained on delta, gamma, tau, realised, signal, decoy, not on delta, tau/,
    );
    await trainer.close();
    await wide.close();
  });

  it("says that a training diverged instead of going on", async () => {
    const { trainer } = await smallTrainer();
    trainer.values.fill(Number.NaN);
    trainer.refresh();
    expect(() => train(trainer)).toThrow(/diverged/);
    await trainer.close();
  });
});

describe("the leak prover", () => {
  const contract = CONTRACT.parse({ steps: 12, maturity: 12 });
  const paths = heston.simulate({
    paths: 64,
    steps: 12,
    dt: 1 / 252,
    spot: 100,
    key: key(2),
    params: { xi: 0.3 },
  });
  const ask = (hedger: Hedger, change = {}) => ({
    hedger,
    paths,
    environment: { ...crisis, signals: { strength: 0.004, signal: 0.5, decoy: 0.5 } },
    contract: { ...contract, ...change },
    key: key(3),
  });

  it.each([delta, whalleyWilmott, deltaVega])("finds nothing in $name", (policy) => {
    expect(findLeak(ask({ hedge: policy.rule! }))).toBeNull();
  });

  it("finds nothing in a network, and a volatility that peeks behind one", async () => {
    const { trainer } = await smallTrainer({ steps: 12, pool: 64 });
    train(trainer);
    const hedger = { hedge: (e: Episodes) => ({ stock: trainer.hedge(e) }) };
    expect(findLeak(ask(hedger))).toBeNull();
    expect(findLeak(ask(hedger, { peek: true }))).not.toBeNull();
    await trainer.close();
  });

  it("catches a policy that peeks at the next return", () => {
    const peeking: Hedger = {
      hedge: (e) => ({
        stock: e.delta.map((d, k) => d + (e.spot[k + e.paths]! > e.spot[k]! ? 0.1 : -0.1)),
      }),
    };
    expect(findLeak(ask(peeking))?.session).toBe(4);
    expect(() => refuseLeak("peeking", ask(peeking))).toThrow(
      /peeking: the position of session 4 moved/,
    );
    // It would have looked splendid.
    const e = episodesIn(crisis, 500);
    expect(tailLoss(reckon(e, peeking.hedge(e)).pnl)).toBeLessThan(
      tailLoss(reckon(e, { stock: e.delta }).pnl),
    );
  });
});
