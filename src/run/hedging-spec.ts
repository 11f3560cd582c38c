import { VolterraError } from "#core";
import { CONTRACT, COSTS, RISK, SIGNALS, TRAINING_PLAN, checkBatch, checkTail } from "#hedge";
import { z } from "zod";
import { data, window } from "./spec.ts";
import { completeSpec, type Study } from "./study.ts";

/** An environment of an arm: one of the catalog, one of the catalog changed, or a stretch of real sessions. */
const ENVIRONMENT_REF = z.union([
  z.string(),
  z.strictObject({
    name: z.string(),
    from: z.string(),
    params: z.record(z.string(), z.number()).optional(),
    costs: COSTS.partial().optional(),
    signals: SIGNALS.optional(),
  }),
  z.strictObject({
    name: z.string(),
    real: window,
    /**
     * `windows`: windows drawn with replacement, of a third by volatility where `tercile` says one; `bootstrap`: blocks
     * drawn from the stretch; `raw`: every `stride`-th window once.
     */
    sample: z.enum(["windows", "bootstrap", "raw"]).default("windows"),
    tercile: z.int().min(0).max(2).optional(),
    stride: z.int().min(1).default(5),
    block: z.number().min(1).default(20),
    costs: COSTS.prefault({}),
  }),
]);
export type EnvironmentRef = z.infer<typeof ENVIRONMENT_REF>;

const ARM = z.strictObject({
  describe: z.string().default(""),
  environments: z.array(ENVIRONMENT_REF).min(1),
  /** Held out of training: for λ and for the adaptive schedule. */
  validation: z.array(ENVIRONMENT_REF).default([]),
  tests: z.array(ENVIRONMENT_REF).default([]),
  features: z.array(z.string()).default(["delta", "gamma", "theta", "tau", "realised"]),
  /** Those of the study unless said. */
  methods: z.array(z.string()).optional(),
  /** Names of tests that are also seen through masks and at costs × 1.5. */
  probed: z.array(z.string()).default([]),
});
export type ArmSpec = z.infer<typeof ARM>;

/** Names of the arms that a study runs. */
export function armsOf({ run, arms }: Pick<HedgingSpec, "run" | "arms">): readonly string[] {
  return run.length > 0 ? run : Object.keys(arms);
}

/** What an arm is evaluated on; trials that choose λ, with an environment left out, see the first test alone. */
export function evaluatedOf(
  spec: Pick<HedgingSpec, "arms">,
  { arm, heldOut }: { readonly arm: string; readonly heldOut?: string | undefined },
): ArmSpec {
  const own = spec.arms[arm]!;
  return heldOut === undefined ? own : { ...own, tests: own.tests.slice(0, 1), probed: [] };
}

const HEDGING = z.strictObject({
  study: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  notes: z.array(z.string()).default([]),
  data: data.prefault({}),
  seeds: z.array(z.int().min(0)).min(1),
  /** Seeds that chose λ; they may not be among those reported. */
  selectionSeeds: z.array(z.int().min(0)).default([]),
  contract: CONTRACT.prefault({}),
  risk: RISK.prefault({ kind: "cvar" }),
  training: TRAINING_PLAN.prefault({}),
  policy: z.string().default("network"),
  baselines: z.array(z.string()).default(["no-hedge", "delta", "whalley-wilmott", "delta-vega"]),
  /** Objectives by name. */
  methods: z.array(z.string()).min(1),
  lambdaGrid: z.array(z.number().min(0)).default([0, 0.01, 0.1, 1, 10]),
  /**
   * `given`: λ is that of `lambda`. Else the grid is run first, on the selection seeds and the first arm, one environment
   * left out a seed, and λ is chosen by this rule.
   */
  select: z.enum(["given", "in-domain", "leave-one-environment-out"]).default("given"),
  /** λ of each penalised method, frozen. */
  lambda: z.record(z.string(), z.number().min(0)).default({}),
  /** Arms by name; those listed in `run`, or all. */
  arms: z.record(z.string(), ARM),
  run: z.array(z.string()).default([]),
  /** Test paths of a seed. */
  paths: z.int().default(4096),
  claims: z.string().default("hedging"),
  /** As the original did: the inventory's scale, and a head that was never trained at the test. */
  flaws: z
    .strictObject({
      untrainedHead: z.boolean().default(false),
      fixedData: z.boolean().default(false),
    })
    .prefault({}),
  /** Largest trade, as a multiple of the policy's bound, that passes without a warning. */
  maxTradeWarningFactor: z.number().positive().default(1.2),
  /** The document's name for it, which counts where it is given. */
  train: z.strictObject({ max_trade_warning_factor: z.number().positive() }).optional(),
  /** Logs the first twenty steps of the first path of each environment. */
  probe: z.boolean().default(false),
});

/** A hedging study under one preset, every default filled in. */
export type HedgingSpec = Omit<z.infer<typeof HEDGING>, "train"> & { readonly preset: string };

/** Checks a study of hedging before any work. Throws `VolterraError("SPEC")`. */
export function resolveHedging(study: Study, preset = study.preset): HedgingSpec {
  const spec = completeSpec(study.file, HEDGING, study.resolve(preset));
  const fail = (message: string, hint: string): never => {
    throw new VolterraError("SPEC", `${study.file}: ${message}`, hint);
  };
  if (!spec.lambdaGrid.includes(0)) {
    fail(
      `lambdaGrid is ${JSON.stringify(spec.lambdaGrid)}`,
      "It must hold 0: no penalty is a choice.",
    );
  }
  const { seeds, selectionSeeds, methods, baselines, run } = spec;
  const lists: Record<string, readonly unknown[]> = {
    seeds,
    selectionSeeds,
    methods,
    baselines,
    run,
  };
  for (const [name, list] of Object.entries(lists)) {
    const again = list.find((entry, i) => list.indexOf(entry) < i);
    if (again !== undefined) fail(`${name} names ${String(again)} twice`, "Each counts once.");
  }
  const shared = spec.seeds.filter((seed) => spec.selectionSeeds.includes(seed));
  if (shared.length > 0) {
    fail(`seed ${shared[0]} chose λ and is reported`, "Take other selectionSeeds.");
  }
  for (const arm of spec.run) {
    if (!(arm in spec.arms)) fail(`no arm "${arm}"`, `Arms: ${Object.keys(spec.arms).join(", ")}.`);
  }
  if (spec.select !== "given") {
    const [arm] = armsOf(spec);
    const { environments = [], tests = [] } = spec.arms[arm!] ?? {};
    if (spec.selectionSeeds.length === 0) {
      fail(`select is ${spec.select} without selectionSeeds`, "Name seeds that choose λ.");
    }
    if (!spec.lambdaGrid.some((lambda) => lambda > 0)) {
      fail("lambdaGrid holds no λ to choose from", "Add one above 0, or select=given.");
    }
    if (environments.length < 2 || tests.length === 0) {
      fail(
        `λ cannot be chosen on the arm "${arm}": ${environments.length} environments, ${tests.length} tests`,
        "It leaves an environment out, trains on the others and shows a test: name such an arm first in run.",
      );
    }
  }
  checkTail("paths", spec.paths);
  checkBatch(spec.training);
  const { train, ...own } = spec;
  const maxTradeWarningFactor = train?.max_trade_warning_factor ?? spec.maxTradeWarningFactor;
  return { ...own, maxTradeWarningFactor, preset };
}
