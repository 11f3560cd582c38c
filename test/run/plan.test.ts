import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { at, silent, toNumber } from "#core";
import { importSource, openLake, openMarket, openSnapshot, type Source } from "#market";
import {
  type AccountFile,
  makePlan,
  openCatalog,
  parseStudy,
  type Plan,
  readAccount,
  writeOrders,
  resolveSpec,
  toJson,
} from "#run";
import type { Decision, PortfolioMemory, Strategy, View } from "#trade";
import { plan } from "../../src/cli/plan.ts";
import { openWorkbench } from "../../src/run/workbench.ts";

const ROOT = mkdtempSync(path.join(tmpdir(), "volterra-plan-"));
const catalog = openCatalog();
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

beforeAll(async () => {
  const source = await catalog.load<Source>("sources", "simulated");
  const options = { seed: "4", from: "2015-01-02", to: "2019-12-31" };
  const lake = openLake(path.join(ROOT, "lake"));
  await importSource(lake, source, { options, signal: new AbortController().signal, emit: silent });
}, 60_000);

const TEXT = `
study: small
title: Small
window: { start: 2017-01-03, end: 2019-12-31 }
sleeves:
  dm: { strategy: { name: dual-momentum }, weight: 0.6 }
  erp: { strategy: { name: vrp-erp }, weight: 0.4 }
preset: both
presets:
  both: {}
  frozen: { risk: { onStop: freeze, rearm: 0, stop: 0.02, cutAt: 0 } }
  open: { allocation: { allowExternal: true } }
`;
const ALONE = `
study: alone
title: Alone
window: { start: 2017-01-03, end: 2019-12-31 }
strategy: { name: vrp-erp }
preset: plain
presets: { plain: {}, as-coded: { execution: { fill: same-open } } }
`;
const study = (text = TEXT, overrides: string[] = []) => parseStudy("small.yaml", text, overrides);

function planOf(
  day: string,
  options: { account?: AccountFile; force?: boolean; strict?: boolean } = {},
  of = study(),
): Promise<Plan> {
  const { account, force = false, strict = false } = options;
  return makePlan({
    study: of,
    root: ROOT,
    catalog,
    emit: silent,
    ...(account && { account }),
    strict,
    force,
    now: at(toNumber(day), "18:00"),
    generatedAt: "2020-01-01T00:00:00.000Z",
  });
}

/** The study's own simulation up to a day: what it held and remembered before its decision of that day, and that. */
async function simulateTo(day: string) {
  const market = await openMarket(await openSnapshot(openLake(path.join(ROOT, "lake"))));
  const spec = resolveSpec(study());
  let last: { view: View; memory: unknown; decision: Decision } | undefined;
  const around = (strategy: Strategy<object>): Strategy<object> => ({
    ...strategy,
    decide(view, params, memory) {
      const seen = { ...view, book: structuredClone(view.book) };
      const before = structuredClone(memory);
      const decision = strategy.decide(view, params, memory);
      last = { view: seen, memory: before, decision };
      return decision;
    },
  });
  const { strategy, execution, window } = spec;
  const job = { strategy, execution, window: { ...window, end: day }, nav: 100_000, trace: false };
  (await openWorkbench(market, catalog).prepare({ ...job, around }))();
  const { view, memory, decision } = last!;
  const { universe, book, nav } = view;
  const account: AccountFile = {
    nlv: nav,
    cash: book.cash,
    currency: "USD",
    positions: book.positions.map(({ instrument, quantity, entry }) => ({
      symbol: universe.instruments[instrument]!.id,
      quantity,
      entry,
      sec_type: "STK",
      currency: "USD",
    })),
    memory,
  };
  const held = new Map(account.positions.map((p) => [p.symbol, p.quantity]));
  const changes = decision.orders
    .map((o) => {
      const { id } = universe.instruments[o.instrument]!;
      return [id, o.target - (held.get(id) ?? 0)] as const;
    })
    .filter(([, change]) => change !== 0);
  return { account, decision, changes };
}

const changesOf = (orders: Plan["orders"]) =>
  orders.map((o) => [o.symbol, o.side === "BUY" ? o.quantity : -o.quantity]);

describe("a plan", () => {
  it.each(["2019-05-31", "2018-12-31", "2019-10-31"])(
    "is the decision that the simulation takes on %s",
    async (day) => {
      const { account, decision, changes } = await simulateTo(day);
      const plan = await planOf(day, { account });
      expect(decision.action).toBe("trade");
      expect(plan).toMatchObject({ status: "ok", reason: decision.reason, as_of_date: day });
      expect(changesOf(plan.orders)).toEqual(changes);
      const parts = Object.values(plan.sleeves).flatMap((block) => changesOf(block.orders));
      for (const [id, change] of changes) {
        const sum = parts.filter(([s]) => s === id).reduce((a, [, x]) => a + (x as number), 0);
        expect(sum).toBe(change);
      }
      const again = await planOf(day, { account: JSON.parse(JSON.stringify(account)) });
      expect(again).toEqual(plan);
    },
  );

  it("assumes the study's NAV and no positions without an account", async () => {
    const plan = await planOf("2019-05-31");
    expect(plan.account).toEqual({
      source: "assumed",
      nlv: 100_000,
      buying_power: 100_000,
      currency: "USD",
    });
    expect(plan.orders.length).toBeGreaterThan(0);
    expect(plan.orders.every(({ side }) => side === "BUY")).toBe(true);
    expect(plan.estimated_turnover).toBeGreaterThan(0.3);
    expect(plan.estimated_turnover).toBeLessThan(0.5);
  });

  it("has nothing to do between rebalances, unless it is forced to", async () => {
    const quiet = await planOf("2019-05-15");
    expect(quiet).toMatchObject({ status: "ok", reason: "not scheduled", orders: [] });
    const forced = await planOf("2019-05-15", { force: true });
    expect(forced.orders.length).toBeGreaterThan(0);
  });

  it("looks at the last complete session, not at one that is still open", async () => {
    const [early, late] = await Promise.all(
      ["15:59", "16:00"].map((clock) =>
        makePlan({
          study: study(),
          root: ROOT,
          catalog,
          emit: silent,
          strict: false,
          force: false,
          now: at(toNumber("2019-05-31"), clock),
          generatedAt: "",
        }),
      ),
    );
    expect(early).toMatchObject({ as_of_date: "2019-05-30", next_session: "2019-05-31" });
    expect(late).toMatchObject({ as_of_date: "2019-05-31", next_session: "2019-06-03" });
  });

  it("is halted by what is none of its business, with every block and the reason", async () => {
    const account: AccountFile = {
      cash: 90_000,
      currency: "USD",
      positions: [
        { symbol: "SPY", quantity: 10, sec_type: "STK", currency: "USD" },
        { symbol: "SPY", quantity: 1, sec_type: "OPT", currency: "USD" },
        { symbol: "XYZ", quantity: 5, sec_type: "STK", currency: "USD", market_value: 500 },
      ],
    };
    const plan = await planOf("2019-05-31", { account });
    expect(plan).toMatchObject({
      status: "halted",
      reason: "positions that are none of this study's: SPY 1, XYZ 5",
      orders: [],
      estimated_turnover: 0,
      external_positions: { count: 2, blocking: true },
      sleeves: {
        dm: { enabled: true, order_count: 0, orders: [] },
        erp: { enabled: true, order_count: 0, orders: [] },
      },
    });
    const allowed = await planOf("2019-05-31", { account }, study(TEXT, ["preset=open"]));
    expect(allowed).toMatchObject({ status: "ok", external_positions: { blocking: false } });
    expect(allowed.orders.length).toBeGreaterThan(0);
  });

  it("is halted by a stop that froze the account", async () => {
    const { account } = await simulateTo("2019-05-31");
    const memory = structuredClone(account.memory) as PortfolioMemory;
    memory.risk.peak = account.nlv! / 0.95;
    const frozen = study(TEXT, ["preset=frozen"]);
    const plan = await planOf("2019-05-31", { account: { ...account, memory } }, frozen);
    expect(plan.status).toBe("halted");
    expect(plan.reason).toBe("halted: 5.0 % below the highest NAV");
    expect(plan.risk_status).toMatchObject({ level: "critical", risk_manager_scale_factor: 0 });
    expect(plan.risk_status.drawdown_pct).toBeCloseTo(5, 9);
    expect(Object.keys(plan.sleeves)).toEqual(["dm", "erp"]);
  });

  it("sells at a stop that flattens: an exit is no entry", async () => {
    const { account } = await simulateTo("2019-05-31");
    const memory = structuredClone(account.memory) as PortfolioMemory;
    memory.risk.peak = account.nlv! / 0.85;
    const plan = await planOf("2019-05-31", { account: { ...account, memory } });
    expect(plan).toMatchObject({ status: "ok", risk_status: { level: "critical" } });
    expect(plan.orders).toHaveLength(account.positions.length);
    expect(plan.orders.every(({ side }) => side === "SELL")).toBe(true);
  });

  it("fails with every block and the reason", async () => {
    const ahead = await planOf("2019-05-31", {}, study(ALONE, ["preset=as-coded"]));
    expect(ahead).toMatchObject({ status: "error", orders: [], sleeves: { "vrp-erp": {} } });
    expect(ahead.reason).toContain("fills before it decides");
    const unknown = study(ALONE, ["strategy.params.volTarged=1"]);
    expect((await planOf("2019-05-31", {}, unknown)).reason).toContain('no parameter "volTarged"');
  });

  it("fails before the data begin, saying when they do", async () => {
    for (const day of ["1980-06-18", "1990-01-01", "2014-12-31", "2015-01-02"]) {
      expect(await planOf(day)).toMatchObject({
        status: "error",
        reason: `the data hold no two complete sessions by ${day}. They hold 2015-01-02 … 2019-12-31.`,
        sleeves: { dm: { order_count: 0 }, erp: { order_count: 0 } },
      });
    }
    expect(await planOf("2015-01-05")).toMatchObject({ status: "ok", as_of_date: "2015-01-05" });
    // After the end of the data, and of the calendar, it is the data that are late.
    expect(await planOf("2077-01-01")).toMatchObject({ status: "ok", as_of_date: "2019-12-31" });
  });

  it("refuses an account that it does not understand", () => {
    const file = path.join(ROOT, "account.json");
    writeFileSync(file, JSON.stringify({ cash: 1, positons: [] }));
    expect(() => readAccount(file)).toThrow(
      expect.objectContaining({ hint: 'Did you mean "positions"?' }),
    );
    writeFileSync(file, "{");
    expect(() => readAccount(file)).toThrow("is not JSON");
  });
});

/** A lake to a day whose column has another value on some days. */
async function spoiltLake(
  name: string,
  series: string,
  column: string,
  cells: Record<string, number>,
) {
  const source = await catalog.load<Source>("sources", "simulated");
  const spoilt: Source = {
    ...source,
    // So that it can be out of date.
    simulated: false,
    async deliver(wanted, context) {
      const table = await source.deliver(wanted, context);
      if (wanted !== series) return table;
      const values = (table.columns[column] as Float64Array).slice();
      for (const [day, value] of Object.entries(cells)) {
        values[(table.columns.date as Int32Array).indexOf(toNumber(day))] = value;
      }
      return { ...table, columns: { ...table.columns, [column]: values } };
    },
  };
  const root = path.join(ROOT, name);
  const options = { seed: "4", from: "2015-01-02", to: "2019-05-31" };
  const context = { options, signal: new AbortController().signal, emit: silent };
  await importSource(openLake(path.join(root, "lake")), spoilt, context);
  return (text: string, more: Partial<Parameters<typeof makePlan>[0]> = {}) =>
    makePlan({
      study: study(text),
      root,
      catalog,
      emit: silent,
      strict: false,
      force: false,
      now: at(toNumber("2019-05-31"), "18:00"),
      generatedAt: "",
      ...more,
    });
}

const holding = (quantity: number, cash: number): AccountFile => ({
  cash,
  currency: "USD",
  positions: [{ symbol: "SPY", quantity, sec_type: "STK", currency: "USD" }],
});

describe("a plan on corrupt data", async () => {
  // VVIX falls to a twentieth on the last day: the gate is as open as can be, and what it says is worth nothing.
  const plan = await spoiltLake("corrupt", "vvix", "close", { "2019-05-31": 5 });

  it("keeps entries back, and says which by what", async () => {
    const made = await plan(ALONE);
    expect(made).toMatchObject({ status: "halted", orders: [], estimated_turnover: 0 });
    expect(made.sleeves["vrp-erp"]).toEqual({ enabled: true, order_count: 0, orders: [] });
    expect(made.blocked).toMatchObject([{ symbol: "SPY", side: "BUY", sleeve: "vrp-erp" }]);
    expect(made.blocked[0]!.by).toEqual([
      expect.stringMatching(/^vvix: IMPOSSIBLE_MOVE: .*2019-05-31/),
    ]);
    expect(made.reason).toMatch(/kept back \(BUY \d+ SPY\) by vvix: IMPOSSIBLE_MOVE/);
  });

  it("lets what only reduces a position through", async () => {
    const wanted = (await plan(ALONE)).blocked[0]!.quantity;
    const made = await plan(ALONE, { account: holding(4 * wanted, 0) });
    expect(made).toMatchObject({ status: "ok", blocked: [] });
    expect(made.orders).toMatchObject([{ symbol: "SPY", side: "SELL" }]);
    expect(made.orders[0]!.quantity).toBeLessThan(4 * wanted);
    expect(made.reason).toContain("entries are kept back by vvix");
  });

  it("keeps back the entries of the sleeves that read them, and no others", async () => {
    const made = await plan(TEXT);
    expect(made.status).toBe("ok");
    expect(made.blocked.map(({ sleeve }) => sleeve)).toEqual(["erp"]);
    expect(made.sleeves.erp!.orders).toEqual([]);
    expect(made.sleeves.dm!.order_count).toBeGreaterThan(0);
    expect(changesOf(made.orders)).toEqual(changesOf(made.sleeves.dm!.orders));
  });

  it("is an error where it is strict, and goes on where the code is allowed", async () => {
    const strict = await plan(ALONE, { strict: true });
    expect(strict).toMatchObject({ status: "error", orders: [], blocked: [] });
    const allowed = await plan(`${ALONE}data: { allow: [IMPOSSIBLE_MOVE] }\n`);
    expect(allowed).toMatchObject({ status: "ok", blocked: [] });
    expect(allowed.orders).toHaveLength(1);
  });
});

describe("a plan on data with an old fault", async () => {
  const plan = await spoiltLake("old", "vvix", "close", { "2016-03-01": 5 });

  it("is as if there were none, strict or not: nothing that it reads depends on it", async () => {
    const made = await plan(ALONE, { strict: true });
    expect(made).toMatchObject({ status: "ok", warnings: [], blocked: [] });
    expect(changesOf(made.orders)).toEqual(
      changesOf((await planOf("2019-05-31", {}, study(ALONE))).orders),
    );
  });

  it("keeps entries back where the data ended sessions ago, and warns a session late", async () => {
    const [next, stale] = (await Promise.all(
      ["2019-06-03", "2019-06-07"].map((day) =>
        plan(ALONE, { force: true, now: at(toNumber(day), "18:00") }),
      ),
    )) as [Plan, Plan];
    expect(next).toMatchObject({ status: "ok", as_of_date: "2019-05-31", blocked: [] });
    expect(next.warnings).toEqual([expect.stringContaining("data: LATE")]);
    expect(stale.status).toBe("halted");
    expect(stale.blocked[0]!.by).toEqual([expect.stringContaining("data: STALE")]);
  });

  it("knows it where an earlier plan read it", async () => {
    const made = await plan(ALONE, { strict: true, now: at(toNumber("2016-03-01"), "18:00") });
    expect(made.status).toBe("error");
    expect(made.reason).toContain("vvix: IMPOSSIBLE_MOVE");
  });
});

it.each([
  ["2019-04-15", 1],
  ["2018-06-15", 0],
])("reads a window of prices where a volatility is of a window: %s", async (day, count) => {
  const plan = await spoiltLake(`blank-${day}`, "spy", "close", { [day]: NaN });
  const { warnings } = await plan(ALONE);
  expect(warnings.filter((text) => text.includes("MISSING_VALUES"))).toHaveLength(count);
});

const order = (target: number, more: object = {}) => ({
  instrument: 0,
  target,
  by: "weight" as const,
  reason: "why",
  ...more,
});
const keptBack = () => ["bad"];
const free = () => [];

describe("orders", () => {
  const spec = { kind: "equity" as const, id: "SPY", multiplier: 1 as const };
  const view = (held: number, mark: number) =>
    ({
      t: 0,
      nav: 1000,
      book: {
        cash: 0,
        positions: held === 0 ? [] : [{ instrument: 0, quantity: held, entry: 1, mark: 1 }],
      },
      universe: { instruments: [spec], mark: () => mark },
    }) as unknown as View;

  it("that close a position need no price, whatever the data are", () => {
    const written = writeOrders([order(0)], view(7, NaN), "s", keptBack);
    expect(written.net).toMatchObject([{ side: "SELL", quantity: 7 }]);
    expect(written).toMatchObject({ blocked: [], unpriced: [], traded: 0 });
    expect(writeOrders([order(0.5)], view(7, NaN), "s", free)).toMatchObject({
      net: [],
      unpriced: ["SPY"],
    });
  });

  it("that turn a position around only close it", () => {
    const written = writeOrders([order(-5, { by: "units" })], view(7, 10), "s", keptBack);
    expect(written.net).toMatchObject([{ side: "SELL", quantity: 7 }]);
    expect(written.blocked).toMatchObject([{ side: "SELL", quantity: 5, by: ["bad"] }]);
    const cover = writeOrders([order(0, { by: "units" })], view(-3, 10), "s", keptBack);
    expect(cover.net).toMatchObject([{ side: "BUY", quantity: 3 }]);
  });

  it("of one sleeve pass where another's are kept back", () => {
    const parts = { a: 10, b: -4 };
    const written = writeOrders([order(13, { by: "units", parts })], view(7, 10), "s", (s) =>
      s === "a" ? ["bad"] : [],
    );
    expect(written.net).toMatchObject([{ side: "SELL", quantity: 4, sleeve: "b" }]);
    expect(written.blocked).toMatchObject([{ side: "BUY", quantity: 10, sleeve: "a" }]);
  });
});

describe("the command", () => {
  it.each([
    ["ok", [], 0],
    ["halted", ["--account"], 2],
    ["error", ["preset=as-coded"], 1],
  ] as const)("exits with its status: %s", async (status, what, code) => {
    const [file, account, output] = ["alone.yaml", "account.json", "plan.json"].map((name) =>
      path.join(ROOT, name),
    ) as [string, string, string];
    writeFileSync(file, ALONE);
    const positions = [{ symbol: "XYZ", quantity: 1 }];
    writeFileSync(account, JSON.stringify({ cash: 1000, positions }));
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    try {
      const withAccount = what[0] === "--account" ? { account } : {};
      const overrides = what.filter((text) => text.includes("="));
      await plan({ var: ROOT }, file, overrides, { json: true, output, ...withAccount });
      const printed = JSON.parse(String(write.mock.calls[0]![0]));
      expect(printed.status).toBe(status);
      expect(JSON.parse(readFileSync(output, "utf8"))).toEqual(printed);
      expect(process.exitCode).toBe(code);
    } finally {
      write.mockRestore();
      process.exitCode = undefined;
    }
  });
});

/** The plan that the command prints and writes although something is broken. */
async function failing(file: string, options: Parameters<typeof plan>[3], overrides = [""]) {
  const output = path.join(ROOT, "failed.json");
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    const given = overrides.filter((text) => text !== "");
    await plan({ var: ROOT }, file, given, { json: true, output, ...options });
    const printed = JSON.parse(String(write.mock.calls[0]![0]));
    expect(JSON.parse(readFileSync(output, "utf8"))).toEqual(printed);
    expect(printed).toMatchObject({ status: "error", dry_run: true, orders: [], blocked: [] });
    expect(process.exitCode).toBe(1);
    return printed;
  } finally {
    write.mockRestore();
    process.exitCode = undefined;
  }
}

describe("the command, where something but the study cannot be read", () => {
  const folder = fileURLToPath(new URL("../../studies/", import.meta.url));

  it("gives a plan with every block for a broken account", async () => {
    const [file, account] = ["both.yaml", "broken.json"].map((name) => path.join(ROOT, name));
    writeFileSync(file!, TEXT);
    writeFileSync(account!, "{");
    const broken = await failing(file!, { account: account! });
    expect(broken.reason).toContain(`the account ${account} is not JSON`);
    expect(Object.keys(broken.sleeves)).toEqual(["dm", "erp"]);
    expect(broken.account).toMatchObject({ source: "file", nlv: null });
    const absent = await failing(file!, { account: "nowhere.json" });
    expect(absent.reason).toBe("the account nowhere.json cannot be read");
  });

  it("gives a plan without blocks where the preset or a key is none", async () => {
    const file = path.join(ROOT, "both.yaml");
    writeFileSync(file, TEXT);
    const preset = await failing(file, { preset: "bothh" });
    expect(preset).toMatchObject({ study: "small", preset: "bothh", sleeves: {} });
    expect(preset.reason).toContain('no preset "bothh". Did you mean "both"?');
    const key = await failing(file, {}, ["windw.start=2019-01-02"]);
    expect(key.reason).toContain('unknown key "windw"');
  });

  it.each([
    ["vix-direction", "forecast"],
    ["vix-regime", "filter"],
    ["hedging", "hedging"],
    ["sleeves", "sleeves"],
  ])("says that %s is a study of another kind", async (name, kind) => {
    const { reason } = await failing(path.join(folder, `${name}.yaml`), {});
    expect(reason).toContain(`${name}.yaml is a study of kind "${kind}". plan takes studies of`);
  });

  it("gives none where the study itself cannot be read", async () => {
    await expect(plan({ var: ROOT }, "nowhere.yaml", [], { json: true })).rejects.toThrow(
      "cannot read the study nowhere.yaml",
    );
  });
});

describe("the gate's file", () => {
  const file = path.join(ROOT, "state", "gate-alone.json");
  const warned = ({ warnings }: Plan) => warnings.filter((text) => text.startsWith(file));

  it("is a cache of a fold over the data, checked against it", async () => {
    const first = await planOf("2019-05-15", {}, study(ALONE));
    const kept = JSON.parse(readFileSync(file, "utf8"));
    expect(kept).toEqual(JSON.parse(toJson(first.gate)));
    expect(kept.last_snapshot.date).toBe("2019-05-15");

    const later = await planOf("2019-05-31", {}, study(ALONE));
    expect(warned(later)).toEqual([]);
    const other = kept.current_state === "OPEN" ? "CLOSED" : "OPEN";
    kept.last_snapshot.state = other;
    writeFileSync(file, JSON.stringify(kept));
    const found = await planOf("2019-05-31", {}, study(ALONE));
    expect(warned(found)).toHaveLength(1);
    expect(warned(found)[0]).toContain(`has the gate ${other}`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(toJson(later.gate)));

    writeFileSync(file, "not JSON");
    expect(warned(await planOf("2019-05-31", {}, study(ALONE)))[0]).toContain("cannot be read");
  });
});
