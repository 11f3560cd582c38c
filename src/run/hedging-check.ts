import { key, suggest, VolterraError } from "#core";
import { fitScaling, type Objective, type Policy, simulateEpisodes } from "#hedge";
import type { Market } from "#market";
import type { Process } from "#quant";
import type { Catalog } from "./catalog.ts";
import { environmentOf, loadNetwork, nameOf, stretchOf } from "./hedging-arm.ts";
import { armsOf, type HedgingSpec } from "./hedging-spec.ts";

/**
 * Checks what a hedging study names before any trial is recorded: policies, objectives, λ, features, and every
 * environment by drawing two paths of it. Rejects with the `VolterraError` that a trial would meet.
 *
 * @param market asked for only where an environment is real
 */
export async function checkHedging(
  spec: HedgingSpec,
  catalog: Catalog,
  market: () => Promise<Market>,
): Promise<void> {
  const arms = armsOf(spec).map((arm) => spec.arms[arm]!);
  for (const name of [...spec.methods, ...arms.flatMap(({ methods = [] }) => methods)]) {
    await catalog.load<Objective>("objectives", name);
  }
  const strange = Object.keys(spec.lambda).find(
    (name) => !catalog.names("objectives").includes(name),
  );
  if (strange !== undefined) {
    const hint = suggest(strange, catalog.names("objectives"));
    throw new VolterraError("SPEC", `lambda: no objective "${strange}"`, hint);
  }
  for (const name of spec.baselines) {
    if ((await catalog.load<Policy>("policies", name)).rule) continue;
    throw new VolterraError("SPEC", `policy "${name}" is trained`, "A baseline is a rule.");
  }
  await loadNetwork(catalog, spec.policy);
  const real: { readonly start: string; readonly end: string }[] = [];
  for (const { features, environments, validation, tests, probed } of arms) {
    fitScaling(features, []);
    const names = [...environments, ...validation, ...tests].map(nameOf);
    const unknown = probed.find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new VolterraError("SPEC", `probed: no test "${unknown}"`, suggest(unknown, names));
    }
    for (const ref of [...environments, ...validation, ...tests]) {
      if (typeof ref === "object" && "real" in ref) {
        real.push(ref.real);
        continue;
      }
      const environment = await environmentOf(catalog, ref);
      const process = await catalog.load<Process>("processes", environment.process);
      const { contract } = spec;
      simulateEpisodes({ environment, process, contract, paths: 2, key: key(0).fold("check") });
    }
  }
  for (const window of real) stretchOf(await market(), window);
}
