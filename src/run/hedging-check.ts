import { key, suggest, VolterraError } from "#core";
import { type Episodes, fitScaling, MASKS, type Objective, type Policy } from "#hedge";
import type { Market } from "#market";
import type { Catalog } from "./catalog.ts";
import {
  isReal,
  loadNetwork,
  nameOf,
  rawNames,
  type RealSeries,
  realSeries,
  sourceOf,
} from "./hedging-arm.ts";
import { armsOf, type ArmSpec, type EnvironmentRef, type HedgingSpec } from "./hedging-spec.ts";

/**
 * Checks what a hedging study names before any trial is recorded: policies, objectives, λ, features, and every
 * environment by drawing two paths of it. Rejects with the `VolterraError` that a trial would meet.
 *
 * @param market asked for only where an environment is real
 * @returns what is allowed and has to be said
 */
export async function checkHedging(
  spec: HedgingSpec,
  catalog: Catalog,
  market: () => Promise<Market>,
): Promise<string[]> {
  const arms = armsOf(spec).map((name) => ({ name, ...spec.arms[name]! }));
  await checkObjectives(spec, catalog, arms);
  const rules = await loadRules(spec, catalog);
  await loadNetwork(catalog, spec.policy);
  for (const arm of arms) checkNames(arm);
  const drawn: Episodes[] = [];
  const draw = async (refs: readonly EnvironmentRef[], series: RealSeries | null) => {
    for (const ref of refs) {
      const source = await sourceOf({ spec, catalog, series }, ref);
      drawn.push(source(key(0).fold("check"), 2));
    }
  };
  const all = arms.flatMap(environmentsOf);
  await draw(
    all.filter((ref) => !isRealRef(ref)),
    null,
  );
  if (arms.some(isReal)) await draw(all.filter(isRealRef), realSeries(await market()));
  for (const [name, rule] of rules) checkSecond(name, rule, drawn[0]!);
  const last = arms.filter(({ validation }) => validation.length === 0).map(({ name }) => name);
  if (spec.training.keep === "last" || last.length === 0) return [];
  return [
    `Weights of the last update are kept where no environment is held out: ${last.join(", ")}.`,
  ];
}

type NamedArm = ArmSpec & { readonly name: string };

/** Throws `VolterraError("SPEC")`. */
function refuse(message: string, hint: string): never {
  throw new VolterraError("SPEC", message, hint);
}

function environmentsOf({ environments, validation, tests }: ArmSpec): EnvironmentRef[] {
  return [...environments, ...validation, ...tests];
}

function isRealRef(ref: EnvironmentRef): boolean {
  return typeof ref === "object" && "real" in ref;
}

async function checkObjectives(
  spec: HedgingSpec,
  catalog: Catalog,
  arms: readonly NamedArm[],
): Promise<void> {
  for (const name of spec.methods) await catalog.load<Objective>("objectives", name);
  for (const { name, validation, methods = spec.methods } of arms) {
    for (const method of methods) {
      const { penalised } = await catalog.load<Objective>("objectives", method);
      if (!penalised || spec.training.schedule === "ramp" || validation.length > 0) continue;
      refuse(
        `arm "${name}" holds no environment out, by which training.schedule adaptive moves λ`,
        `Give arms.${name}.validation, or take training.schedule=ramp.`,
      );
    }
  }
  const known = catalog.names("objectives");
  const strange = Object.keys(spec.lambda).find((name) => !known.includes(name));
  if (strange !== undefined) refuse(`lambda: no objective "${strange}"`, suggest(strange, known));
}

type Rule = NonNullable<Policy["rule"]>;

async function loadRules(
  { baselines }: HedgingSpec,
  catalog: Catalog,
): Promise<(readonly [name: string, rule: Rule])[]> {
  const policies = await Promise.all(
    baselines.map((name) => catalog.load<Policy>("policies", name)),
  );
  return policies.map(
    ({ name, rule }) =>
      [name, rule ?? refuse(`policy "${name}" is trained`, "A baseline is a rule.")] as const,
  );
}

/** What is stored beside the sets of an arm: the pool of training, and each probed test at stressed costs and masked. */
const SUFFIXES = ["costs", ...MASKS].map((what) => `-${what}`);

function checkNames(arm: NamedArm): void {
  fitScaling(arm.features, []);
  const names = environmentsOf(arm).map(nameOf);
  names.forEach((name, i) => {
    const suffix = SUFFIXES.find((end) => name.endsWith(end));
    if (names.indexOf(name) < i) {
      refuse(
        `arm "${arm.name}" has two environments "${name}"`,
        "Environments, validation and tests need names of their own: { name: …, from: … }.",
      );
    }
    if (suffix !== undefined || name === "training") {
      refuse(
        `arm "${arm.name}": the name "${name}" is taken by what is reckoned from an environment`,
        `Names other than training, and without ${SUFFIXES.join(", ")} at the end.`,
      );
    }
  });
  const raw = rawNames(arm.tests);
  const seen = names.filter((name) => !raw.includes(name));
  const unknown = arm.probed.find((name) => !seen.includes(name));
  if (unknown !== undefined) refuse(`probed: no test "${unknown}"`, suggest(unknown, seen));
  const [learnt] = rawNames([...arm.environments, ...arm.validation]);
  if (learnt !== undefined) {
    refuse(`"${learnt}" is raw, and not a test`, "Raw windows are shown: take sample: windows.");
  }
}

/** Throws `VolterraError("SPEC")` for a rule that holds a second option past its expiry. */
function checkSecond(name: string, rule: Rule, episodes: Episodes): void {
  const { steps, maturity } = episodes.contract;
  // The second option has twice the maturity at the start and is never rolled.
  if (2 * maturity >= steps) return;
  const second = () =>
    refuse(
      `baseline "${name}" holds an option of ${2 * maturity} sessions, and an episode has ${steps}`,
      `Let contract.maturity be at least ${Math.ceil(steps / 2)}, or leave ${name} out of baselines.`,
    );
  rule({ ...episodes, second });
}
