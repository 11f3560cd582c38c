import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silent, type VolterraEvent } from "#core";
import { importSource, openLake, type Source } from "#market";
import {
  executeHedging,
  type HedgingResult,
  openCatalog,
  openLedger,
  readStudy,
  resolveHedging,
} from "#run";
import { definitionsOf } from "../../src/run/hedging-definitions.ts";
import { listTrials } from "../../src/run/hedging-study.ts";
import { jobsOf, readPaths, trialFile } from "../../src/run/hedging-trial.ts";

const roots: string[] = [];
afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true })));

function newRoot(): string {
  const root = mkdtempSync(path.join(tmpdir(), "volterra-hedging-"));
  roots.push(root);
  return root;
}

/** A lake of a made-up market, two years long. */
async function importMarket(root: string): Promise<void> {
  const source = await openCatalog().load<Source>("sources", "simulated");
  const options = { from: "2015-01-02", to: "2016-12-30" };
  await importSource(openLake(path.join(root, "lake")), source, {
    options,
    signal: new AbortController().signal,
    emit: silent,
  });
}

/** Twenty sessions, and trainings that end at once. */
const SMALL = [
  "methods=[erm]",
  "baselines=[delta]",
  "paths=256",
  "contract={steps: 20, maturity: 20}",
  "training={pretrain: 1, updates: 1, ramp: 0, pool: 256, batch: 32, every: 1}",
];
const small = (...overrides: string[]) =>
  readStudy("studies/hedging.yaml", [...SMALL, ...overrides]);

/** An arm of a name of its own, alone. */
const arm = (keys: string) => ["run=[own]", `arms.own={environments: [low, medium], ${keys}}`];

async function run(root: string, overrides: readonly string[], catalog: readonly string[] = []) {
  const events: VolterraEvent[] = [];
  const outcome = await executeHedging({
    study: small(...overrides),
    root,
    catalog,
    threads: 1,
    emit: (event) => events.push(event),
    render: () => ({}),
  });
  return { ...outcome, events };
}

/** A user's catalog with a market of some cost, a baseline, an objective and claims. */
function makeCatalog({ bps = 1, rule = "0", describe: words = "" } = {}): string {
  const folder = newRoot();
  const write = (kind: string, name: string, body: string): void => {
    mkdirSync(path.join(folder, kind), { recursive: true });
    writeFileSync(path.join(folder, kind, `${name}.mjs`), body);
  };
  const costs = `{ bps: ${bps}, quadratic: 0, multiple: 1 }`;
  write(
    "environments",
    "mine",
    `export default { kind: "environment", name: "mine", describe: "${words}", process: "heston",
      params: { theta: 0.04, kappa: 1, xi: 0.2, rho: -0.5, v0: 0.04 }, costs: ${costs} };`,
  );
  write(
    "policies",
    "flat",
    `export default { kind: "policy", name: "flat", describe: "",
      rule: ({ delta }) => ({ stock: delta.map(() => ${rule}) }) };`,
  );
  return folder;
}

/** Trials of a small study with their identities. */
async function identify(overrides: readonly string[], folder?: string, snapshot = "") {
  const catalog = openCatalog(folder === undefined ? [] : [folder]);
  const spec = resolveHedging(small(...overrides));
  const definitions = await definitionsOf(spec, catalog);
  return jobsOf(spec, await listTrials(spec, catalog), snapshot, definitions);
}

describe("the identity of a hedging trial", () => {
  const OWN = ["run=[own]", "arms.own={environments: [low, mine], tests: [crisis]}"];

  it("changes with an environment that is edited in place", async () => {
    const before = await identify(OWN, makeCatalog());
    expect(await identify(OWN, makeCatalog())).toEqual(before);
    const after = await identify(OWN, makeCatalog({ bps: 2 }));
    before.forEach(({ id, checkpoint }, i) => {
      expect(after[i]!.id).not.toBe(id);
      expect(after[i]!.checkpoint).not.toBe(checkpoint);
    });
    // The bytes of a user's file count; what the text of an environment of the built-in catalog says does not.
    expect((await identify(OWN, makeCatalog({ describe: "x" })))[0]!.id).not.toBe(before[0]!.id);
  });

  it("changes with an environment that is only tested, whose weights stay", async () => {
    const tested = ["run=[own]", "arms.own={environments: [low], tests: [mine]}"];
    const [before, after] = await Promise.all(
      [1, 2].map((bps) => identify(tested, makeCatalog({ bps }))),
    );
    before!.forEach(({ id, checkpoint }, i) => {
      expect(after![i]!.id).not.toBe(id);
      expect(after![i]!.checkpoint).toBe(checkpoint);
    });
  });

  it("changes with the file of a policy, for those that use it", async () => {
    const flat = [...OWN, "baselines=[delta, flat]"];
    const before = await identify(flat, makeCatalog());
    const after = await identify(flat, makeCatalog({ rule: "1" }));
    const changed = before.filter(({ id }, i) => after[i]!.id !== id);
    expect(changed.map(({ trial }) => trial.method)).toEqual(["flat"]);
  });

  it("is of what a reference comes to, not of how it is written", async () => {
    const named = await identify(["run=[own]", "arms.own={environments: [low]}"]);
    const changed = "{ name: low, from: low, params: {} }";
    const spelt = await identify(["run=[own]", `arms.own={environments: [${changed}]}`]);
    expect(spelt).toEqual(named);
  });

  it("knows the snapshot where an arm is real", async () => {
    const real = "{ name: covid, real: { start: 2020-01-02, end: 2020-06-30 }, sample: bootstrap }";
    const tested = ["run=[own]", `arms.own={environments: [low], tests: [${real}]}`];
    const [a, b] = [await identify(tested, undefined, "a"), await identify(tested, undefined, "b")];
    expect(a[0]!.id).not.toBe(b[0]!.id);
    expect(a[0]!.checkpoint).toBe(b[0]!.checkpoint);
  });
});

const costsOf = ({ trials }: HedgingResult) => trials[0]!.sets.mine!.costs;

describe("a hedging study with a user's own catalog", () => {
  it("is run again where an environment was edited in place, in a folder of its own", async () => {
    const root = newRoot();
    const OWN = [
      "run=[own]",
      "arms.own={environments: [mine], tests: [crisis]}",
      "contract.peek=true",
    ];
    const [first, second] = [makeCatalog(), makeCatalog({ bps: 50 })];
    const before = await run(root, OWN, [first]);
    const after = await run(root, OWN, [second]);
    expect([before.fresh, after.fresh]).toEqual([true, true]);
    expect(after.folder.path).not.toBe(before.folder.path);
    expect(costsOf(after.result)).toBeGreaterThan(10 * costsOf(before.result));
    expect((await run(root, OWN, [first])).fresh).toBe(false);
    expect(after.result.lookAhead).toBe(true);
  }, 60_000);
});

describe("the result of a hedging study", () => {
  const root = newRoot();
  const STRETCH = "real: { start: 2015-06-01, end: 2015-12-31 }";
  const TESTS = [
    "crisis",
    `{ name: again, ${STRETCH}, sample: bootstrap }`,
    `{ name: points, ${STRETCH}, sample: raw, stride: 10 }`,
  ];
  const ARM = arm(`tests: [${TESTS.join(", ")}], probed: [crisis]`);
  const OVERRIDES = [...ARM, "probe=true", "maxTradeWarningFactor=0.1"];
  let found: Awaited<ReturnType<typeof run>>;
  const trialOf = (method: string, { trials }: HedgingResult = found.result) =>
    trials.find(({ trial }) => trial.method === method)!;

  beforeAll(async () => {
    await importMarket(root);
    const lake = path.join(root, "lake");
    const events: VolterraEvent[] = [];
    const outcome = await executeHedging({
      study: small(...OVERRIDES),
      root,
      catalog: [],
      threads: 2,
      emit: (event) => {
        events.push(event);
        // Threads have no database to be ended in: the lake may go once trials run.
        const isFirst = event.kind === "stage" && event.name === "trial";
        if (isFirst && events.filter((e) => "name" in e && e.name === "trial").length === 1) {
          renameSync(lake, `${lake}-gone`);
        }
      },
      render: () => ({}),
    });
    renameSync(`${lake}-gone`, lake);
    found = { ...outcome, events };
  }, 60_000);

  it("keeps raw windows as points, without a tail of their own", () => {
    const { result } = found;
    expect(result).toMatchObject({ raw: ["points"], lookAhead: false });
    const intervals = new Set(result.intervals.map(({ set }) => set));
    expect(intervals).toEqual(new Set(["training", "crisis", "again", "crisis-costs"]));
    const { id, sets, diagnostics } = trialOf("erm");
    const [crisis, again, points] = ["crisis", "again", "points"].map((name) => sets[name]!);
    expect(crisis!.paths).toBe(256);
    expect(points!.paths).toBeLessThan(20);
    expect(readPaths(root, id)["pnl.points"]).toHaveLength(points!.paths);
    const gap = Math.abs(crisis!.cvar - again!.cvar);
    expect(diagnostics!.generalisationGap).toBeCloseTo(gap, 12);
    expect(Math.abs(points!.cvar - again!.cvar)).toBeGreaterThan(1e-6);
  });

  it("says which arms keep their last weights", () => {
    const said = expect.stringMatching(/last update .*no environment is held out: own/);
    expect(found.result.notes).toContainEqual(said);
    expect(found.events).toContainEqual({ kind: "warning", code: "TRAINING", message: said });
  });

  it("warns of large trades in the notes and as an event, with the factor", () => {
    const text = /^crisis: a trade of \d\.\d\d units, above 0\.1 × the bound 1\.5$/;
    expect(trialOf("delta").warnings).toContainEqual(expect.stringMatching(text));
    expect(found.events).toContainEqual({
      kind: "warning",
      code: "TRIAL",
      message: expect.stringMatching(
        /^own \S+ seed 0: crisis: a trade of .* above 0\.1 × the bound/,
      ),
    });
  });

  it("logs the network's own output beside the position", () => {
    const { probes } = trialOf("erm");
    expect(probes.length).toBeGreaterThanOrEqual(5 * 20);
    for (const { raw_output: raw, delta, position } of probes) {
      expect(raw).toBeCloseTo(Number(position) - Number(delta), 12);
    }
    expect(trialOf("delta").probes[0]).not.toHaveProperty("raw_output");
  });

  it("stores the code that made each trial, and says where a run holds several versions", async () => {
    const { result } = found;
    const [code] = result.codes;
    expect(result.codes).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\+[0-9a-f]{12}$/)]);
    expect(trialOf("erm")).toMatchObject({ code, trainedBy: code });
    expect(trialOf("delta")).toMatchObject({ code, trainedBy: null });
    const file = trialFile(root, trialOf("erm").id, "trials");
    const stored = JSON.parse(readFileSync(file, "utf8")) as object;
    writeFileSync(file, JSON.stringify({ ...stored, code: "0.0.1+earlier" }));
    const later = await run(root, [...OVERRIDES, "title=once more"]);
    expect(later.result.codes).toEqual(["0.0.1+earlier", code]);
    expect(later.result.notes).toContainEqual(
      `Trials of 2 versions of the code: 0.0.1+earlier, ${code}.`,
    );
  }, 60_000);
});

describe("a hedging study that cannot be run", () => {
  const real = (keys: string) => arm(`tests: [crisis, { name: short, ${keys} }]`);
  const TOO_SHORT = "real: { start: 2015-06-01, end: 2015-06-19 }";
  const root = newRoot();
  beforeAll(() => importMarket(root));

  it.each([
    [
      "adaptive λ and nothing held out",
      [...arm("methods: [v-rex]"), "training.schedule=adaptive"],
      /arm "own" holds no environment out/,
    ],
    [
      "λ chosen on one environment",
      ["run=[known]", "select=leave-one-environment-out"],
      /cannot be chosen on the arm "known": 1 environments/,
    ],
    [
      "λ chosen on no seeds",
      ["run=[synthetic]", "select=in-domain", "selectionSeeds=[]"],
      /in-domain without selectionSeeds/,
    ],
    [
      "λ chosen from nil",
      ["run=[synthetic]", "select=in-domain", "lambdaGrid=[0]"],
      /no λ to choose from/,
    ],
    ["a seed that would count twice", ["run=[known]", "seeds=[1, 0, 1]"], /seeds names 1 twice/],
    ["an arm that would run twice", ["run=[known, known]"], /run names known twice/],
    [
      "two environments of a name",
      ["run=[own]", "arms.own={environments: [low, low]}"],
      /arm "own" has two environments "low"/,
    ],
    [
      "a test that hides a training environment",
      arm("tests: [{ name: low, from: crisis }]"),
      /two environments "low"/,
    ],
    [
      "a name of a stressed test",
      arm("tests: [{ name: crisis-costs, from: crisis }]"),
      /"crisis-costs" is taken/,
    ],
    [
      "a name of a masked test",
      arm("tests: [{ name: crisis-volatility, from: crisis }]"),
      /"crisis-volatility" is taken/,
    ],
    [
      "the name of the pool",
      arm("tests: [{ name: training, from: crisis }]"),
      /"training" is taken/,
    ],
    [
      "a window without an episode",
      real(`${TOO_SHORT}, sample: raw`),
      /environment "short": 15 sessions hold no episode of 20 in 2015-06-01 … 2015-06-19/,
    ],
    [
      "a window without data",
      real("real: { start: 2030-06-01, end: 2030-08-01 }"),
      /environment "short": 0 sessions of data/,
    ],
    [
      "a window without thirds",
      real("real: { start: 2015-06-01, end: 2015-06-30 }, tercile: 1"),
      /environment "short": 2 episodes of 20 sessions make no thirds/,
    ],
    [
      "raw windows to train on",
      arm(`validation: [{ name: few, ${TOO_SHORT}, sample: raw }]`),
      /"few" is raw, and not a test/,
    ],
    [
      "a second option that expires",
      [
        ...arm("tests: []"),
        "baselines=[delta, delta-vega]",
        "contract={rolled: true, maturity: 9}",
      ],
      /baseline "delta-vega" holds an option of 18 sessions/,
    ],
  ])("is refused before a trial is recorded: %s", async (_, overrides, message) => {
    await expect(run(root, overrides)).rejects.toMatchObject({
      name: "VolterraError",
      message: expect.stringMatching(message),
    });
    const kinds = openLedger(root, "hedging")
      .entries()
      .map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== "contract")).toEqual([]);
  });
});
