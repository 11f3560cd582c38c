import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { calendar, key, lastAtOrBefore, toDay, toNumber, uniforms } from "#core";
import { measure, samples, sigmoid } from "#learn";
import { cutMarket, type Market, memorySnapshot, openMarket, simulateMarket } from "#market";
import { filterText, renderFilter } from "#report";
import { openCatalog } from "../../src/run/catalog.ts";
import {
  ALARM_METRICS,
  alarmForecast,
  countAnnounced,
  findEpisodes,
} from "../../src/run/forecast-alarms.ts";
import { simulateFiltered } from "../../src/run/forecast-ablation.ts";
import {
  filterColumns,
  findFaults,
  measureDrift,
  stabilityIndex,
} from "../../src/run/forecast-fault.ts";
import { resolveFilter } from "../../src/run/forecast-filter-spec.ts";
import { runFilterStudy } from "../../src/run/forecast-filter-study.ts";
import { lossSessions, planRetraining } from "../../src/run/forecast-retraining.ts";
import {
  alarmRates,
  calibrateRisk,
  chooseThreshold,
  equalPriors,
} from "../../src/run/forecast-risk.ts";
import { openLedger } from "../../src/run/ledger.ts";
import { readStudy } from "../../src/run/study.ts";
import { openWorkbench } from "../../src/run/workbench.ts";

const STUDY = "studies/vix-regime.yaml";
const folder = () => mkdtempSync(path.join(tmpdir(), "volterra-regime-"));
const catalog = openCatalog(["test/studies/lab"]);
const sessions = calendar("nyse").sessions.filter(
  (d) => d >= toNumber("2010-01-04") && d <= toNumber("2013-12-31"),
);

/** One feature on every session; label 1 where `risky`. */
function rowsOf(feature: (t: number) => number, risky: (t: number) => boolean) {
  return samples({
    features: Float64Array.from(sessions, (_, t) => feature(t)),
    steps: 1,
    names: ["x"],
    target: Float64Array.from(sessions, (_, t) =>
      t >= sessions.length - 5 ? NaN : risky(t) ? 1 : 0,
    ),
    task: { kind: "classes", classes: ["Safe", "Risk"] },
    times: sessions,
    horizon: 5,
  });
}

describe("retraining", () => {
  const rows = rowsOf(
    (t) => t,
    (t) => t % 7 === 0,
  );
  const base = { from: "2012-01-03", sessions: 63, days: 400, afterLoss: false, held: 0.2 };
  const first = lastAtOrBefore(sessions, toNumber("2012-01-03"));

  it("forecasts each row once, by models whose labels end before it", () => {
    const plan = planRetraining(rows, sessions, [], base);
    expect(plan.flatMap(({ test }) => Array.from(test))).toEqual(
      Array.from({ length: sessions.length - first }, (_, i) => first + i),
    );
    for (const { head, tail, test, asOf } of plan) {
      expect(tail.at(-1)! + 5).toBeLessThan(test[0]!);
      expect(head.at(-1)! + 5).toBeLessThan(tail[0]!);
      expect(asOf).toBe(sessions[test[0]! - 1]);
      expect(tail.length).toBe(Math.round(0.2 * (test[0]! - 5)));
    }
    expect(plan.slice(0, -1).map(({ test }) => test.length)).toEqual(plan.slice(1).map(() => 63));
  });

  it("never lets a model grow older than its days", () => {
    const plan = planRetraining(rows, sessions, [], { ...base, days: 30 });
    const ages = plan.flatMap(({ asOf, test }) => Array.from(test, (row) => sessions[row]! - asOf));
    expect(Math.max(...ages)).toBeLessThanOrEqual(30);
    expect(plan.length).toBeGreaterThan(700 / 30);
  });

  it("trains again once a loss is in the labels, not for every loss of one spell", () => {
    const held = new Float64Array(sessions.length).fill(0.01);
    for (const t of [first + 20, first + 22, first + 26, first + 40]) held[t] = -0.12;
    const losses = lossSessions(held, 0.1, 5);
    expect(losses.map((t) => t - first)).toEqual([25, 45]);
    const plan = planRetraining(rows, sessions, losses, { ...base, afterLoss: true });
    expect(plan.slice(0, 4).map(({ test }) => test[0]! - first)).toEqual([0, 25, 45, 45 + 63]);
  });

  it("says so where there is nothing to train on", () => {
    const early = { ...base, from: "2010-02-01" };
    expect(() => planRetraining(rows, sessions, [], early)).toThrow(/too few to train on/);
  });
});

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b, 0) / values.length;
}

function odds(p: number): number {
  return p / (1 - p);
}

describe("probability and threshold", () => {
  const n = 400;
  const u = uniforms(key(3), n);
  const noise = uniforms(key(4), n);
  const happened = Uint8Array.from(u, (x, i) => (noise[i]! < 0.3 * x ? 1 : 0));

  it("calibrates by the held-out rows", () => {
    // The truth is 0.3·u; what is given is far too sure of itself.
    const tail = u.map((x) => sigmoid(4 * (x - 0.2)));
    const { test } = calibrateRisk({ tail, test: tail }, happened);
    expect(mean(test)).toBeCloseTo(mean(happened), 2);
    expect(test[0]! < test[1]!).toBe(tail[0]! < tail[1]!);
  });

  it("gives the share of risk where there is nothing to calibrate by, or the order would turn", () => {
    const tail = u.map((x) => 1 - x);
    const share = (happened.reduce((a, b) => a + b, 0) + 1) / (n + 2);
    for (const [own, labels] of [
      [tail, happened],
      [u.map(() => 0.4), happened],
    ] as const) {
      expect(calibrateRisk({ tail: own, test: own }, labels).test[0]).toBeCloseTo(share, 12);
    }
    const calm = calibrateRisk({ tail: u, test: u }, new Uint8Array(n));
    expect(calm.test[0]).toBeCloseTo(1 / (n + 2), 12);
  });

  it("is one half at the base rate under equal priors, and keeps ratios of odds", () => {
    expect(equalPriors(0.14, 0.14)).toBeCloseTo(0.5, 12);
    expect(odds(equalPriors(0.3, 0.14)) / odds(0.3)).toBeCloseTo(1 / odds(0.14), 9);
  });

  it("chooses the best threshold among those with few false alarms", () => {
    const risk = [0.55, 0.65, 0.75, 0.85, 0.55, 0.55, 0.65, 0.3, 0.3, 0.3];
    const label = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0];
    expect(alarmRates(risk, label, 0.6)).toEqual({ recall: 0.75, falsePositives: 1 / 6 });
    const options = { thresholds: [0.5, 0.6, 0.7, 0.8], mostFalse: 0.3 };
    // 0.5 catches all, with half of the safe rows: too many. 0.6: 3/4 − 1/6; 0.7: 2/4; 0.8: 1/4.
    expect(chooseThreshold(risk, label, options)).toBe(0.6);
    expect(chooseThreshold(risk, label, { ...options, mostFalse: 0.5 })).toBe(0.6);
    expect(chooseThreshold(risk, label, { ...options, thresholds: [0.5, 0.55] })).toBe(0.55);
    // Without a row of risk nothing is gained by any: the highest.
    expect(
      chooseThreshold(
        risk,
        label.map(() => 0),
        options,
      ),
    ).toBe(0.8);
  });
});

describe("faults", () => {
  const rows = rowsOf(
    (t) => (t < 500 ? t % 2 : t === 700 ? 10 : t % 2),
    (t) => t % 7 === 0,
  );
  const plan = planRetraining(rows, sessions, [], {
    from: "2012-01-03",
    sessions: 63,
    days: 400,
    afterLoss: false,
    held: 0.2,
  });
  const times = sessions.subarray(plan[0]!.test[0]);
  const n = times.length;
  const forecast = {
    risk: new Float64Array(n).fill(0.4),
    asOf: Int32Array.from(plan.flatMap(({ asOf, test }) => Array.from(test, () => asOf))),
  };
  const limits = { maxAge: 90, drift: 3 };

  it("is as old as the decision is from the last close known, whatever the clock says", () => {
    const drift = measureDrift(rows, plan);
    const faults = findFaults(forecast, drift, times, limits);
    faults.forEach((fault, i) => {
      const stale = times[i]! - forecast.asOf[i]! > 90;
      if (drift.z[i]! <= 3) expect(fault).toBe(stale ? "stale" : "none");
    });
    expect(faults.filter((fault) => fault === "drifting").length).toBe(1);
    expect(toDay(times[faults.indexOf("drifting")]!)).toBe(toDay(sessions[700]!));
    const old = { ...forecast, asOf: forecast.asOf.map(() => plan[0]!.asOf) };
    expect(new Set(findFaults(old, drift, times, limits).slice(-50))).toEqual(new Set(["stale"]));
    const gone = { risk: forecast.risk.map(() => NaN), asOf: forecast.asOf };
    expect(findFaults(gone, drift, times, limits)[0]).toBe("missing");
    const none = { ...forecast, asOf: forecast.asOf.map(() => -1) };
    expect(findFaults(none, drift, times, limits)[0]).toBe("failed");
  });

  it("takes a feature that never varied for drifting only where it then differs", () => {
    const flat = rowsOf(
      (t) => (t === 700 ? 1.5 : 1),
      (t) => t % 7 === 0,
    );
    const { z } = measureDrift(flat, plan);
    const at = 700 - plan[0]!.test[0]!;
    expect(z[at]).toBe(Infinity);
    // Later trainings have seen it.
    expect(z.subarray(0, at).every((x) => x === 0)).toBe(true);
  });

  it("has a stability index of nil for the same shares and the textbook's for others", () => {
    const edges = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    const even = Float64Array.from({ length: 100 }, (_, i) => (i % 10) + 0.5);
    expect(stabilityIndex(edges, even)).toBeCloseTo(0, 12);
    const half = even.map((x) => (x < 5 ? x : x - 5));
    // Five bins of 20 %, five of nothing (0.0001).
    const wanted = 5 * 0.1 * Math.log(2) + 5 * (1e-4 - 0.1) * Math.log(1e-4 / 0.1);
    expect(stabilityIndex(edges, half)).toBeCloseTo(wanted, 9);
  });

  it("leaves what its policy says", () => {
    const days = sessions.subarray(0, 4);
    const heard = {
      times: days.subarray(0, 3),
      risk: Float64Array.of(0.2, 0.9, 0.5),
      limit: Float64Array.of(0.6, 0.6, 0.6),
      faults: ["none", "drifting", "none"] as const,
    };
    for (const [policy, left] of [
      ["allow", 1],
      ["halve", 0.5],
      ["block", 0],
    ] as const) {
      const { risk, share } = filterColumns(days, heard, policy);
      expect(Array.from(risk)).toEqual([0.2, NaN, 0.5, NaN]);
      expect(Array.from(share)).toEqual([1, left, 1, left]);
    }
  });
});

describe("alarms", () => {
  const risk = Float64Array.of(0.7, 0.2, 0.8, 0.4, 0.9, 0.1);
  const limit = new Float64Array(6).fill(0.6);
  const target = Float64Array.of(1, 1, 0, 0, 1, 0);
  const of = (name: string) =>
    measure(
      ALARM_METRICS.find((metric) => metric.name === name)!,
      {
        values: alarmForecast(risk, limit),
        target,
        classes: 2,
      },
    );

  it("are counted as the document counts them, with the lift beside", () => {
    expect(of("precision")).toBeCloseTo(2 / 3);
    expect(of("recall")).toBeCloseTo(2 / 3);
    expect(of("falsePositiveRate")).toBeCloseTo(1 / 3);
    expect(of("lift")).toBeCloseTo(4 / 3);
    expect(of("alarms")).toBeCloseTo(1 / 2);
  });

  it("announce distinct episodes, not sessions", () => {
    const label = Float64Array.of(0, 1, 1, 0, 1, 0, 0, 0, 1, 1, NaN);
    const episodes = findEpisodes(label, 2);
    expect(episodes).toEqual([
      { first: 1, last: 4 },
      { first: 8, last: 9 },
    ]);
    const flags = Float64Array.of(0, 0, 0.7, 0, 0, 0, 0, 0, 0.9, 0, 0);
    const alarms = alarmForecast(flags, new Float64Array(11).fill(0.6));
    expect(countAnnounced(episodes, alarms)).toEqual({ announced: 2, atOnce: 1 });
  });
});

/** A study small enough for a test: a logistic model in the place of the net unless told otherwise. */
const SMALL = [
  "data.source=simulated",
  "window={start: 2008-01-02, end: 2013-12-31}",
  "seeds=[0, 1]",
  "model={name: logistic, params: {l2: 2}}",
  "retraining={sessions: 252, days: 400, again: {}}",
  "thresholds=[0.5, 0.7]",
  "baselines.trees.params.n_estimators=20",
  "failure.maxAge=400",
  "sleeve.window={start: 2012-01-03, end: 2013-12-31}",
  "power.filters=2",
  "bootstrap.resamples=100",
  "killTests=[]",
];

const market = openMarket(
  memorySnapshot(simulateMarket({ seed: 8, from: "2006-01-03", to: "2013-12-31" }), true),
);

async function run(overrides: readonly string[], world?: Market, root = folder()) {
  const spec = resolve(...overrides);
  const ledger = openLedger(root, "test");
  const on = world ?? (await market);
  const found = await runFilterStudy({ spec, market: on, catalog, ledger, threads: 1 });
  return { spec, ledger, found };
}

describe("the study on the simulated market", async () => {
  const root = folder();
  const first = await run([], undefined, root);
  const { result, monitoring } = first.found;

  it("says what a filter could change before it filters", () => {
    const { power, ablation } = result;
    expect(power.entries + power.resizes).toBeGreaterThan(0);
    expect(power.minimumDetectableEffect).toBeGreaterThan(power.standardError);
    const blocked = ablation.map((row) => row.blocked);
    expect(Math.max(...blocked)).toBeLessThanOrEqual(power.entries + power.resizes);
    expect(ablation[0]).toMatchObject({ name: "no filter", differences: null });
  });

  it("runs every contender at its own threshold and at fixed ones, and each seed", () => {
    const names = result.ablation.map(({ name, seed, threshold }) =>
      [name, seed, threshold].join(),
    );
    expect(names).toContain("model,,chosen");
    expect(names).toContain("trees,,0.7");
    expect(names).toContain("gate-score,,0.5");
    expect(names).toContain("model,1,chosen");
    expect(names.length).toBe(1 + 4 * 3 + 2);
    expect(result.trials).toBe(names.length);
  });

  it("counts no trial twice and gives the same again", async () => {
    const again = await run([], undefined, root);
    expect(again.found.result).toEqual(result);
    expect(again.ledger.entries().filter(({ kind }) => kind === "intent").length).toBe(
      result.trials,
    );
  });

  it("judges Sharpe ratio, drawdown and win rate as the ablation shows them", async () => {
    // The contract of the study, on this market's years.
    const { found } = await run(["killTests=[vix-regime-short]"]);
    const { criteria } = found.result.verdict!;
    const { differences, winRate } = found.result.ablation.find(
      ({ name, threshold }) => name === "model" && threshold === "chosen",
    )!;
    const estimates = new Map(
      criteria.map(({ criterion, estimate }) => [
        `${criterion.statistic} ${criterion.costs}`,
        estimate,
      ]),
    );
    expect([...estimates.keys()]).toEqual([
      "sharpe-difference 1",
      "sharpe-difference 2",
      "drawdown-improvement 1",
      "win-rate-difference 1",
    ]);
    expect(estimates.get("sharpe-difference 1")).toBeCloseTo(differences!.sharpe.estimate, 12);
    expect(estimates.get("drawdown-improvement 1")).toBeCloseTo(
      differences!["max-drawdown"].estimate,
      12,
    );
    expect(estimates.get("win-rate-difference 1")).toBeCloseTo(
      differences!["win-rate"].estimate,
      12,
    );
    const base = found.result.ablation[0]!;
    expect(winRate - base.winRate).toBeCloseTo(differences!["win-rate"].estimate, 12);
    expect(base.daysHeld).toBeGreaterThan(100);
    expect(winRate).not.toBe(base.winRate);
  });

  it("has a row of monitoring for every forecast", () => {
    const n = result.period.sessions;
    for (const column of ["risk", "limit", "age", "z", "psi", "fault"] as const) {
      expect(monitoring[column].length).toBe(n);
    }
    expect(Math.max(...monitoring.age)).toBeLessThanOrEqual(400);
  });

  it("forecasts and filters by what was known: the future cut away changes nothing before", async () => {
    const whole = await market;
    const cut = toNumber("2012-06-29");
    const { found } = await run(
      ["window.end=2012-06-29", "sleeve.window.end=2012-06-29"],
      cutMarket(whole, cut),
    );
    const n = found.monitoring.days.length;
    expect(n).toBeGreaterThan(500);
    for (const column of ["days", "risk", "limit", "age", "z", "psi"] as const) {
      expect(found.monitoring[column]).toEqual(monitoring[column].slice(0, n));
    }
  });

  it("draws and prints what it found", () => {
    const shown = { ...result, run: "run", code: "code", table: "" };
    expect(renderFilter(shown, monitoring)["report.html"]).toContain("SIMULATED");
    expect(filterText(shown)).toContain("no verdict");
  });

  it("forecasts and monitors, and filters nothing, where it is switched off", async () => {
    const { found, ledger } = await run(["enabled=false", "killTests=[vix-regime-short]"]);
    const off = found.result;
    expect(off.ablation).toEqual([result.ablation[0]]);
    expect(off.verdict).toBeNull();
    expect(off.trials).toBe(1);
    expect(ledger.entries().filter(({ kind }) => kind === "result").length).toBe(1);
    expect(found.monitoring).toEqual(monitoring);
    const shown = { ...off, run: "run", code: "code", table: "" };
    expect(filterText(shown)).toContain("switched off");
    expect(renderFilter(shown, found.monitoring)["report.html"]).toContain("switched off");
  });

  it("goes on with the last model where a training fails, and blocks before there is one", async () => {
    const flaky = await run(["model={name: flaky, params: {share: 0.5}}", "seeds=[3]"]);
    const own = flaky.found.contenders[0]!;
    const failed = own.failed.map(({ training }) => training);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(flaky.found.trainings.length);
    let at = 0;
    let last = -1;
    flaky.found.trainings.forEach(({ asOf, test }, f) => {
      if (!failed.includes(f + 1)) last = asOf;
      expect(own.forecasts[0].asOf[at]).toBe(last);
      at += test.length;
    });
    await expect(run(["model={name: flaky, params: {share: 1}}"])).rejects.toMatchObject({
      code: "MODEL",
      message: expect.stringMatching(/^model, seed 0, as under all 2 seeds: training 1: /),
    });
  });

  it("trains the document's network warm", async () => {
    const net = [
      "model={name: attention-lstm, params: {hidden: 4, layers: 1, head: [4], epochs: 2}}",
      "retraining={sessions: 378, days: 900, afterLoss: false, again: {epochs: 1}}",
      "failure.maxAge=900",
      "seeds=[0]",
      "window.end=2012-06-29",
      "sleeve.window.end=2012-06-29",
    ];
    const { found } = await run(net);
    const scores = found.result.evaluation.scores.model!;
    expect(scores.logLoss!.estimate).toBeLessThan(1);
    expect(Object.keys(found.contenders[0]!.saved)).toEqual(["0"]);
  });
});

describe("the sleeve under a filter", () => {
  it("hears the limit of the day, and halves or blocks where the model failed", async () => {
    const on = await market;
    const { strategy } = resolve();
    const sleeve = {
      spec: strategy,
      bench: openWorkbench(on, catalog),
      riskFree: new Float64Array(0),
    };
    const columns = (risk: number, limit: number, share: number) => ({
      risk: new Float64Array(on.sessions.length).fill(risk),
      limit: new Float64Array(on.sessions.length).fill(limit),
      share: new Float64Array(on.sessions.length).fill(share),
    });
    const plain = await simulateFiltered(sleeve);
    const exposure = async (risk: number, limit: number, share: number) => {
      const { exposure: values } = await simulateFiltered(sleeve, columns(risk, limit, share));
      return Math.max(...values);
    };
    const most = Math.max(...plain.exposure);
    expect(await exposure(0.4, 0.5, 1)).toBe(most);
    expect(await exposure(0.5, 0.5, 1)).toBe(0);
    expect(await exposure(NaN, NaN, 1)).toBe(most);
    expect(await exposure(NaN, NaN, 0)).toBe(0);
    const half = await exposure(NaN, NaN, 0.5);
    expect(half).toBeGreaterThan(0.3 * most);
    expect(half).toBeLessThan(0.65 * most);
  });
});

function resolve(...overrides: string[]) {
  return resolveFilter(readStudy(STUDY, ["preset=without-f3", ...SMALL, ...overrides]));
}

describe("bad input", () => {
  it("names keys that are not there or do not fit", () => {
    expect(() => resolve("failure.polcy=block")).toThrow(/unknown key "failure.polcy"/);
    expect(() => resolve("failure.policy=shrug")).toThrow(/failure.policy/);
    expect(() => resolve("from=2007-01-03")).toThrow(/leaves nothing to train on/);
    expect(() => resolve("sleeve.window.start=2009-01-02")).toThrow(/before the first forecast/);
    expect(() => resolve("window.end=2013-06-28")).toThrow(/after the last forecast/);
    expect(() => resolve("sleeve.strategie=x")).toThrow(/unknown key "strategie"/);
  });

  it.each([
    ["model.params.l3=2", /l3/],
    ["baselines.trees.params.max_dept=2", /max_dept/],
    ["retraining.again={l3: 2}", /l3/],
    ["model.name=logistik", /logistik/],
  ])("is found before a trial is recorded: %s", async (override, message) => {
    const root = folder();
    await expect(run([override], undefined, root)).rejects.toThrow(message);
    expect(openLedger(root, "test").entries()).toEqual([]);
  });
});
