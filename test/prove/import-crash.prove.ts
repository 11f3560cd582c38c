import { expect, it } from "vitest";
import { killImports } from "../market/kill-import.ts";
import { scratchFolder } from "../market/small-world.ts";

it(
  "leaves the lake whole however often an import is killed (300 times)",
  { timeout: 3_600_000 },
  async () => {
    const { finished } = await killImports(scratchFolder(), 300);
    // Both outcomes were met, so the kills were spread over the whole of the import.
    expect(finished).toBeGreaterThan(10);
    expect(finished).toBeLessThan(290);
  },
);
