export { assembleMarket } from "./assemble-market.ts";
export {
  constantMaturity30,
  constantMaturity30Clamped,
  type Bracket,
  type CurveFront,
} from "./constant-maturity.ts";
export { type HttpOptions, fetchText, httpOptions } from "./http.ts";
export { readCsv } from "./csv.ts";
export { importSource, type ImportReport } from "./import-source.ts";
export { decisionAt } from "./knowledge.ts";
export {
  listSnapshots,
  openLake,
  openSnapshot,
  type ImportRecord,
  type Lake,
  type LakeSnapshot,
} from "./lake.ts";
export type { Market } from "./market.ts";
export type { Revision } from "./merge.ts";
export { readParquet, writeParquet } from "./parquet.ts";
export { cutMarket, openMarket, poisonMarket, type MarketWindow } from "./open-market.ts";
export { checkQuality, QUALITY_CODES, QUALITY_RULES, type Finding } from "./quality.ts";
export type { QualityRule, Severity } from "./quality-rule.ts";
export {
  listSeries,
  seriesSpec,
  type SeriesColumn,
  type SeriesKind,
  type SeriesSpec,
} from "./series.ts";
export { type Row, type Sheet, gather, impossible, readSheet } from "./sheet.ts";
export { memorySnapshot, type Snapshot } from "./snapshot.ts";
export { SIMULATED_SERIES, simulateMarket } from "./simulated/simulate-market.ts";
export { defineSource, type Cells, type Source, type SourceContext, type Table } from "./source.ts";
export { tableHash } from "./table.ts";
export { readTextColumns, type TextColumns } from "./text-columns.ts";
export { isWeeklyExpiry, monthlyExpiry } from "./vx-expiry.ts";
