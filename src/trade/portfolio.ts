import { quantityOf } from "./book.ts";
import type { Universe } from "./instrument.ts";
import { marginOfBook } from "./margin.ts";
import { type Order, wholeUnits } from "./order.ts";
import { type OverlayMemory, type OverlayTerms, startOverlay, stepOverlay } from "./overlay.ts";
import { reachPositions } from "./reach.ts";
import {
  type RiskMemory,
  riskFindings,
  type RiskState,
  type RiskTerms,
  startRisk,
  stepRisk,
} from "./risk.ts";
import {
  shareOf,
  type Sleeve,
  type SleeveMarket,
  sleeveMarket,
  type SleeveUnits,
  sleeveView,
} from "./sleeve.ts";
import {
  type Decision,
  defineStrategy,
  type Finding,
  type Strategy,
  type View,
  WAIT,
} from "./strategy.ts";

/** What an account decides for all its sleeves. */
export interface PortfolioTerms {
  /** Share of NAV that is never invested. */
  readonly cashBuffer: number;
  /** Holds idle cash beyond the buffer; "" leaves it idle. */
  readonly cashInstrument: string;
  /** The operator's own scale of every sleeve. */
  readonly riskScale: number;
  readonly overlay: OverlayTerms | null;
  readonly risk: RiskTerms | null;
  /** Reference of the volatility that overlay and `market` risk look at. */
  readonly marketVolatility: string;
}

/** A sleeve's own memory and what it was last told to hold. */
export interface SleeveMemory {
  memory: unknown;
  units: SleeveUnits;
  /** It has begun anew after a stop and not decided since. */
  fresh: boolean;
}

/** What the account as a whole had to say at its last decision. */
export interface PortfolioStatus {
  readonly level: RiskState["level"];
  readonly drawdown: number;
  readonly doubleStrike: boolean;
  readonly stopped: boolean;
  /** Of the risk manager and of the overlay. */
  readonly risk: number;
  readonly overlay: number;
}

/** Memory of a portfolio; plain JSON. `sleeves` also holds `cash` where there is a cash instrument. */
export interface PortfolioMemory {
  risk: RiskMemory;
  overlay: OverlayMemory | null;
  sleeves: Record<string, SleeveMemory>;
  status: PortfolioStatus | null;
}

/** Name under which the cash instrument is booked beside the sleeves. */
const CASH = "cash";

/** One session of a portfolio. */
interface Session {
  readonly view: View;
  readonly terms: PortfolioTerms;
  readonly sleeves: readonly Sleeve[];
  readonly memory: PortfolioMemory;
  readonly markets: readonly SleeveMarket[];
}

/**
 * Several strategies as one. Each sees its share of the account as an account of its own and decides when it will; its
 * weights become whole units of that share, units stand as ordered. Units are then summed over the sleeves, so that an
 * instrument has one order and no sleeve trades against another. A sleeve that does not decide keeps its units. Overlay
 * and risk manager scale the shares; a stop closes or freezes everything whatever the sleeves say.
 */
export function composeSleeves(
  sleeves: readonly Sleeve[],
  terms: PortfolioTerms,
): Strategy<object, PortfolioMemory> {
  const named = sleeves.flatMap(({ strategy, params }) => strategy.instruments(params));
  const cash = terms.cashInstrument === "" ? [] : [terms.cashInstrument];
  const columnsOf = remember((columns: View["columns"]) =>
    sleeves.map(({ name, strategy, params }) =>
      Object.fromEntries(
        Object.keys(strategy.features(params)).map((alias) => [
          alias,
          columns[`${name}/${alias}`]!,
        ]),
      ),
    ),
  );
  const marketsOf = remember((universe: Universe) =>
    sleeves.map(({ strategy, params }) => sleeveMarket(universe, strategy.instruments(params))),
  );

  return defineStrategy({
    name: "portfolio",
    describe: sleeves.map(({ name, weight }) => `${name} ${weight}`).join(", "),
    params: {},
    instruments: () => [...new Set([...named, ...cash])],
    features: () => ({
      ...Object.fromEntries(
        sleeves.flatMap(({ name, strategy, params }) =>
          Object.entries(strategy.features(params)).map(([alias, ref]) => [
            `${name}/${alias}`,
            ref,
          ]),
        ),
      ),
      ...((terms.overlay || terms.risk?.volatility === "market") && {
        marketVolatility: terms.marketVolatility,
      }),
    }),
    start: (): PortfolioMemory => ({
      risk: startRisk(),
      overlay: terms.overlay && startOverlay(terms.overlay),
      sleeves: Object.fromEntries([
        ...sleeves.map((sleeve) => [sleeve.name, startSleeve(sleeve, false)]),
        ...cash.map(() => [CASH, { memory: null, units: {}, fresh: false }]),
      ]),
      status: null,
    }),
    decide(view, _, memory): Decision {
      const volatility = view.columns.marketVolatility?.[view.t] ?? NaN;
      const overlay =
        terms.overlay && memory.overlay
          ? stepOverlay(memory.overlay, volatility, terms.overlay)
          : 1;
      const session = { view, terms, sleeves, memory, markets: marketsOf(view.universe) };
      adoptStrays(session);
      const risk = terms.risk && stepRisk(memory.risk, riskInputs(view, volatility), terms.risk);
      if (risk?.rearmed) {
        for (const sleeve of sleeves) memory.sleeves[sleeve.name] = startSleeve(sleeve, true);
      }
      memory.status = statusOf(risk, overlay);
      if (risk?.stopped) return stopTrading(session, risk);
      return askSleeves(session, { overlay, risk, columns: columnsOf(view.columns) });
    },
  });
}

function startSleeve({ strategy, params }: Sleeve, fresh: boolean): SleeveMemory {
  return { memory: strategy.start(params), units: {}, fresh };
}

function statusOf(risk: RiskState | null, overlay: number): PortfolioStatus {
  const { level = "normal", drawdown = 0, doubleStrike = false } = risk ?? {};
  return {
    level,
    drawdown,
    doubleStrike,
    stopped: risk?.stopped ?? false,
    risk: risk?.scale ?? 1,
    overlay,
  };
}

function riskInputs(view: View, marketVolatility: number) {
  const { day, nav, newMonth, book, universe } = view;
  const deposits = marginOfBook(book, universe, view.margin) + Math.max(-book.cash, 0);
  return { day, nav, newMonth, margin: deposits / nav, marketVolatility };
}

/** What is held and no sleeve was told to hold belongs to the first sleeve that names it. */
function adoptStrays({ view, sleeves, memory, markets }: Session): void {
  for (const { instrument, quantity } of view.book.positions) {
    const { id } = view.universe.instruments[instrument]!;
    if (totalOf(memory, id) !== 0) continue;
    const owner = markets.findIndex(({ ids }) =>
      ids.some((name) => name === id || id.startsWith(`${name} `)),
    );
    const home = memory.sleeves[sleeves[owner]?.name ?? CASH];
    if (home) home.units[id] = quantity;
  }
}

/** Units of an instrument that all sleeves together were told to hold. */
function totalOf({ sleeves }: PortfolioMemory, id: string): number {
  let total = 0;
  for (const name in sleeves) total += sleeves[name]!.units[id] ?? 0;
  return total;
}

/** Everything is closed, or nothing is ordered any more. */
function stopTrading({ view, terms, memory }: Session, risk: RiskState): Decision {
  const findings = riskFindings(risk, terms.risk!);
  const fall = `${(100 * risk.drawdown).toFixed(1)} % below the highest NAV`;
  if (terms.risk!.onStop === "freeze") {
    return { action: "hold", orders: [], findings, reason: `halted: ${fall}` };
  }
  const told = toldBefore(memory);
  const ids = new Set([...told.values()].flatMap((units) => Object.keys(units)));
  const inFlight = Array.from(ids, (id) => view.universe.find(id));
  for (const sleeve of Object.values(memory.sleeves)) sleeve.units = {};
  const reason = `stopped: ${fall}`;
  const orders = reachPositions(view.book, new Map(), inFlight, reason).map((order) =>
    withParts(order, { view, memory }, told),
  );
  return { action: orders.length > 0 ? "trade" : "hold", orders, findings, reason };
}

/** What each sleeve was told before today. */
type Told = ReadonlyMap<string, SleeveUnits>;

function toldBefore({ sleeves }: PortfolioMemory): Told {
  return new Map(Object.entries(sleeves).map(([name, { units }]) => [name, { ...units }]));
}

/** An order with the changes that the sleeves want of it, from their parts of what is held. */
function withParts(
  order: Order,
  { view, memory }: Pick<Session, "view" | "memory">,
  told: Told,
): Order {
  const { id } = view.universe.instruments[order.instrument]!;
  const held = quantityOf(view.book, order.instrument);
  let all = 0;
  for (const units of told.values()) all += units[id] ?? 0;
  const parts: Record<string, number> = {};
  for (const [name, { units }] of Object.entries(memory.sleeves)) {
    const change = (units[id] ?? 0) - shareOf(held, told.get(name)![id] ?? 0, all);
    if (change !== 0) parts[name] = change;
  }
  return { ...order, parts };
}

/** What scales the sleeves of a session, and the columns of each. */
interface Scales {
  readonly overlay: number;
  readonly risk: RiskState | null;
  readonly columns: readonly View["columns"][];
}

/** Orders of a session as they are gathered from the sleeves. */
interface Gathered {
  /** Sleeves that decided today. */
  readonly decided: Set<string>;
  readonly touched: Set<number>;
  readonly stops: Order[];
  readonly findings: Finding[];
  readonly reasons: string[];
}

function askSleeves(session: Session, { overlay, risk, columns }: Scales): Decision {
  const { view, terms, sleeves, memory, markets } = session;
  const told = toldBefore(memory);
  const totals = new Map(
    view.book.positions.map(({ instrument }) => {
      const { id } = view.universe.instruments[instrument]!;
      return [id, totalOf(memory, id)];
    }),
  );
  const scale = terms.riskScale * (risk?.scale ?? 1);
  const gathered: Gathered = {
    decided: new Set(),
    touched: new Set(),
    stops: [],
    findings: [],
    reasons: [],
  };
  for (const [i, sleeve] of sleeves.entries()) {
    const market = markets[i]!;
    const own = memory.sleeves[sleeve.name]!;
    const share = sleeve.weight * (1 - terms.cashBuffer) * scale * (market.isFunds ? overlay : 1);
    const seen = sleeveView(view, {
      market,
      columns: columns[i]!,
      nav: view.nav * share,
      own: own.units,
      all: (id) => totals.get(id) ?? 0,
      first: own.fresh,
    });
    const decision = sleeve.strategy.decide(seen, sleeve.params, own.memory);
    own.fresh = false;
    if (decision.action !== "wait" || decision.orders.length > 0) {
      gather(session, gathered, { sleeve, decision, market, nav: seen.nav });
    }
  }
  applyRisk(session, gathered, risk);
  if (gathered.decided.size > 0 || gathered.touched.size > 0) placeCash(session, gathered.touched);

  const { touched, stops, reasons } = gathered;
  if (reasons.length === 0) return WAIT;
  const findings = [...(risk ? riskFindings(risk, terms.risk!) : []), ...gathered.findings];
  const reason = reasons.join("; ");
  const orders = [
    ...Array.from(touched, (instrument): Order => {
      const { id } = view.universe.instruments[instrument]!;
      const order: Order = { instrument, target: totalOf(memory, id), by: "units", reason };
      return withParts(order, session, told);
    }),
    ...stops,
  ];
  return { action: orders.length > 0 ? "trade" : "hold", orders, findings, reason };
}

/** One sleeve's decision in the account's numbers and names. */
function gather(
  { view, memory }: Session,
  { decided, touched, stops, findings, reasons }: Gathered,
  told: { sleeve: Sleeve; decision: Decision; market: SleeveMarket; nav: number },
): void {
  const { sleeve, decision, market, nav } = told;
  const { units } = memory.sleeves[sleeve.name]!;
  decided.add(sleeve.name);
  reasons.push(`${sleeve.name}: ${decision.reason}`);
  findings.push(...decision.findings.map((f) => ({ ...f, rule: `${sleeve.name}: ${f.rule}` })));
  for (const order of decision.orders) {
    const instrument = market.global(order.instrument);
    const spec = view.universe.instruments[instrument]!;
    if (order.stop) {
      stops.push({ ...order, instrument });
      continue;
    }
    const wanted =
      order.by === "units" || order.target === 0
        ? order.target
        : wholeUnits(nav, order.target, view.universe.mark(instrument, view.t) * spec.multiplier);
    // Without a price there is nothing to size by: the sleeve keeps what it has until it decides again.
    if (Number.isNaN(wanted)) continue;
    if (wanted === 0) delete units[spec.id];
    else units[spec.id] = wanted;
    touched.add(instrument);
  }
  if (!market.isFunds) return;
  const gross = valueOf(units, view);
  if (gross > sleeve.limit * nav)
    scaleUnits(units, (sleeve.limit * nav) / gross, { view, touched });
}

/** The scale in force is that of the last turn of a month; in between only a fall of it acts, on who did not decide. */
function applyRisk(session: Session, gathered: Gathered, risk: RiskState | null): void {
  const { view, terms, sleeves, markets, memory } = session;
  if (!risk) return;
  const { decided, touched, reasons } = gathered;
  const { inForce } = memory.risk;
  const { cutAt } = terms.risk!;
  const isFall = cutAt > 0 && inForce - risk.scale >= cutAt;
  if (isFall) {
    for (const [i, { name }] of sleeves.entries()) {
      if (decided.has(name) || !markets[i]!.isFunds) continue;
      scaleUnits(memory.sleeves[name]!.units, risk.scale / inForce, { view, touched });
    }
    reasons.push(`the risk scale falls to ${risk.scale.toFixed(2)}`);
  }
  const isTurn = decided.size > 0 && (view.first || view.newMonth);
  if (isFall || isTurn) memory.risk.inForce = risk.scale;
}

function scaleUnits(
  units: SleeveUnits,
  ratio: number,
  { view, touched }: { view: View; touched: Set<number> },
): void {
  for (const [id, quantity] of Object.entries(units)) {
    if (quantity === 0) continue;
    units[id] = Math.trunc(quantity * ratio);
    touched.add(view.universe.find(id));
  }
}

/** Value of units at the session's marks, USD; without a price they count as nothing. */
function valueOf(units: SleeveUnits, { universe, t }: View): number {
  let value = 0;
  for (const [id, quantity] of Object.entries(units)) {
    const instrument = universe.find(id);
    const price = universe.mark(instrument, t) * universe.instruments[instrument]!.multiplier;
    if (!Number.isNaN(price)) value += Math.abs(quantity * price);
  }
  return value;
}

/** Puts what the sleeves leave, beyond the buffer, into the cash instrument; the NAV of futures sleeves stays cash. */
function placeCash({ view, terms, sleeves, memory, markets }: Session, touched: Set<number>): void {
  const home = memory.sleeves[CASH];
  const instrument = view.universe.find(terms.cashInstrument);
  const price = home ? view.universe.mark(instrument, view.t) : NaN;
  if (!home || Number.isNaN(price)) return;
  const taken = sleeves.reduce(
    (sum, { name, weight }, i) =>
      sum +
      (markets[i]!.isFunds
        ? valueOf(memory.sleeves[name]!.units, view)
        : weight * (1 - terms.cashBuffer) * view.nav),
    0,
  );
  const idle = Math.max((1 - terms.cashBuffer) * view.nav - taken, 0);
  home.units[terms.cashInstrument] = Math.trunc(idle / price);
  touched.add(instrument);
}

/** A pure function computed once for each object. */
function remember<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}
