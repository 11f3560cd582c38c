export * from "./execution.ts";
export * from "./schedule.ts";
export * from "./simulate.ts";
export * from "./universe.ts";
