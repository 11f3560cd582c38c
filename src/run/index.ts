export { type AccountFile, readAccount } from "./account-file.ts";
export * from "./audit-check.ts";
export * from "./audit-forecast.ts";
export * from "./audit-market.ts";
export * from "./audit-node.ts";
export * from "./audit-recorded.ts";
export type { LagDecay } from "./audit-lag.ts";
export * from "./audit-strategy.ts";
export * from "./audit.ts";
export * from "./catalog.ts";
export * from "./code-version.ts";
export * from "./data.ts";
export type { Intervals } from "./evaluation.ts";
export * from "./execute.ts";
export * from "./folder.ts";
export { unseal } from "./holdout.ts";
export * from "./json.ts";
export * from "./judge-file.ts";
export { readReturns } from "./returns-file.ts";
export * from "./ledger.ts";
export * from "./plan-orders.ts";
export * from "./plan.ts";
export * from "./result.ts";
export { runSleeves, type SleeveRow, type SleevesResult } from "./sleeves-study.ts";
export * from "./spec.ts";
export * from "./strategy-study.ts";
export * from "./study.ts";
export * from "./sweep.ts";
export { type Job, openWorkbench, type Workbench } from "./workbench.ts";
export * from "./execute-kind.ts";
export * from "./forecast-kind.ts";
export * from "./forecast-result.ts";
export * from "./forecast-versions.ts";
export { type HedgingSpec, resolveHedging } from "./hedging-spec.ts";
export { type HedgingRequest, type HedgingResult, executeHedging } from "./hedging-study.ts";
export {
  chooseLambda,
  RULES,
  type SelectionPoint,
  type SelectionRule,
} from "./hedging-selection.ts";
export type { HedgingTrial, SetMetrics, Surface, TrialResult } from "./hedging-trial.ts";
export * from "./forecast-filter-kind.ts";
export * from "./forecast-filter-result.ts";
export { storeStudy } from "./forecast-store.ts";
