import { type DayNumber, type Key, isBankDay, lastAtOrBefore, toDecimal } from "#core";
import { exp, normals } from "#num";
import type { Table } from "../source.ts";
import type { CorePath } from "./core-path.ts";
import { shareShocks } from "./shared-shocks.ts";

/** Rates of each session as decimals a year, and the dollar index. */
export interface Rates {
  readonly dff: Float64Array;
  readonly dtb3: Float64Array;
  readonly dgs2: Float64Array;
  readonly dgs10: Float64Array;
  readonly dollar: Float64Array;
  /** Standard normal shock of the dollar that SPY does not share. */
  readonly dollarShock: Float64Array;
}

/** Sessions between two decisions on the policy rate, and its smallest step. */
const MEETING = 31;
const STEP = 0.0025;

/** The policy rate wanted and the 10-year rate: mean, reversion a session, deviation a session. */
const WANTED = { mean: 0.021, reversion: 0.0012, deviation: 0.00065 };
const TEN_YEARS = { mean: 0.029, reversion: 0.0015, deviation: 0.00058 };
/** Correlation of the 10-year rate, and of the dollar, with SPY; of the policy rate wanted with the 10-year rate. */
const WITH_SPY = { tenYears: 0.37, dollar: -0.37 };
const WITH_TEN_YEARS = 0.7;
const FLOOR = { bill: 0.0001, twoYears: 0.0012, tenYears: 0.005 };
/** How far the policy rate wanted falls after a long crisis, and how fast crises are remembered and forgotten. */
const RELIEF = 0.05;
const MEMORY = 0.006;
const STRAIN = [0, 0.25, 1];
const DOLLAR = { start: 105, reversion: 0.0004, deviation: 0.00345 };

/**
 * A policy rate that follows what is wanted in steps at meetings and not below zero, a bill rate that expects it,
 * a 10-year rate that reverts slowly, a 2-year rate between them; rates fall and the dollar rises with SPY's losses.
 */
export function drawRates(source: Key, path: CorePath): Rates {
  const n = path.shock.length;
  const draw = (name: string) => normals(source.fold(name), n);
  const rateShock = shareShocks(source.fold("tenYears"), path.shock, WITH_SPY.tenYears);
  const wantedShock = shareShocks(source.fold("wanted"), rateShock, WITH_TEN_YEARS);
  const dollarShock = draw("dollar");
  const dollarMove = shareShocks(source.fold("dollar"), path.shock, WITH_SPY.dollar);
  const [billNoise, fundsNoise] = [draw("bill"), draw("funds")];
  const column = () => new Float64Array(n);
  const out = { dff: column(), dtb3: column(), dgs2: column(), dgs10: column(), dollar: column() };
  let [wanted, ten, strain, bill, dollar] = [WANTED.mean, 0.04, 0, 0.0125, 0];
  let policy = 0.0125;
  for (let t = 0; t < n; t++) {
    strain += MEMORY * (STRAIN[path.regime[t]!]! - strain);
    wanted += WANTED.reversion * (WANTED.mean - wanted) + WANTED.deviation * wantedShock[t]!;
    const aim = wanted - RELIEF * strain;
    if (t % MEETING === 0) {
      const steps = Math.max(-2, Math.min(2, Math.round((aim - policy) / STEP)));
      policy = Math.max(STEP / 2, policy + steps * STEP);
    }
    const middle = TEN_YEARS.mean + 0.3 * (wanted - WANTED.mean);
    ten += TEN_YEARS.reversion * (middle - ten) + TEN_YEARS.deviation * rateShock[t]!;
    if (ten < FLOOR.tenYears) ten = 2 * FLOOR.tenYears - ten;
    out.dff[t] = Math.max(FLOOR.bill, policy - 0.0004 + 0.0002 * fundsNoise[t]!);
    const expected = policy + 0.3 * Math.max(-STEP, Math.min(STEP, aim - policy));
    bill += 0.08 * (expected - bill) + 0.00015 * billNoise[t]!;
    out.dtb3[t] = Math.max(FLOOR.bill, bill);
    out.dgs2[t] = Math.max(FLOOR.twoYears, 0.55 * Math.max(aim, 0) + 0.45 * ten - 0.002);
    out.dgs10[t] = ten;
    dollar += -DOLLAR.reversion * dollar + DOLLAR.deviation * dollarMove[t]!;
    out.dollar[t] = DOLLAR.start * exp(dollar);
  }
  return { ...out, dollarShock };
}

/** Tables of the rates and the dollar on the days their publishers work; on other days than sessions, the last value. */
export function tabulateRates(sessions: Int32Array, rates: Rates): Record<string, Table> {
  const last = sessions.at(-1)!;
  const all: DayNumber[] = [];
  for (let day = sessions[0]!; day <= last; day++) all.push(day);
  const bank = all.filter(isBankDay);
  const table = (
    days: readonly DayNumber[],
    name: string,
    value: (t: number) => number,
  ): Table => ({
    rows: days.length,
    key: ["date"],
    columns: {
      date: Int32Array.from(days),
      [name]: Float64Array.from(days, (day) => value(lastAtOrBefore(sessions, day))),
    },
  });
  return {
    dff: table(all, "rate", (t) => quoted(rates.dff[t]!)),
    dtb3: table(bank, "rate", (t) => quoted(rates.dtb3[t]!)),
    dgs2: table(bank, "rate", (t) => quoted(rates.dgs2[t]!)),
    dgs10: table(bank, "rate", (t) => quoted(rates.dgs10[t]!)),
    dtwexbgs: table(bank, "level", (t) => Math.round(rates.dollar[t]! * 10_000) / 10_000),
  };
}

/** As published, in hundredths of a percent. */
function quoted(rate: number): number {
  return toDecimal(Math.round(rate * 10_000) / 100);
}
