import { describe, expect, it } from "vitest";
import { sha256 } from "#core";
import { openEngine } from "#num";
import { buildNet } from "../../src/learn/net.ts";
import { EVERYWHERE, trainSmall } from "./fixtures/small-training.ts";

describe("a training gives the same bytes", () => {
  it.each([
    [1, true],
    [2, true],
    [3, false],
  ])("on %d threads, paired operations %s", async (threads, revectorize) => {
    const trainer = await trainSmall(openEngine({ revectorize, megabytes: 64 }), threads);
    const found = sha256(trainer.values);
    await trainer.close();
    expect(found).toBe(EVERYWHERE);
  });

  it("of a net whose parameters all moved", async () => {
    const trainer = await trainSmall(openEngine({ megabytes: 64 }));
    const still = buildNet(trainer.net.spec).parameters.filter(
      ({ place }) => trainer.values[place(0)] === 0,
    );
    expect(still.map(({ name }) => name)).toEqual([]);
  });
});
