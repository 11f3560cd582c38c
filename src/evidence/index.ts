export * from "./block-length.ts";
export * from "./bootstrap.ts";
export * from "./conventions.ts";
export * from "./drawdown.ts";
export * from "./effective-trials.ts";
export * from "./evidence.ts";
export * from "./holm.ts";
export * from "./judge.ts";
export * from "./kill-test.ts";
export * from "./ledger-exchange.ts";
export * from "./ledger-memory.ts";
export * from "./ledger.ts";
export * from "./overfitting.ts";
export * from "./performance.ts";
export * from "./power.ts";
export * from "./series.ts";
export * from "./sharpe.ts";
export * from "./step-m.ts";
export type { CriterionResult } from "./criterion.ts";
export { winRateOf, type Statistic } from "./statistic.ts";
export { modelConfidenceSet, type ConfidenceSet } from "./confidence-set.ts";
export { superiorAbility, type SuperiorAbility } from "./superior-ability.ts";
export {
  assessPower,
  measurePower,
  type PowerCell,
  type PowerCount,
  type PowerRow,
  type ReturnProcess,
} from "./power-study.ts";
