import { describe, expect, it } from "vitest";
import {
  annualSharpe,
  asExcessKurtosis,
  asRawKurtosis,
  deflatedSharpe,
  expectedMaximumSharpe,
  minimumTrackRecordLength,
  perPeriodSharpe,
  probabilisticSharpe,
  sharpeSample,
  toAnnual,
  toPerPeriod,
  toRawKurtosis,
} from "#evidence";
import { stream } from "./golden.ts";

const zero = perPeriodSharpe(0);
const normal = { skew: 0, kurtosis: asRawKurtosis(3) };

describe("tests of one Sharpe ratio", () => {
  it("probabilistic: the track records of Bailey & López de Prado (2012)", () => {
    const sample = { sharpe: toPerPeriod(annualSharpe(1.59), 12), n: 24 };
    expect(probabilisticSharpe({ ...sample, ...normal }, zero)).toBeCloseTo(0.982, 3);
    const fat = { ...sample, skew: -2.448, kurtosis: asRawKurtosis(10.164) };
    expect(probabilisticSharpe(fat, zero)).toBeCloseTo(0.914, 2);
  });

  it("deflated: the worked example of Bailey & López de Prado (2014)", () => {
    const sample = {
      sharpe: toPerPeriod(annualSharpe(2.5), 250),
      n: 1250,
      skew: -3,
      kurtosis: asRawKurtosis(10),
    };
    const deviation = toPerPeriod(annualSharpe(Math.sqrt(0.5)), 250);
    expect(expectedMaximumSharpe(100, deviation)).toBeCloseTo(0.1132, 4);
    expect(deflatedSharpe(sample, 100, deviation)).toBeCloseTo(0.9004, 3);
    expect(deflatedSharpe(sample, 46, deviation)).toBeCloseTo(0.9505, 3);
  });

  it("minimum track record: 2.73, 2.83 and 3.24 years of daily, weekly and monthly returns", () => {
    // Annual Sharpe ratio 2 against 1 at 95 %, normal returns: Bailey & López de Prado (2012).
    for (const [periods, years] of [
      [252, 2.73],
      [52, 2.83],
      [12, 3.24],
    ] as const) {
      const sample = { sharpe: toPerPeriod(annualSharpe(2), periods), n: 0, ...normal };
      const n = minimumTrackRecordLength(sample, toPerPeriod(annualSharpe(1), periods));
      expect(n / periods).toBeCloseTo(years, 1.9);
    }
    const poor = { sharpe: perPeriodSharpe(-0.1), n: 100, ...normal };
    expect(minimumTrackRecordLength(poor, zero)).toBe(Infinity);
  });

  it("falls while the search goes on", () => {
    const sample = sharpeSample(stream("s6"));
    const deviation = perPeriodSharpe(1 / Math.sqrt(600));
    const values = [1, 2, 10, 100, 1000, 1e6].map((n) => deflatedSharpe(sample, n, deviation));
    for (let i = 1; i < values.length; i++) expect(values[i]).toBeLessThan(values[i - 1]!);
    expect(values[0]).toBe(probabilisticSharpe(sample, zero));
    expect(() => expectedMaximumSharpe(0, deviation)).toThrow("at least 1, not 0");
  });

  it("keeps units apart", () => {
    expect(toAnnual(toPerPeriod(annualSharpe(1.5)))).toBeCloseTo(1.5, 12);
    expect(toRawKurtosis(asExcessKurtosis(0))).toBe(3);
    // @ts-expect-error an annual Sharpe ratio is not one of a period
    deflatedSharpe(sharpeSample(stream("s0")), 2, annualSharpe(1));
    // @ts-expect-error an excess kurtosis is not a raw one
    const mixed: ReturnType<typeof asRawKurtosis> = asExcessKurtosis(0);
    expect(mixed).toBe(0);
    expect(sharpeSample(new Float64Array(10).fill(0.1)).sharpe).toBeNaN();
  });
});
