import { describe, expect, it } from "vitest";
import { key, uniforms } from "#core";
import type { HedgeTrainer, Objective, Weigher } from "#hedge";
import erm from "../../catalog/objectives/erm.ts";
import ermReg from "../../catalog/objectives/erm-reg.ts";
import groupDro from "../../catalog/objectives/group-dro.ts";
import headIrm from "../../catalog/objectives/head-irm.ts";
import hirm from "../../catalog/objectives/hirm.ts";
import irmV1 from "../../catalog/objectives/irm-v1.ts";
import vRex from "../../catalog/objectives/v-rex.ts";
import { sizeOf } from "#learn";
import { smallTrainer } from "./worlds.ts";

/** Places of all parameters, those of the last layer last. */
function placesOf(trainer: HedgeTrainer): { name: string; at: number; i: number }[] {
  return trainer.parameters.flatMap((p) =>
    Array.from({ length: sizeOf(p) }, (_, i) => ({ name: p.name, at: p.place(i), i })),
  );
}

/** Shakes every weight, so that heads and biases are away from zero. */
function shake(trainer: HedgeTrainer, size: number): void {
  const places = placesOf(trainer);
  const draws = uniforms(key(9), places.length);
  places.forEach(({ at }, i) => (trainer.values[at]! += size * (2 * draws[i]! - 1)));
  trainer.refresh();
}

function weigherOf(objective: Objective, lambda: number): Weigher {
  const { meanShare = 0 } = objective.training;
  // Weights that remember are begun afresh, so that the loss is a function of the parameters alone.
  return { probe: objective.probe, lambda, meanShare, weigh: (m) => objective.start()(m) };
}

/** The largest gap between the gradient and central differences, over the largest slope. */
function worstGap(
  trainer: HedgeTrainer,
  weigher: Weigher,
  places: readonly { at: number }[],
): number {
  const h = 2e-3;
  trainer.measure(0, weigher);
  const gradient = trainer.gradient.slice();
  const loss = () => (trainer.refresh(), trainer.measure(0, weigher).loss);
  let worst = 0;
  let largest = 0;
  for (const { at } of places) {
    const before = trainer.values[at]!;
    const slope = (step: number): number => {
      trainer.values[at] = before + step;
      const up = trainer.values[at]!;
      const above = loss();
      trainer.values[at] = before - step;
      const down = trainer.values[at]!;
      const below = loss();
      trainer.values[at] = before;
      return (above - below) / (up - down);
    };
    // Richardson: the error of order h² cancels.
    const difference = (4 * slope(h / 2) - slope(h)) / 3;
    worst = Math.max(worst, Math.abs(difference - gradient[at]!));
    largest = Math.max(largest, Math.abs(difference));
  }
  trainer.refresh();
  expect(largest).toBeGreaterThan(1e-4);
  return worst / largest;
}

const SMOOTH = [
  { kind: "cvar", round: 0.5, alpha: 0.2 },
  { kind: "entropic", aversion: 2 },
  { kind: "mean-variance" },
];

describe("gradients of every objective agree with finite differences", () => {
  // Group DRO's weights count as given, as in its source; above one λ divides the loss.
  const cases = [erm, ermReg, groupDro, vRex, irmV1, hirm].flatMap((objective) =>
    SMOOTH.flatMap((risk) =>
      (objective.penalised ? [0.7, 10] : [0.7]).map((lambda) => ({ objective, risk, lambda })),
    ),
  );
  it.each(cases)("$objective.name, $risk.kind, λ $lambda", async ({ objective, risk, lambda }) => {
    const { trainer, worlds } = await smallTrainer({ risk, hidden: [6], activation: "tanh" });
    shake(trainer, 0.3);
    worlds.forEach((episodes, e) => trainer.warmThreshold(e, episodes));
    const some = placesOf(trainer).filter((_, i) => i % 3 === 0);
    expect(worstGap(trainer, weigherOf(objective, lambda), some)).toBeLessThan(0.01);
    await trainer.close();
  });

  it("head-irm, where the losses count as given: no action moves, every weight of trunk and head is asked", async () => {
    const { trainer } = await smallTrainer({ risk: SMOOTH[0]!, hidden: [6], activation: "tanh" });
    shake(trainer, 0.3);
    const weights = placesOf(trainer);
    const last = trainer.parameters.slice(-2);
    const width = last[0]!.shape[1]!;
    // Without weights of its own the action is delta whatever the trunk does.
    for (let i = 0; i < width; i++) trainer.values[last[0]!.place(i)] = 0;
    trainer.values[last[1]!.place(0)] = 0;
    trainer.refresh();
    const ofAction = new Set([
      ...Array.from({ length: width }, (_, i) => last[0]!.place(i)),
      last[1]!.place(0),
    ]);
    const places = weights.filter(({ at }) => !ofAction.has(at));
    const score: Weigher = {
      ...weigherOf(headIrm, 0.7),
      // The penalty alone: the score's own gradient rides with the risk's weight.
      weigh: (m) => {
        const w = headIrm.start()(m);
        return { ...w, loss: 0.7 * w.penalty, risk: new Float64Array(w.risk.length) };
      },
    };
    expect(worstGap(trainer, score, places)).toBeLessThan(0.01);
    await trainer.close();
  });
});

describe("one way back for a penalty's gradient and the risk's", () => {
  it.each(["residual", "risk-head"] as const)(
    "finds what the plain way finds: %s",
    async (probe) => {
      const { trainer, worlds } = await smallTrainer({ steps: 10 });
      shake(trainer, 0.3);
      worlds.forEach((episodes, e) => trainer.warmThreshold(e, episodes));
      const half = new Float64Array(2).fill(0.5);
      const found = [0, 1].map((lambda) => {
        const weigher = {
          probe,
          lambda,
          meanShare: 0,
          weigh: () => ({ loss: 0, penalty: 0, risk: half }),
        };
        const update = trainer.measure(0, weigher);
        return { ...update, gradient: trainer.gradient.slice() };
      });
      const [plain, together] = found as [(typeof found)[0], (typeof found)[0]];
      expect(together.risks).toEqual(plain.risks);
      expect(together.score).toBe(plain.score);
      const gap = together.gradient.map((x, i) => Math.abs(x - plain.gradient[i]!));
      expect(plain.norm).toBeGreaterThan(0.1);
      expect(Math.max(...gap)).toBeLessThan(1e-5 * plain.norm);
      await trainer.close();
    },
  );
});
