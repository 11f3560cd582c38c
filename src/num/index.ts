export { cos, erf, erfc, exp, expm1, log, log1p, sin, tanh } from "./elementary.ts";
export { createEngine, type Engine } from "./kernels/engine.ts";
export { type Kernels, packedIndex, padded } from "./kernels/kernels.ts";
export type { Arena } from "./kernels/memory.ts";
export {
  type EngineOptions,
  openEngine,
  openPool,
  type PoolOptions,
  withEngine,
} from "./kernels/open.ts";
export { type Pool, type Setup, soloPool, type Tasks } from "./parallel.ts";
export * from "./linear.ts";
export * from "./normal.ts";
export * from "./optimise.ts";
export * from "./resample.ts";
export * from "./statistics.ts";
