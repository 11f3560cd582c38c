import { DAYS_PER_YEAR, parts, suggest, VolterraError } from "#core";
import {
  checkRule,
  type Decision,
  defineStrategy,
  type Finding,
  type Listing,
  marginOf,
  marginOfBook,
  optionId,
  type Order,
  type Position,
  positionOf,
  quantityOf,
  reachPositions,
  type View,
  WAIT,
} from "#trade";

const defaults = {
  /** Root of the futures: VXM, VX, or VX3W (the files of the original). */
  contract: "VXM",
  /** Entry filters in force, checked in this order. */
  filters: "F1 F2 F3 F4 F5 F6",
  minContango: 0.5,
  maxVix: 25,
  /** F4 and the cut on VVIX: a quantile of 126 sessions, or `vvixLevel` where that is above 0. */
  vvixQuantile: 0.9,
  vvixMinimum: 20,
  vvixLevel: 0,
  /** `monthly`: the third session of a month; `daily`: any while flat. */
  entry: "monthly",
  /** Bring an open position to its size again on the third session of a month. */
  resize: true,
  navShare: 0.1,
  marginShare: 0.3,
  /** Share of NAV that margin must leave in cash. */
  cashShare: 0.4,
  /** Loss on the contract held, as a share of its entry value; 0 has no stop. */
  stop: 0.15,
  /** A stop-limit rests in the market; without, the stop acts on closes alone. */
  stopOrder: true,
  /** Points from the stop to its limit. */
  stopLimit: 2,
  /** Sessions after a stop without entry, beside the rest of its month. */
  coolDown: 5,
  flattenVix: 40,
  cutVix: 30,
  cutVvix: true,
  marginAlarm: true,
  /** A cut acts once until its cause has cleared; without, every day. */
  cutOnce: true,
  /** Half rounded down stays, so that one contract is closed; without, half rounded down is closed. */
  cutLast: true,
  rollSessions: 5,
  /** Roll so many calendar days before expiry instead, where above 0. */
  rollDays: 0,
  /** Options of the tail hedge, one a contract: VIX, VIX1000 (a multiplier used by mistake), or none. */
  hedge: "VIX",
  hedgeBudget: 0.15,
  /** Column with a model's probability of a spike, which blocks an entry at `riskLimit`; "" has no model. */
  riskColumn: "",
  riskLimit: 0.6,
  /** Columns with a limit of each day in place of `riskLimit`, and with the share of the size that a failed model leaves. */
  riskLimitColumn: "",
  riskShareColumn: "",
};

type Params = typeof defaults;

/** The position wanted and what it must remember; a future of "" is none. */
interface Memory {
  future: string;
  units: number;
  call: string;
  /** Units of that future held at the last decision. */
  seen: number;
  /** Trigger of the stop in the market, 0 for none. */
  trigger: number;
  /** Day of the last stop, −1 for none, and sessions of cool-down left. */
  stoppedOn: number;
  cooling: number;
  /** Causes of cuts that have acted and not cleared. */
  acted: string[];
}

/** One decision: the day, the rules and the memory, with the day's inputs by name. */
interface Today {
  readonly view: View;
  readonly p: Params;
  readonly memory: Memory;
  readonly value: Readonly<Record<"vix" | "vvix" | "vvixLimit" | "vvixMean" | "rate", number>>;
}

/** What the rules ask for, with the findings behind it. */
interface Step {
  readonly reason: string;
  readonly findings: readonly Finding[];
}

/**
 * Short VX futures while the curve pays for it and volatility is calm, with a call on each contract against a spike.
 * The baseline of seed 1; rules by preset are in docs/studies/short-vx.md.
 */
export default defineStrategy({
  name: "short-vx",
  describe: "short VIX futures behind six entry filters, with stops and a tail hedge",
  params: defaults,
  limits: {
    maxVix: { above: 0 },
    vvixQuantile: { least: 0, most: 1 },
    vvixMinimum: { least: 1, whole: true },
    vvixLevel: { least: 0 },
    navShare: { above: 0 },
    marginShare: { above: 0 },
    cashShare: { least: 0, most: 1 },
    stop: { least: 0 },
    stopLimit: { least: 0 },
    coolDown: { least: 0, whole: true },
    flattenVix: { above: 0 },
    cutVix: { above: 0 },
    rollSessions: { least: 0, whole: true },
    rollDays: { least: 0, whole: true },
    hedgeBudget: { least: 0, most: 1 },
    riskLimit: { least: 0, most: 1 },
  },
  instruments: ({ contract }) => [contract],
  features: ({
    filters,
    vvixQuantile,
    vvixMinimum,
    riskColumn,
    riskLimitColumn,
    riskShareColumn,
  }) => ({
    vix: "vix.close",
    vixMean: "rolling-mean(of=vix.close, window=50)",
    vvix: "vvix.close",
    vvixMean: "rolling-mean(of=vvix.close, window=50)",
    vvixLimit: `quantile-limit(of=vvix.close, window=126, q=${vvixQuantile}, minimum=${vvixMinimum}, fallback=110)`,
    rate: "dff.rate",
    ...(filters.includes("F3") && {
      ratio: "vix1d-ratio",
      ratioLimit:
        "quantile-limit(of=vix1d-ratio, window=126, q=0.95, minimum=20, fallback=1.2, floor=1.2)",
    }),
    ...(riskColumn !== "" && { risk: riskColumn }),
    ...(riskLimitColumn !== "" && { riskLimit: riskLimitColumn }),
    ...(riskShareColumn !== "" && { riskShare: riskShareColumn }),
  }),
  start(p): Memory {
    for (const filter of p.filters.split(" ")) checkChoice("filter", filter, FILTERS);
    checkChoice("entry", p.entry, ["monthly", "daily"]);
    checkChoice("hedge", p.hedge, ["", "VIX", "VIX1000"]);
    return {
      future: "",
      units: 0,
      call: "",
      seen: 0,
      trigger: 0,
      stoppedOn: -1,
      cooling: 0,
      acted: [],
    };
  },
  decide(view, p, memory): Decision {
    const at = (alias: string) => view.columns[alias]![view.t]!;
    const vvixLimit = p.vvixLevel > 0 ? p.vvixLevel : at("vvixLimit");
    const value = {
      vix: at("vix"),
      vvix: at("vvix"),
      vvixLimit,
      vvixMean: at("vvixMean"),
      rate: at("rate"),
    };
    const today: Today = { view, p, memory, value };
    const before = [memory.future, memory.call, memory.units].join();
    const told = [memory.future, memory.call];
    memory.cooling = Math.max(memory.cooling - 1, 0);
    const vanished = noteVanished(today);
    const exit = vanished ?? checkExits(today);
    const entry = exit && exit.reason !== "" ? undefined : checkEntry(today);
    const roll = rollContract(today);
    const steps = [exit, entry, roll].filter((step) => step !== undefined);
    const findings = steps.flatMap((step) => step.findings);
    const reasons = steps.map((step) => step.reason).filter((text) => text !== "");
    const reason = reasons.join("; ") || (memory.units === 0 ? "flat" : "no exit rule acts");

    const changed = before !== [memory.future, memory.call, memory.units].join();
    const orders = planOrders(today, changed ? told : [], reason);
    memory.seen = quantityOf(view.book, find(today, memory.future));
    if (orders.length > 0) return { action: "trade", orders, findings, reason };
    if (steps.length === 0) return WAIT;
    return { action: "hold", orders, findings, reason };
  },
});

const FILTERS = ["F1", "F2", "F3", "F4", "F5", "F6", ""];

function checkChoice(what: string, given: string, known: readonly string[]): void {
  if (known.includes(given)) return;
  throw new VolterraError("SPEC", `short-vx knows no ${what} "${given}"`, suggest(given, known));
}

function find({ view }: Today, id: string): number {
  return id === "" ? -1 : view.universe.find(id);
}

/** A position that is gone without an order to close it: a stop traded, or the contract was settled. */
function noteVanished(today: Today): Step | undefined {
  const { view, memory } = today;
  const instrument = find(today, memory.future);
  if (memory.seen === 0 || memory.units === 0 || quantityOf(view.book, instrument) !== 0) {
    return undefined;
  }
  const spec = view.universe.instruments[instrument]!;
  const settled = spec.kind === "future" && spec.expiry <= view.day;
  if (settled) flatten(memory);
  else startCoolDown(today);
  return { reason: settled ? "the contract was settled" : "the stop traded", findings: [] };
}

function flatten(memory: Memory): void {
  Object.assign(memory, { future: "", units: 0, call: "", trigger: 0 });
}

function startCoolDown({ view, p, memory }: Today): void {
  flatten(memory);
  memory.stoppedOn = view.day;
  memory.cooling = p.coolDown;
}

/** Half the position; at least one contract goes where `cutLast`, none of one where not. */
function cut({ p, memory }: Today): void {
  const half = Math.trunc(Math.abs(memory.units) / 2);
  memory.units = -(p.cutLast ? half : Math.abs(memory.units) - half);
  if (memory.units === 0) flatten(memory);
}

/** A missing value fires nothing: entries fail closed, exits need a fact. */
function isFired({ pass, value }: Finding): boolean {
  return !pass && !Number.isNaN(value);
}

/** Exits in order; the first that acts is the reason. */
function checkExits(today: Today): Step | undefined {
  const { p, memory, value, view } = today;
  const position = positionOf(view.book, find(today, memory.future));
  const alarms = checkCuts(today, position);
  memory.acted = memory.acted.filter((cause) =>
    alarms.some((alarm) => alarm.cause === cause && isFired(alarm.finding)),
  );
  if (memory.units === 0) return undefined;

  const findings: Finding[] = [];
  if (position && p.stop > 0) {
    const { entry, mark } = position;
    const loss = checkRule("stop: P&L over entry value", 1 - mark / entry, ">", -p.stop, {
      entry,
      mark,
    });
    findings.push(loss);
    if (isFired(loss)) {
      startCoolDown(today);
      return { reason: "stop at the close", findings };
    }
  }
  const flat = checkRule("close all: VIX", value.vix, "<", p.flattenVix);
  findings.push(flat, ...alarms.map(({ finding }) => finding));
  if (isFired(flat)) {
    flatten(memory);
    return { reason: `VIX ${value.vix} closes all`, findings };
  }
  const alarm = alarms.find(
    ({ cause, finding }) => isFired(finding) && !(p.cutOnce && memory.acted.includes(cause)),
  );
  if (!alarm) return { reason: "", findings };
  const units = memory.units;
  cut(today);
  if (!memory.acted.includes(alarm.cause)) memory.acted.push(alarm.cause);
  const reason = memory.units === units ? "" : `${alarm.cause} cuts ${units} to ${memory.units}`;
  return { reason, findings };
}

/** What halves a position: VIX, VVIX, and margin or notional out of proportion to NAV. */
function checkCuts(
  { view, p, value }: Today,
  position: Position | undefined,
): { cause: string; finding: Finding }[] {
  const cuts = [{ cause: "VIX", finding: checkRule("cut: VIX", value.vix, "<", p.cutVix) }];
  if (p.cutVvix) {
    const finding = checkRule("cut: VVIX", value.vvix, "≤", value.vvixLimit);
    cuts.push({ cause: "VVIX", finding });
  }
  if (!p.marginAlarm || !position) return cuts;
  const { multiplier } = view.universe.instruments[position.instrument]!;
  const usage = marginOfBook(view.book, view.universe, view.margin) / view.nav;
  const notional = (Math.abs(position.quantity) * multiplier * position.mark) / view.nav;
  cuts.push({ cause: "margin", finding: checkRule("cut: margin over NAV", usage, "≤", 0.5) });
  if (value.vix > 25) {
    const limit = value.vix > 40 ? 0.8 / 1.5 : 0.7;
    const finding = checkRule("cut: notional over NAV", notional, "≤", limit, { vix: value.vix });
    cuts.push({ cause: "notional", finding });
  }
  return cuts;
}

/** On an entry day: the filters in order, then the size; the first failure is the reason. */
function checkEntry(today: Today): Step | undefined {
  const { view, p, memory } = today;
  const flat = memory.units === 0;
  const third = view.sessionOfMonth === 3;
  const due = flat ? third || p.entry === "daily" : third && p.resize;
  if (!due) return undefined;
  const contract = firstContract(today);
  if (!contract) return { reason: "no contract to sell", findings: [] };
  const findings = checkFilters(today, contract);
  const failed = findings.find(({ pass }) => !pass);
  if (failed) {
    const { rule, value, comparison, limit } = failed;
    const why = `${rule} ${value.toFixed(2)}, not ${comparison} ${limit.toFixed(2)}`;
    return { reason: `${flat ? "no entry" : "size kept"}: ${why}`, findings };
  }

  const spec = view.universe.instruments[contract.instrument]!;
  const margin = marginOf(spec, contract.settle, view.margin);
  const byValue = Math.floor((p.navShare * view.nav) / (contract.settle * spec.multiplier));
  const byMargin = Math.floor((p.marginShare * view.nav) / margin);
  const byCash = Math.floor(((1 - p.cashShare) * view.nav) / margin);
  const size = Math.floor(Math.min(byValue, byMargin, byCash) * shareLeft(view));
  findings.push(checkRule("contracts", size, "≥", 1, { byValue, byMargin, byCash }));
  if (size < 1) {
    if (!flat) flatten(memory);
    return { reason: "the account is too small for one contract", findings };
  }
  const units = memory.units;
  memory.units = -size;
  if (flat) findings.push(...takeContract(today, contract));
  return { reason: flat ? "every filter passes" : `resized from ${units} to ${-size}`, findings };
}

/** The first contract that need not be rolled at once. */
function firstContract(today: Today): Listing | undefined {
  return today.view.contracts.find((contract) => !isRollDue(today, contract));
}

function isRollDue({ view, p }: Today, { expiry, sessions }: Listing): boolean {
  return p.rollDays > 0 ? expiry - view.next <= p.rollDays : sessions <= p.rollSessions;
}

function checkFilters({ view, p, memory, value }: Today, contract: Listing): Finding[] {
  const { vix, vvix, vvixLimit, rate } = value;
  const { settle, expiry } = contract;
  const days = expiry - view.day;
  const contango = settle - vix - (vix * rate * days) / DAYS_PER_YEAR;
  const mean = view.columns.vixMean![view.t]!;
  const calm = Math.min(p.flattenVix, p.cutVix);
  const sameMonth = monthOf(view.next) === monthOf(memory.stoppedOn);
  const left = Math.max(memory.cooling, sameMonth ? 1 : 0);
  const filters: Record<string, () => Finding> = {
    F1: () =>
      checkRule("F1 adjusted contango", contango, "≥", p.minContango, { settle, vix, days }),
    F2: () => checkRule("F2 VIX against its 50-session mean", vix, "≤", mean),
    F3: () => checkShortTerm(view),
    F4: () => checkRule("F4 VVIX", vvix, "≤", vvixLimit),
    F5: () => checkRule("F5 sessions of cool-down left", left, "≤", 0),
    F6: () => checkRule("F6 VIX", vix, "≤", p.maxVix),
  };
  const chosen = p.filters.split(" ").flatMap((name) => filters[name]?.() ?? []);
  return [...chosen, ...checkModel(view, p), checkRule("no exit holds: VIX", vix, "<", calm)];
}

/** F3: inactive, and passed, until VIX1D exists. */
function checkShortTerm({ columns, t }: View): Finding {
  const limit = columns.ratioLimit![t]!;
  const finding = checkRule("F3 VIX1D over VIX", columns.ratio![t]!, "≤", limit);
  return { ...finding, pass: finding.pass || Number.isNaN(limit) };
}

/** A model's say after the rules; without a forecast the rules stand alone, as far as its failure leaves a size. */
function checkModel(view: View, { riskColumn, riskLimit }: Params): Finding[] {
  if (riskColumn === "") return [];
  const { columns, t } = view;
  const risk = columns.risk![t]!;
  const limit = columns.riskLimit ? columns.riskLimit[t]! : riskLimit;
  const finding = checkRule("model: probability of a spike", risk, "<", limit);
  const heard = { ...finding, pass: finding.pass || Number.isNaN(risk) };
  if (!columns.riskShare) return [heard];
  return [heard, checkRule("model: share of the size its failure leaves", shareLeft(view), ">", 0)];
}

function shareLeft({ columns, t }: View): number {
  return columns.riskShare ? columns.riskShare[t]! : 1;
}

function monthOf(day: number): number {
  const { year, month } = parts(day);
  return 12 * year + month;
}

/** Takes a contract and chooses the call on it. */
function takeContract(today: Today, contract: Listing): Finding[] {
  const { memory, p } = today;
  memory.future = contract.id;
  memory.trigger = 0;
  memory.call = "";
  return p.hedge === "" ? [] : [chooseCall(today, contract)];
}

/** The lowest strike at or above max(VIX + 25, 35) whose premium is within the budget. */
function chooseCall(today: Today, { instrument, settle, expiry }: Listing): Finding {
  const { view, p, memory, value } = today;
  const { universe, t } = view;
  const worth = settle * universe.instruments[instrument]!.multiplier;
  const budget = hedgeBudget(today);
  let finding = checkRule("hedge", NaN, "≤", budget);
  for (let k = Math.ceil(Math.max(value.vix + 25, 35)); k <= 200; k++) {
    if (k > 40 && k % 5 !== 0) continue;
    const call = universe.find(optionId(p.hedge, expiry, "call", k));
    if (call < 0) break;
    const premium = universe.mark(call, t);
    const cost = (premium * universe.instruments[call]!.multiplier) / worth;
    finding = checkRule("hedge: cost over the contract's value", cost, "≤", budget, {
      strike: k,
      premium,
    });
    if (!finding.pass) continue;
    memory.call = universe.instruments[call]!.id;
    break;
  }
  return finding;
}

function hedgeBudget({ view, p, value }: Today): number {
  const nervous = value.vvix / value.vvixMean;
  const sixth = view.contracts[5];
  const inverted = sixth && sixth.settle - view.contracts[0]!.settle < -1;
  const scale = (nervous > 1.1 ? 1.25 : 1) * (nervous > 1.2 ? 1.5 : 1) * (inverted ? 1.25 : 1);
  return Math.min(p.hedgeBudget * scale, 0.3);
}

/** Moves the position to the next contract when its own is near expiry. */
function rollContract(today: Today): Step | undefined {
  const { view, memory } = today;
  const held = view.contracts.find(({ id }) => id === memory.future);
  if (memory.units === 0 || !held || !isRollDue(today, held)) return undefined;
  const next = firstContract(today);
  if (!next) return { reason: "no contract to roll to", findings: [] };
  return { findings: takeContract(today, next), reason: `roll to ${next.id}` };
}

/**
 * Orders from the book to the position wanted, and the stop of a position that has been reached. An option that nobody
 * would buy is left to expire.
 */
function planOrders(today: Today, told: readonly string[], reason: string): Order[] {
  const { view, p, memory } = today;
  const { book, universe, t } = view;
  const future = find(today, memory.future);
  const call = find(today, memory.call);
  const wanted = new Map<number, number>();
  if (future >= 0) wanted.set(future, memory.units);
  if (call >= 0) wanted.set(call, -memory.units);
  for (const { instrument, quantity } of book.positions) {
    const spec = universe.instruments[instrument]!;
    const unsaleable = spec.kind === "option" && universe.mark(instrument, t) < spec.tick;
    if (unsaleable && !(wanted.get(instrument)! > quantity)) wanted.set(instrument, quantity);
  }
  const toldIndices = told.map((id) => find(today, id)).filter((i) => i >= 0);
  const orders = reachPositions(book, wanted, toldIndices, reason);

  const position = positionOf(book, future);
  if (!p.stopOrder || p.stop === 0 || position?.quantity !== memory.units) return orders;
  const trigger = position.entry * (1 + p.stop);
  if (trigger === memory.trigger) return orders;
  memory.trigger = trigger;
  const stop = { trigger, limit: trigger + p.stopLimit };
  return [...orders, { instrument: future, target: 0, by: "units", stop, reason: "stop" }];
}
