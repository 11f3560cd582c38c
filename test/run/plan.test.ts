import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
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

  it("takes the warnings of the data for errors where it is strict", async () => {
    const plan = await planOf("2019-05-31", {}, study(ALONE));
    const strict = await planOf("2019-05-31", { strict: true }, study(ALONE));
    expect(strict.warnings).toEqual(plan.warnings);
    expect(strict.status).toBe(plan.warnings.length > 0 ? "error" : "ok");
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
