import { describe, expect, it } from "vitest";
import { fillParams, type Limits } from "#core";
import { catalog } from "./worlds.ts";

interface Entry {
  readonly params: Record<string, unknown>;
  readonly limits?: Limits;
}

const entries = ["features", "targets", "strategies"].flatMap((folder) =>
  catalog.names(folder as "features").map((name) => [folder, name] as const),
);

describe.each(entries)("parameters in %s: %s", (folder, name) => {
  it("stand by default within limits, each of which a number breaks", async () => {
    const entry = await catalog.load<Entry>(folder as "features", name);
    expect(fillParams(name, entry, entry.params)).toEqual(entry.params);
    for (const [param, { least, above, most, whole }] of Object.entries(entry.limits ?? {})) {
      expect(typeof entry.params[param], param).toBe("number");
      const wrong = [NaN, Infinity];
      if (least !== undefined) wrong.push(least - 1);
      if (above !== undefined) wrong.push(above);
      if (most !== undefined) wrong.push(most + 1);
      if (whole) wrong.push(1.5);
      expect(wrong.length, `${param} has a limit`).toBeGreaterThan(2);
      for (const value of wrong) {
        expect(() => fillParams(name, entry, { [param]: value }), `${param}=${value}`).toThrow(
          `${name}: ${param} is ${value}`,
        );
      }
    }
  });
});
