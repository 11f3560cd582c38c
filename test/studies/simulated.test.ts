import { describe, expect, it } from "vitest";
import { silent } from "#core";
import { openCatalog, openData, openWorkbench, readStudy, resolveSpec } from "#run";

const catalog = openCatalog();
const { data } = resolveSpec(readStudy("studies/vrp-erp.yaml", ["data.source=simulated"]));
const bench = openWorkbench(await openData(data, "", catalog, { emit: silent }), catalog);

describe.each(["vrp-erp", "dual-momentum", "short-vx", "portfolio"])("%s", (name) => {
  const study = readStudy(`studies/${name}.yaml`, ["data.source=simulated"]);

  it.each(study.presets)("has all it reads in the simulated market: %s", async (preset) => {
    const spec = resolveSpec(study, preset);
    const window = { start: "2023-01-03", end: "2023-12-29" };
    const { strategy, execution } = spec;
    const simulate = await bench.prepare({ strategy, execution, window, nav: 1e6, trace: true });
    const { decisions, nav } = simulate();
    expect(nav.every((x) => x > 0)).toBe(true);
    if (name !== "short-vx") return;
    // F3 compares VIX1D with VIX where an entry is asked for, and there is something to compare.
    const asked = decisions.flatMap(({ findings }) =>
      findings.filter(({ rule }) => rule.startsWith("F3")),
    );
    expect(asked.every(({ value }) => value > 0.2 && value < 5)).toBe(true);
    if (preset === "corrected") expect(asked.length).toBeGreaterThan(0);
  });
});
