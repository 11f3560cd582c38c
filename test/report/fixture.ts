import { fromParts, key, toDay, uniforms, weekday } from "#core";
import type { Verdict } from "#evidence";
import { normals } from "#num";
import type { TearSheetData } from "#report";

/** The first `n` weekdays of 2010 and after. */
export function weekdays(n: number): Int32Array {
  const days: number[] = [];
  for (let day = fromParts(2010, 1, 4); days.length < n; day++) {
    if (weekday(day) < 6) days.push(day);
  }
  return Int32Array.from(days);
}

const ROOT = key(20240628);

/** A random walk's returns with a fat-tailed day now and then. */
export function walk(name: string, n: number, mean = 0.0004, deviation = 0.01): Float64Array {
  const z = normals(ROOT.fold("walk", name), n);
  const u = uniforms(ROOT.fold("shock", name), n);
  return z.map((value, i) => Math.max(-0.9, mean + deviation * value * (u[i]! < 0.02 ? 4 : 1)));
}

/** States 0, 1, 2 in runs; the first twenty are not known. */
export function states(n: number): Float64Array {
  const u = uniforms(ROOT.fold("states"), n);
  let state = 0;
  return u.map((value, i) => {
    if (value < 0.02) state = Math.floor(value * 150);
    return i < 20 ? NaN : state;
  });
}

export function verdictOf(outcome: Verdict["outcome"]): Verdict {
  return {
    outcome,
    killTest: "vrp-erp beats its benchmarks",
    hash: "0f3c".repeat(16),
    alpha: 0.05,
    trials: { recorded: 9, declared: 12, atLeast: 21, effective: 6.4 },
    deflatedSharpe: 0.4137,
    criteria: [
      {
        criterion: {
          name: "Sharpe above nil",
          statistic: "sharpe",
          threshold: 0,
          window: { start: "2010-01-04", end: "2024-03-08" },
          costs: 1,
        },
        outcome: "PASS",
        n: 3700,
        estimate: 0.62,
        standardError: 0.26,
        lower: 0.04,
        upper: 1.1,
        criticalValue: 2.23,
        blockLength: 8.3,
        minimumDetectableEffect: 0.8,
        power: 0.61,
        monthsNeeded: null,
        monthsToKill: 90,
        deflatedSharpe: 0.4137,
      },
      {
        criterion: {
          name: "Shallower drawdown at twice the costs",
          statistic: "drawdown-improvement",
          benchmark: "vol-target",
          threshold: 0.05,
          window: { start: "2010-01-04", end: "2024-03-08" },
          costs: 2,
        },
        outcome,
        n: 3700,
        estimate: 0.031,
        standardError: 0.06,
        lower: -0.08,
        upper: 0.14,
        criticalValue: 1.9,
        blockLength: 8.3,
        minimumDetectableEffect: 0.17,
        power: 0.11,
        monthsNeeded: 214,
        monthsToKill: null,
        deflatedSharpe: 0.4137,
      },
    ],
    reasons: [
      "Shallower drawdown at twice the costs: the lower bound −8.0% does not clear 5.0%.",
      "21 trials are known; the best of them would look as good as this 59% of the time.",
    ],
    whatWouldDecide: [
      "214 more months at this difference, or a benchmark with less noise in common.",
    ],
  };
}

/** Rough metrics for pictures; the real ones are the evidence room's. */
export function metricsOf(returns: Float64Array, scale = 1): object {
  let wealth = 1;
  let peak = 1;
  let maxDrawdown = 0;
  let sum = 0;
  let squares = 0;
  for (const r of returns) {
    wealth *= 1 + scale * r;
    peak = Math.max(peak, wealth);
    maxDrawdown = Math.min(maxDrawdown, wealth / peak - 1);
    sum += scale * r;
    squares += scale * r * scale * r;
  }
  const n = returns.length;
  const daily = Math.sqrt(squares / n - (sum / n) ** 2);
  const cagr = wealth ** (252 / n) - 1;
  return {
    n,
    years: n / 252,
    totalReturn: wealth - 1,
    cagr,
    volatility: daily * Math.sqrt(252),
    sharpe: (sum / n / daily) * Math.sqrt(252),
    sharpeExcess: NaN,
    sortino: 0.9,
    calmar: cagr / -maxDrawdown,
    maxDrawdown,
    maxDrawdownPeak: fromParts(2018, 1, 26),
    maxDrawdownTrough: fromParts(2018, 12, 24),
    maxDrawdownRecovery: null,
    var95: 0.0141,
    cvar95: 0.0226,
    skew: -0.41,
    excessKurtosis: 7.2,
    hitRate: 0.541,
    best: 0.031,
    worst: -0.044,
    correlation: 0.72,
    beta: 0.44,
    turnover: 2.04,
    timeInMarket: 0.713,
    trades: 171,
  };
}

function eventRows(a: number, b: number) {
  return [
    { name: "vrp-erp corrected", return: a, maxDrawdown: a - 0.01 },
    { name: "buy-hold", return: b, maxDrawdown: b - 0.02 },
  ];
}

/** A tear sheet with everything in it, from random walks. */
export function fullData(n = 3700): TearSheetData {
  const days = weekdays(n);
  const market = walk("market", n);
  const regime = states(n);
  const exposure = regime.map((s, i) =>
    s === 2 ? 0 : s === 1 ? 0.3 : 0.6 + 0.2 * Math.sin(i / 200),
  );
  const strategy = market.map((r, i) => r * (exposure[i - 1] ?? 0));
  const half = market.map((r) => 0.55 * r);
  const target = walk("target", n, 0.0003, 0.006);
  const monthly = days.filter((_, i) => i % 21 === 20 || i === n - 1);
  const quantiles = [0.05, 0.25, 0.5, 0.75, 0.95];
  const spread = [-1.64, -0.67, 0, 0.67, 1.64];
  const first = toDay(days[0]!);
  const last = toDay(days.at(-1)!);
  const all = [
    { name: "vrp-erp corrected", metrics: metricsOf(strategy) },
    { name: "buy-hold", metrics: metricsOf(market) },
    { name: "constant-mix", metrics: metricsOf(half) },
    { name: "vol-target", metrics: metricsOf(target) },
  ];
  const covid = Array.from({ length: 23 }, (_, i) => ({
    day: fromParts(2020, 2, 20) + i,
    state: i < 3 ? "OPEN" : i < 5 ? "REDUCE" : "CLOSED",
  }));
  return {
    title: "VRP-ERP: gated equity premium",
    study: "vrp-erp",
    preset: "corrected",
    simulated: false,
    lookAhead: false,
    verdict: verdictOf("NOT PROVEN"),
    days,
    curves: [
      { name: "vrp-erp corrected", role: "strategy", returns: strategy },
      { name: "buy-hold", role: "benchmark", returns: market },
      { name: "constant-mix", role: "benchmark", returns: half },
      { name: "vol-target", role: "benchmark", returns: target },
      { name: "as-documented", role: "preset", returns: market.map((r) => 0.5 * r) },
      { name: "as-coded", role: "preset", returns: market.map((r) => 0.7 * r + 0.0001) },
    ],
    regime: { name: "gate", values: regime, names: ["OPEN", "REDUCE", "CLOSED"] },
    exposure,
    turnover: exposure.map((e, i) => (i % 21 === 0 ? Math.abs(e - (exposure[i - 21] ?? 0)) : 0)),
    metrics: all,
    intervals: [
      { series: "vrp-erp corrected", metric: "sharpe", estimate: 0.62, low: 0.08, high: 1.13 },
      { series: "vrp-erp corrected", metric: "cagr", estimate: 0.051, low: 0.004, high: 0.098 },
      {
        series: "vrp-erp corrected",
        metric: "maxDrawdown",
        estimate: -0.17,
        low: -0.34,
        high: -0.11,
      },
    ],
    differences: [
      { benchmark: "buy-hold", metric: "sharpe", estimate: -0.11, low: -0.52, high: 0.29 },
      { benchmark: "constant-mix", metric: "sharpe", estimate: -0.1, low: -0.5, high: 0.3 },
      { benchmark: "vol-target", metric: "sharpe", estimate: 0.07, low: -0.41, high: 0.55 },
      { benchmark: "buy-hold", metric: "maxDrawdown", estimate: 0.18, low: 0.06, high: 0.31 },
      { benchmark: "vol-target", metric: "maxDrawdown", estimate: 0.02, low: -0.08, high: 0.14 },
    ],
    subPeriods: [
      { name: "Full", start: first, end: last, rows: all },
      { name: "After 2018", start: "2018-01-02", end: last, rows: all.slice(0, 2) },
      { name: "2022 on", start: "2022-01-03", end: last, rows: all.slice(0, 2) },
    ],
    events: [
      {
        name: "Volmageddon",
        start: "2018-01-26",
        end: "2018-02-09",
        rows: eventRows(-0.052, -0.088),
        states: covid.slice(0, 9),
      },
      {
        name: "COVID",
        start: "2020-02-20",
        end: "2020-03-23",
        rows: eventRows(-0.044, -0.335),
        states: covid,
      },
    ],
    drawdowns: [
      {
        start: days[2000]!,
        trough: days[2210]!,
        recovery: days[2600]!,
        depth: -0.171,
        stateAtStart: "OPEN",
      },
      {
        start: days[900]!,
        trough: days[960]!,
        recovery: days[1050]!,
        depth: -0.083,
        stateAtStart: "REDUCE",
      },
      {
        start: days[3500]!,
        trough: days[3610]!,
        recovery: null,
        depth: -0.062,
        stateAtStart: "CLOSED",
      },
    ],
    costSensitivity: [0, 1, 2, 3].map((multiple) => ({
      multiple,
      metrics: metricsOf(strategy.map((r) => r - 0.00002 * (multiple - 1))),
    })),
    delaySensitivity: [0, 1, 2, 5].map((delay) => ({
      delay,
      metrics: metricsOf(strategy.map((r) => r - 0.00003 * delay)),
    })),
    fan: {
      days: monthly,
      bands: quantiles.map((quantile, k) => ({
        quantile,
        values: Float64Array.from(monthly, (_, i) =>
          Math.exp(0.004 * i + 0.03 * spread[k]! * Math.sqrt(i)),
        ),
      })),
    },
    presets: [
      { name: "as-documented", metrics: metricsOf(half), verdict: "KILL", lookAhead: false },
      { name: "as-coded", metrics: metricsOf(market, 0.7), verdict: "", lookAhead: true },
      { name: "corrected", metrics: metricsOf(strategy), verdict: "NOT PROVEN", lookAhead: false },
    ],
    conventions: [
      { metric: "sharpe", ours: 0.62, quantstats: 0.62, empyrical: 0.62, pyfolio: 0.62 },
      {
        metric: "cagr",
        ours: 0.051,
        quantstats: 0.0352,
        empyrical: 0.051,
        pyfolio: 0.051,
        note: "years by calendar days",
      },
      { metric: "sortino", ours: 0.9, quantstats: 0.88, empyrical: NaN, pyfolio: 0.9 },
    ],
    provenance: [
      { name: "run", value: "vrp-erp-5b1c6d0e" },
      { name: "snapshot", value: "9b74c9897bac770ffc029102a200c5de".repeat(2) },
      { name: "kill-test", value: "0f3c".repeat(16) },
    ],
    notes: ["Random walks: nothing here is a result.", "Dividends are cash on the ex-date."],
    moreTables: [
      {
        title: "Gate",
        note: "Share of sessions in each state.",
        columns: [
          { name: "State" },
          { name: "Sessions", kind: "count" },
          { name: "Share", kind: "percent" },
        ],
        rows: [
          ["OPEN", 2101, 0.57],
          ["CLOSED", 803, 0.217],
          ["unknown", null, NaN],
        ],
      },
    ],
    moreFigures: [],
  };
}

/** The same with nothing in it. */
export function emptyData(): TearSheetData {
  const none = new Float64Array(0);
  return {
    title: "Nothing",
    study: "empty",
    preset: "corrected",
    simulated: true,
    lookAhead: true,
    verdict: null,
    days: new Int32Array(0),
    curves: [],
    regime: null,
    exposure: none,
    turnover: none,
    metrics: [],
    intervals: [],
    differences: [],
    subPeriods: [],
    events: [],
    drawdowns: [],
    costSensitivity: [],
    delaySensitivity: [],
    fan: null,
    presets: [],
    conventions: null,
    provenance: [],
    notes: [],
    moreTables: [],
    moreFigures: [],
  };
}
