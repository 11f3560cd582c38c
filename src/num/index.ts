export { exp, expm1, log, log1p } from "./elementary.ts";
export * from "./linear.ts";
export * from "./normal.ts";
export * from "./optimise.ts";
export * from "./resample.ts";
export * from "./statistics.ts";
