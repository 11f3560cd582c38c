import { expect, it } from "vitest";
import { killImports } from "../market/kill-import.ts";
import { scratchFolder } from "../market/small-world.ts";

const KILLS = process.env.PROVE === "reduced" ? 40 : 300;

it(
  `leaves the lake whole however often an import is killed (${KILLS} times)`,
  { timeout: 3_600_000 },
  async () => {
    const { finished } = await killImports(scratchFolder(), KILLS);
    // Both outcomes were met, so the kills were spread over the whole of the import.
    expect(finished).toBeGreaterThan(KILLS / 30);
    expect(finished).toBeLessThan(KILLS - KILLS / 30);
  },
);
