import { describe, expect, it } from "vitest";
import { fromParts } from "#core";
import { formatCell, metricName, money, percent, ratio } from "#report";
import { count, fixed, number, probability } from "../../src/report/format.ts";
import { metricNames, metricValue } from "../../src/report/metric-name.ts";

describe("numbers as text", () => {
  it.each([
    [percent(0.1234), "12.3%"],
    [percent(-0.00004), "0.0%"],
    [percent(12.345, 0), "1,235%"],
    [ratio(-0), "0.00"],
    [ratio(-0.004), "0.00"],
    [ratio(-1.005), "-1.00"],
    [money(-1234567.891), "-$1,234,567.89"],
    [money(0.5, 0), "$1"],
    [count(1234567), "1,234,567"],
    [count(6.43), "6.4"],
    [fixed(999999.996, 2), "1,000,000.00"],
    [fixed(1e21, 2), "1e+21"],
    [probability(0.0001), "<0.001"],
    [probability(0), "0.000"],
    [probability(0.99999), ">0.999"],
    [probability(1), "1.000"],
    [number(0), "0"],
    [number(12), "12"],
    [number(0.0123456), "0.01235"],
    [number(1234.5678), "1,235"],
    [number(1.5e-9), "1.50e-9"],
  ])("%s is %s", (text, wanted) => expect(text).toBe(wanted));

  it("writes a dash for everything that is missing", () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      for (const write of [percent, ratio, money, count, probability, number]) {
        expect(write(value)).toBe("–");
      }
    }
    expect(formatCell(null, "percent")).toBe("–");
    expect(formatCell("", "text")).toBe("–");
    expect(formatCell(NaN, "day")).toBe("–");
  });

  it("writes each kind of cell", () => {
    expect(formatCell(0.031, "signedPercent")).toBe("+3.1%");
    expect(formatCell(-0.031, "signedPercent")).toBe("-3.1%");
    expect(formatCell(0.00001, "signedPercent")).toBe("0.0%");
    expect(formatCell(0.5, "signedRatio")).toBe("+0.50");
    expect(formatCell(0.00055, "bps")).toBe("5.5 bp");
    expect(formatCell(fromParts(2020, 3, 16), "day")).toBe("2020-03-16");
    expect(formatCell("not yet", "day")).toBe("not yet");
  });
});

describe("names of metrics", () => {
  it("knows both spellings, and words the unknown", () => {
    expect(metricName("max-drawdown")).toEqual(metricName("maxDrawdown"));
    expect(metricName("regimeFlips")).toEqual({ label: "Regime flips", kind: "number" });
    expect(metricName("constructor").kind).toBe("number");
  });

  it("lists the numbers alone, in report order", () => {
    const set = { zeta: 1, sharpe: NaN, n: 3, maxDrawdownRecovery: null, note: "x" };
    expect(metricNames([set])).toEqual(["n", "sharpe", "zeta"]);
    expect(metricValue(set, "note")).toBeNaN();
    expect(metricValue(set, "absent")).toBeNaN();
  });
});
