/**
 * The table of docs/simulated-market.md: moments of the real market beside those of simulated ones.
 *
 *   node --conditions=source --import tsx bench/simulated-market.ts [--write] [seeds]
 *
 * prints it; --write puts it into the page. The real moments are test/golden/market-moments.json.
 */
import { readFileSync } from "node:fs";
import { mean } from "#num";
import { simulateMarket } from "#market";
import { marketMoments } from "../src/market/simulated/market-moments.ts";
import { publish } from "./page.ts";

const GOLDEN = new URL("../test/golden/market-moments.json", import.meta.url);

/** What each moment is, and in which unit it is shown. */
const MEANING: Readonly<Record<string, readonly [what: string, unit: "points" | "%" | "bp" | ""]>> =
  {
    vixMean: ["VIX, mean", "points"],
    vixMedian: ["VIX, median", "points"],
    vixDeviation: ["VIX, standard deviation", "points"],
    vixSkew: ["VIX, skewness", ""],
    vixAutocorrelation: ["VIX, autocorrelation at lag 1", ""],
    vixPercentile95: ["VIX, 95th percentile", "points"],
    vixMaximum: ["VIX, highest close", "points"],
    vixLogChangeDeviation: ["daily log change of VIX, standard deviation", ""],
    spyVixCorrelation: ["correlation of SPY returns and VIX changes", ""],
    vvixMean: ["VVIX, mean", "points"],
    vvixDeviation: ["VVIX, standard deviation", "points"],
    vvixVixCorrelation: ["correlation of VVIX and VIX", ""],
    vix3mRatio: ["VIX3M / VIX, mean", ""],
    vix3mAboveShare: ["days with VIX3M above VIX", "%"],
    vix9dRatio: ["VIX9D / VIX, mean", ""],
    vix1dRatio: ["VIX1D / VIX, mean", ""],
    vix1dRatioPercentile95: ["VIX1D / VIX, 95th percentile", ""],
    vix1dLogChangeDeviation: ["daily log change of VIX1D, standard deviation", ""],
    varianceRiskPremium: ["VIX less realised volatility of 21 days, mean", "points"],
    spyVolatility: ["SPY, volatility", "%"],
    spySkew: ["SPY daily returns, skewness", ""],
    spyKurtosis: ["SPY daily returns, excess kurtosis", ""],
    spyGrowth: ["SPY, growth a year with dividends", "%"],
    spyWorstDrawdown: ["SPY, worst drawdown", "%"],
    spyAbsoluteAutocorrelation: ["absolute SPY returns, autocorrelation at lag 10", ""],
    contangoShare: ["days in contango (F2 above F1)", "%"],
    frontAboveSpotShare: ["days with F1 above VIX", "%"],
    frontBasis: ["F1 / VIX − 1, mean", "%"],
    secondBasis: ["F2 / F1 − 1, mean", "%"],
    sixthBasis: ["F6 / F1 − 1, mean", "%"],
    rolldown: ["return a year of holding the front contract, 252 × daily mean", "%"],
    frontDeviation: ["the same, volatility", "%"],
    dgs10Mean: ["10-year rate, mean", "%"],
    dgs10ChangeDeviation: ["daily change of the 10-year rate, standard deviation", "bp"],
    dtb3Mean: ["3-month bill rate, mean", "%"],
    dollarVolatility: ["dollar index, volatility", "%"],
    spyDollarCorrelation: ["correlation of SPY and the dollar index", ""],
  };

function describe(name: string): readonly [string, "points" | "%" | "bp" | ""] {
  const fund = name.slice(0, 3).toUpperCase();
  if (name in MEANING) return MEANING[name]!;
  return name.endsWith("Volatility")
    ? [`${fund}, volatility`, "%"]
    : [`correlation of SPY and ${fund}`, ""];
}

function show(value: number, unit: string): string {
  if (unit === "%") return `${(value * 100).toFixed(1)} %`;
  if (unit === "bp") return `${(value * 10_000).toFixed(1)} bp`;
  return value.toFixed(unit === "points" ? 1 : 2);
}

const seeds = Number(process.argv.slice(2).find((argument) => /^\d+$/.test(argument)) ?? 20);
const golden = JSON.parse(readFileSync(GOLDEN, "utf8"));
const worlds: Record<string, number>[] = [];
const times: number[] = [];
for (let seed = 1; seed <= seeds; seed++) {
  const begun = performance.now();
  const tables = simulateMarket({ seed });
  times.push(performance.now() - begun);
  worlds.push(marketMoments(tables, golden.from, golden.to));
}
const rows = Object.entries(golden.moments as Record<string, number>).map(([name, real]) => {
  const [what, unit] = describe(name);
  const drawn = worlds.map((world) => world[name]!);
  const [low, high] = [Math.min(...drawn), Math.max(...drawn)];
  const cells = [real, mean(drawn), low, high].map((value) => show(value, unit));
  return `| ${what} | ${cells.join(" | ")} |${real < low || real > high ? " outside |" : " |"}`;
});
const table = [
  `Sessions ${golden.from} … ${golden.to}, seeds 1 … ${seeds}.`,
  "",
  "| moment | real | simulated, mean | lowest | highest | |",
  "|---|--:|--:|--:|--:|---|",
  ...rows,
].join("\n");

publish("simulated-market.md", "moments", table);
process.stderr.write(
  `${Math.round(Math.min(...times))}–${Math.round(Math.max(...times))} ms a market\n`,
);
