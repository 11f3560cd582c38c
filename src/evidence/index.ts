export * from "./judge.ts";
export * from "./kill-test.ts";
export * from "./performance.ts";
export * from "./series.ts";
export * from "./statistic.ts";
