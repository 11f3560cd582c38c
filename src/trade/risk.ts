import { type DayNumber, SESSIONS_PER_YEAR } from "#core";
import { std } from "#num";
import { checkRule, type Finding } from "./strategy.ts";

/** Limits on an account as a whole. */
export interface RiskTerms {
  /** `own`: of the portfolio's returns at scale one; `market`: the column handed in, whatever is held. */
  readonly volatility: "own" | "market";
  /** Above the cap, positions are scaled to the target; decimals a year. */
  readonly volTarget: number;
  readonly volCap: number;
  /** Returns that the own volatility is measured on. */
  readonly window: number;
  /** Falls from the highest NAV: a warning that counts as a strike, and the end of trading. Decimals. */
  readonly warn: number;
  readonly stop: number;
  /** `flatten` sells everything at a stop; `freeze` gives no orders any more. */
  readonly onStop: "flatten" | "freeze";
  /** Sessions from a stop to the turn of a month that may end it; 0 never. */
  readonly rearm: number;
  /** Margin as a share of NAV: the limit, and where a warning begins. */
  readonly marginCap: number;
  readonly marginWarn: number;
  /** `episodes`: a strike until the drawdown is back within half the warning; `days`: one every day below it. */
  readonly strikes: "episodes" | "days";
  /** Days that a double strike halves positions; 0: while two strikes lie within a year. */
  readonly strikeDays: number;
  /** A fall of the scale by so much acts at once; 0: only when a sleeve rebalances. */
  readonly cutAt: number;
}

/** What the manager remembers; plain JSON. */
export interface RiskMemory {
  /** Highest NAV, and that of the session before; 0 before the first. */
  peak: number;
  before: number;
  /** The last returns, each at scale one. */
  returns: number[];
  /** Scale of the positions held. */
  inForce: number;
  strikes: DayNumber[];
  /** Inside an episode that has been counted. */
  struck: boolean;
  /** Day of the strike that made two within a year, −1 for none. */
  doubledOn: DayNumber;
  /** Sessions since the stop, −1 while trading. */
  stopped: number;
}

export type RiskLevel = "normal" | "elevated" | "high" | "critical";

/** The manager's answer for one session. */
export interface RiskState {
  readonly level: RiskLevel;
  /** NAV below its highest, ≥ 0. */
  readonly drawdown: number;
  /** NaN where unknown. */
  readonly volatility: number;
  readonly doubleStrike: boolean;
  /** Volatility × margin × strike; 0 while stopped. */
  readonly scale: number;
  readonly stopped: boolean;
  /** Trading begins anew today. */
  readonly rearmed: boolean;
  readonly margin: number;
}

/** What the manager looks at: the session's NAV, margin as a share of it, and a market's volatility. */
export interface RiskInputs {
  readonly day: DayNumber;
  readonly nav: number;
  readonly margin: number;
  readonly marketVolatility: number;
  /** The next session is the first of a month. */
  readonly newMonth: boolean;
}

const YEAR = 365;

/** A manager that has seen nothing. */
export function startRisk(): RiskMemory {
  return {
    peak: 0,
    before: 0,
    returns: [],
    inForce: 1,
    strikes: [],
    struck: false,
    doubledOn: -1,
    stopped: -1,
  };
}

/** One session of the risk manager; changes `memory`. To be called once a session. */
export function stepRisk(memory: RiskMemory, seen: RiskInputs, terms: RiskTerms): RiskState {
  noteReturn(memory, seen.nav, terms);
  const rearmed = tryRearming(memory, seen, terms);
  memory.peak = Math.max(memory.peak, seen.nav);
  const drawdown = memory.peak > 0 ? (memory.peak - seen.nav) / memory.peak : 0;
  if (memory.stopped < 0 && drawdown >= terms.stop) memory.stopped = 0;
  const doubleStrike = noteStrikes(memory, seen.day, drawdown, terms);

  const volatility =
    terms.volatility === "market" ? seen.marketVolatility : ownVolatility(memory, terms);
  const stopped = memory.stopped >= 0;
  const volScale = volatility > terms.volCap ? terms.volTarget / volatility : 1;
  const marginScale = seen.margin > terms.marginCap ? terms.marginCap / seen.margin : 1;
  const scale = stopped ? 0 : volScale * marginScale * (doubleStrike ? 0.5 : 1);
  const isHigh = drawdown >= terms.warn || scale < 1;
  const isElevated = volatility > terms.volTarget || seen.margin > terms.marginWarn;
  const level = stopped ? "critical" : isHigh ? "high" : isElevated ? "elevated" : "normal";
  return {
    level,
    drawdown,
    volatility,
    doubleStrike,
    scale,
    stopped,
    rearmed,
    margin: seen.margin,
  };
}

/** What the manager saw beside its limits. */
export function riskFindings(state: RiskState, terms: RiskTerms): Finding[] {
  const { drawdown, volatility, margin, scale } = state;
  return [
    checkRule("drawdown", drawdown, "<", terms.stop, { scale }),
    checkRule("drawdown warning", drawdown, "<", terms.warn),
    checkRule("portfolio volatility", volatility, "≤", terms.volCap, { target: terms.volTarget }),
    checkRule("margin over NAV", margin, "≤", terms.marginCap, { warn: terms.marginWarn }),
  ];
}

function noteReturn(memory: RiskMemory, nav: number, { window }: RiskTerms): void {
  if (memory.before > 0 && memory.inForce > 0 && memory.stopped < 0) {
    memory.returns.push((nav / memory.before - 1) / memory.inForce);
    if (memory.returns.length > window) memory.returns.shift();
  }
  memory.before = nav;
}

/** Ends a stop where that is due: the highest NAV is today's and the past is forgotten. */
function tryRearming(memory: RiskMemory, { nav, newMonth }: RiskInputs, terms: RiskTerms): boolean {
  if (memory.stopped < 0) return false;
  memory.stopped++;
  if (terms.rearm === 0 || memory.stopped < terms.rearm || !newMonth) return false;
  Object.assign(memory, startRisk(), { before: nav, peak: nav });
  return true;
}

/** Counts strikes; true while a double strike halves positions. */
function noteStrikes(
  memory: RiskMemory,
  day: DayNumber,
  drawdown: number,
  terms: RiskTerms,
): boolean {
  const below = drawdown >= terms.warn;
  if (below && (terms.strikes === "days" || !memory.struck)) {
    memory.strikes.push(day);
    memory.struck = true;
    if (inYear(memory, day) >= 2) memory.doubledOn = day;
  }
  if (drawdown <= terms.warn / 2) memory.struck = false;
  memory.strikes = memory.strikes.filter((strike) => day - strike <= YEAR);
  if (terms.strikeDays === 0) return memory.strikes.length >= 2;
  return memory.doubledOn >= 0 && day - memory.doubledOn <= terms.strikeDays;
}

function inYear({ strikes }: RiskMemory, day: DayNumber): number {
  return strikes.filter((strike) => day - strike <= YEAR).length;
}

/** Sample deviation of the returns kept × √252; NaN until there are as many as the window holds. */
function ownVolatility({ returns }: RiskMemory, { window }: RiskTerms): number {
  if (returns.length < window) return NaN;
  return std(Float64Array.from(returns), 1) * Math.sqrt(SESSIONS_PER_YEAR);
}
