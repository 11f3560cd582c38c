/** The library: what entries of a catalog and programs of one's own are made with. */
export { calendar, key, toDay, toNumber, VolterraError } from "#core";
export {
  defineKillTest,
  judge,
  performance,
  bootstrapIntervals,
  stepM,
  deflatedSharpe,
} from "#evidence";
export { defineSource, openLake, openMarket, openSnapshot, importSource } from "#market";
export {
  defineFeature,
  defineTarget,
  lag,
  logReturns,
  openGraph,
  openTable,
  rolling,
  rollingDeviation,
  rollingMax,
  rollingMean,
  rollingMin,
  rollingPercentile,
  rollingQuantile,
  rollingRank,
  rowwise,
  simpleReturns,
} from "#features";
export { checkRule, defineStrategy, volatilityScale, WAIT } from "#trade";
export { CORRECTED, simulate } from "#backtest";
export { execute, judgeReturns, openCatalog, openWorkbench, readStudy, resolveSpec } from "#run";
