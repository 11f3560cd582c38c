import {
  calendar,
  type Day,
  type Emit,
  lastAtOrBefore,
  latestCompleteSession,
  type Minute,
  toDay,
  VolterraError,
} from "#core";
import type { Market } from "#market";
import {
  type Decision,
  type PortfolioMemory,
  type PortfolioStatus,
  type Strategy,
  type View,
} from "#trade";
import { type AccountFile, type AccountPosition, bookOf, readAccount } from "./account-file.ts";
import type { Catalog } from "./catalog.ts";
import { openData } from "./data.ts";
import { checkGate, type GateFile } from "./gate-cache.ts";
import { gateOf, loadStrategy, type LoadedStrategy } from "./portfolio.ts";
import { type BlockedOrder, type PlanOrder, writeOrders } from "./plan-orders.ts";
import {
  type Concern,
  concerningFindings,
  isBlocking,
  noteRows,
  rootColumns,
} from "./plan-data.ts";
import { recordReads } from "./reads.ts";
import { resolveSpec, type Spec } from "./spec.ts";
import type { Study } from "./study.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

/** What one sleeve wants. */
export interface PlanBlock {
  readonly enabled: boolean;
  readonly order_count: number;
  readonly orders: readonly PlanOrder[];
}

/** The orders for the next session; every plan has every block. What `plan --json` prints. */
export interface Plan {
  readonly status: "ok" | "halted" | "error";
  /** Why there are the orders that there are, or none. */
  readonly reason: string;
  readonly dry_run: true;
  readonly study: string;
  readonly preset: string;
  /** The last complete session of the data. */
  readonly as_of_date: Day | null;
  readonly next_session: Day | null;
  readonly generated_at: string;
  readonly account: {
    readonly source: "assumed" | "file";
    readonly nlv: number;
    readonly buying_power: number;
    readonly currency: "USD";
  };
  readonly external_positions: {
    readonly count: number;
    readonly blocking: boolean;
    readonly positions: readonly {
      readonly symbol: string;
      readonly sec_type: string;
      readonly quantity: number;
      readonly market_value: number | null;
      readonly currency: string;
    }[];
  };
  readonly risk_status: {
    readonly level: PortfolioStatus["level"];
    /** The overlay's multiplier. */
    readonly scale_factor: number;
    readonly risk_manager_scale_factor: number;
    readonly manual_scale_factor: number;
    readonly effective_scale_factor: number;
    readonly double_strike_active: boolean;
    /** Percent below the highest NAV that the account's memory knows. */
    readonly drawdown_pct: number;
  };
  readonly sleeves: Readonly<Record<string, PlanBlock>>;
  /** What would be sent: the sleeves' orders netted by instrument. */
  readonly orders: readonly PlanOrder[];
  /** Entries that corrupt or stale data keep back. */
  readonly blocked: readonly BlockedOrder[];
  /** Σ |change of value| / (2 · NLV). */
  readonly estimated_turnover: number;
  readonly gate: GateFile | null;
  readonly warnings: readonly string[];
  /** To be handed back in the account's file, so that the next plan goes on from here. */
  readonly memory: unknown;
}

/** What a plan needs. */
export interface PlanRequest {
  readonly study: Study;
  /** `key=value` on top of the study. */
  readonly overrides?: readonly string[];
  readonly root: string;
  readonly catalog: Catalog;
  readonly emit: Emit;
  /** The account, or the file that holds it. */
  readonly account?: AccountFile | string;
  /** Warnings are errors. */
  readonly strict: boolean;
  /** Plan a rebalance as if the next session were the first of a month. */
  readonly force: boolean;
  /** New York time at which the plan is made, and the same for the file. */
  readonly now: Minute;
  readonly generatedAt: string;
}

/** A request whose account has been read. */
type Given = PlanRequest & { readonly account?: AccountFile };

/** Data may end this many sessions before the last complete one: older data keep entries back. */
const LATE = 3;

/** The facts that a plan is made of; what is missing when one fails stays as it was. */
type Draft = { -readonly [K in keyof Plan]: Plan[K] };

/**
 * The orders for the session after the last complete one: one decision of the study's strategy, by the step that
 * simulations run, on the account as it is. Places nothing. A plan that is halted or fails has every block with no
 * orders and the reason; none where the study's keys do not even say which there are.
 */
export async function makePlan(request: PlanRequest): Promise<Plan> {
  let draft = nothingKnown(request);
  try {
    const spec = specOf(request.study.with(request.overrides ?? []));
    draft = { ...draft, ...blocksOf(spec) };
    const { account, ...rest } = request;
    const read = typeof account === "string" ? readAccount(account) : account;
    const given: Given = { ...rest, ...(read && { account: read }) };
    draft = { ...draft, ...beginning(spec, given) };
    await fillPlan(draft, spec, given);
    if (request.strict && draft.warnings.length > 0) {
      throw new VolterraError("DATA", `--strict: ${draft.warnings.join("; ")}`);
    }
  } catch (error) {
    if (!(error instanceof VolterraError)) throw error;
    const reason = [error.message, error.hint].filter((text) => text !== "").join(". ");
    return { ...draft, ...withoutOrders(draft), blocked: [], status: "error", reason };
  }
  return draft.status === "ok" ? draft : { ...draft, ...withoutOrders(draft) };
}

/** The spec of a study that can be planned. Throws `VolterraError`. */
function specOf(study: Study): Spec {
  if (study.kind === "strategy") return resolveSpec(study);
  throw new VolterraError(
    "USAGE",
    `${study.file} is a study of kind "${study.kind}"`,
    "plan takes studies of strategies: others decide on no orders.",
  );
}

/** A plan before anything but the study's file has been read. */
function nothingKnown({ study, overrides = [], account, generatedAt }: PlanRequest): Draft {
  const wanted = overrides.findLast((text) => text.startsWith("preset="));
  return {
    status: "ok",
    reason: "",
    dry_run: true,
    study: String(study.resolve().study ?? ""),
    preset: wanted?.slice("preset=".length) ?? study.preset,
    as_of_date: null,
    next_session: null,
    generated_at: generatedAt,
    account: {
      source: account === undefined ? "assumed" : "file",
      nlv: NaN,
      buying_power: NaN,
      currency: "USD",
    },
    external_positions: { count: 0, blocking: false, positions: [] },
    risk_status: riskStatus(null, 1),
    sleeves: {},
    orders: [],
    blocked: [],
    estimated_turnover: 0,
    gate: null,
    warnings: [],
    memory: null,
  };
}

/** What the spec says of a plan: which blocks there are. */
function blocksOf({ strategy: { portfolio, name } }: Spec): Pick<Plan, "sleeves" | "risk_status"> {
  const sleeves = portfolio ? Object.keys(portfolio.sleeves) : [name];
  if (portfolio?.allocation.cashInstrument) sleeves.push("cash");
  return {
    risk_status: riskStatus(null, portfolio?.allocation.riskScale ?? 1),
    sleeves: Object.fromEntries(sleeves.map((sleeve) => [sleeve, blockOf([])])),
  };
}

/** What the account says of a plan. */
function beginning(spec: Spec, { account }: Given): Pick<Plan, "account" | "memory"> {
  const nlv = account?.nlv ?? account?.cash ?? spec.account.nav;
  return {
    account: {
      source: account ? "file" : "assumed",
      nlv,
      buying_power: account?.buying_power ?? account?.cash ?? nlv,
      currency: "USD",
    },
    memory: account?.memory ?? null,
  };
}

function blockOf(orders: readonly PlanOrder[]): PlanBlock {
  return { enabled: true, order_count: orders.length, orders };
}

function withoutOrders({
  sleeves,
}: Draft): Pick<Plan, "sleeves" | "orders" | "estimated_turnover"> {
  const empty = Object.keys(sleeves).map((name) => [name, blockOf([])]);
  return { sleeves: Object.fromEntries(empty), orders: [], estimated_turnover: 0 };
}

function riskStatus(status: PortfolioStatus | null, manual: number): Plan["risk_status"] {
  const {
    level = "normal",
    risk = 1,
    overlay = 1,
    doubleStrike = false,
    drawdown = 0,
  } = status ?? {};
  return {
    level,
    scale_factor: overlay,
    risk_manager_scale_factor: risk,
    manual_scale_factor: manual,
    effective_scale_factor: risk * overlay * manual,
    double_strike_active: doubleStrike,
    drawdown_pct: 100 * drawdown,
  };
}

async function fillPlan(draft: Draft, spec: Spec, request: Given): Promise<void> {
  const { root, catalog, emit } = request;
  if (spec.execution.fill === "same-open") {
    throw new VolterraError(
      "LOOK_AHEAD",
      `the preset ${spec.preset} fills before it decides, which only a simulation can`,
      "Plan another preset.",
    );
  }
  const market = await openData(spec.data, root, catalog, { emit });
  const t = latestRow(market, request.now);
  draft.as_of_date = toDay(market.sessions[t]!);
  const reading = recordReads(market);
  const bench = openWorkbench(reading.market, catalog);
  const loaded = await loadStrategy(catalog, spec.strategy);
  const taken = await decideOnce(bench, spec, { t, request });
  const { graph } = bench;
  const reads = { refs: reading.refs(), graph, t, earliest: taken.earliest };
  const late = staleness(market, t, request.now);
  const concerns = [...late, ...concerningFindings(market, reads)];
  draft.warnings = concerns.map(concernText);
  const ref = gateOf(loaded);
  if (ref !== undefined) {
    const { gate, warning } = await checkGate(bench, { ref, t }, { root, study: spec.study });
    draft.gate = gate;
    if (warning) draft.warnings = [...draft.warnings, warning];
  }
  const stops = concerns.filter((c) => isBlocking(c) && !spec.data.allow.includes(c.code));
  describe(draft, spec, taken, blockersOf(stops, bench, loaded));
}

function concernText({ series, code, message }: Concern): string {
  return `${series}: ${code}: ${message}`;
}

/**
 * What keeps back the entries of a sleeve: findings in the columns that its features are computed from, in those of the
 * account as a whole, and in any price, for all sleeves are sized by one NAV.
 */
function blockersOf(
  stops: readonly Concern[],
  { graph }: Workbench,
  { strategy, params }: LoadedStrategy,
): (sleeve: string) => string[] {
  const roots = Object.entries(strategy.features(params)).map(([alias, ref]) => ({
    sleeve: alias.includes("/") ? alias.slice(0, alias.indexOf("/")) : undefined,
    columns: rootColumns(graph, [ref]),
  }));
  const concernsSleeve = (sleeve: string, ref: string) => {
    const readers = roots.filter(({ columns }) => columns.has(ref));
    return readers.length === 0 || readers.some((r) => (r.sleeve ?? sleeve) === sleeve);
  };
  return (sleeve) =>
    stops
      .filter(({ refs }) => refs.length === 0 || refs.some((ref) => concernsSleeve(sleeve, ref)))
      .map(concernText);
}

/** The last session that is over and that the data hold. */
function latestRow({ sessions }: Market, now: Minute): number {
  const today = Math.floor(now / 1440);
  // The calendar begins no later than the data, and knows nothing before.
  const isBefore = sessions.length < 2 || today < sessions[1]!;
  const t = isBefore ? 0 : lastAtOrBefore(sessions, latestCompleteSession(calendar("nyse"), now));
  if (t >= 1) return t;
  const span =
    sessions.length === 0 ? "no session" : `${toDay(sessions[0]!)} … ${toDay(sessions.at(-1)!)}`;
  throw new VolterraError(
    "EMPTY_WINDOW",
    `the data hold no two complete sessions by ${toDay(today)}`,
    `They hold ${span}.`,
  );
}

/** Data that end before the last complete session: what is decided on them is late. */
function staleness({ sessions, simulated }: Market, t: number, now: Minute): Concern[] {
  if (simulated) return [];
  const nyse = calendar("nyse");
  const latest = latestCompleteSession(nyse, now);
  const missed =
    lastAtOrBefore(nyse.sessions, latest) - lastAtOrBefore(nyse.sessions, sessions[t]!);
  if (missed === 0) return [];
  const message = `they end on ${toDay(sessions[t]!)}, ${missed} sessions before the last complete one (${toDay(latest)})`;
  const code = missed > LATE ? "STALE" : "LATE";
  return [{ series: "data", code, severity: "error", message, rows: [], refs: [] }];
}

/** A decision on an account, with what it was taken on. */
interface Taken {
  readonly view: View;
  readonly decision: Decision;
  readonly memory: unknown;
  readonly external: readonly AccountPosition[];
  /** The earliest rows of columns and prices that were read. */
  readonly earliest: { readonly columns: number; readonly prices: number };
}

/** Runs the step of the simulation on one session, the strategy seeing the account instead of the simulated one. */
async function decideOnce(
  bench: Workbench,
  spec: Spec,
  { t, request }: { readonly t: number; readonly request: Given },
): Promise<Taken> {
  const { account = { cash: spec.account.nav, currency: "USD", positions: [] }, force } = request;
  const { sessions } = bench.market;
  let taken: Taken | undefined;

  function around(strategy: Strategy<object>): Strategy<object> {
    return {
      ...strategy,
      start: (params) =>
        account.memory ? structuredClone(account.memory) : strategy.start(params),
      decide(view, params, memory) {
        if (view.t < t) return { action: "wait", orders: [], findings: [], reason: "" };
        const { book, external } = bookOf(account, view.universe, t);
        const nav = account.nlv ?? valueOf(view, book);
        const seen = { ...view, first: false, newMonth: view.newMonth || force, nav, book };
        const noted = noteRows(seen);
        const decision = strategy.decide(noted.view, params, memory);
        taken = { view: seen, decision, memory, external, earliest: noted.earliest };
        return decision;
      },
    };
  }

  const window = { start: toDay(sessions[t - 1]!), end: toDay(sessions[t]!) };
  const { strategy, execution } = spec;
  (
    await bench.prepare({
      strategy,
      execution,
      window,
      nav: spec.account.nav,
      trace: false,
      around,
    })
  )();
  if (!taken) throw new RangeError(`no decision on row ${t}`);
  return taken;
}

function valueOf({ universe }: View, { cash, positions }: View["book"]): number {
  return positions.reduce((sum, { instrument, quantity, mark }) => {
    const { kind, multiplier } = universe.instruments[instrument]!;
    return kind === "future" ? sum : sum + quantity * multiplier * mark;
  }, cash);
}

function describe(
  draft: Draft,
  spec: Spec,
  taken: Taken,
  blockers: (sleeve: string) => string[],
): void {
  const { view, decision, memory, external } = taken;
  const { portfolio } = spec.strategy;
  const status = portfolio ? (memory as PortfolioMemory).status : null;
  draft.next_session = toDay(view.next);
  draft.account = { ...draft.account, nlv: view.nav };
  draft.risk_status = riskStatus(status, portfolio?.allocation.riskScale ?? 1);
  draft.external_positions = {
    count: external.length,
    blocking: external.length > 0 && !portfolio?.allocation.allowExternal,
    positions: external.map(({ symbol, sec_type, quantity, market_value, currency }) => {
      return { symbol, sec_type, quantity, market_value: market_value ?? null, currency };
    }),
  };
  draft.memory = memory;
  draft.reason = decision.reason;
  if (draft.external_positions.blocking) {
    draft.status = "halted";
    const names = external.map(({ symbol, quantity }) => `${symbol} ${quantity}`).join(", ");
    draft.reason = `positions that are none of this study's: ${names}`;
  } else if (status?.stopped && decision.orders.length === 0) draft.status = "halted";
  else placeOrders(draft, spec.strategy.name, taken, blockers);
}

/** Orders as changes from what the account holds; those that data keep back apart. */
function placeOrders(
  draft: Draft,
  name: string,
  { view, decision }: Taken,
  blockers: (sleeve: string) => string[],
): void {
  const written = writeOrders(decision.orders, view, name, blockers);
  for (const id of written.unpriced) {
    draft.warnings = [...draft.warnings, `${id} has no price: it cannot be sized`];
  }
  draft.orders = written.net;
  draft.blocked = written.blocked;
  draft.sleeves = Object.fromEntries(
    Object.keys(draft.sleeves).map((s) => [s, blockOf(written.sleeves.get(s) ?? [])]),
  );
  draft.estimated_turnover = written.traded / (2 * view.nav);
  const by = [...new Set(Object.keys(draft.sleeves).flatMap(blockers))];
  if (by.length === 0) return;
  const kept = written.blocked.map(({ side, quantity, symbol }) => `${side} ${quantity} ${symbol}`);
  const what = kept.length > 0 ? `entries kept back (${kept.join(", ")})` : "entries are kept back";
  draft.reason = `${decision.reason}; ${what} by ${by.join("; ")}`;
  if (written.net.length === 0) draft.status = "halted";
}
