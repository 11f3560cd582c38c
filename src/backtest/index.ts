export * from "./execution.ts";
export * from "./futures.ts";
export * from "./options.ts";
export * from "./schedule.ts";
export * from "./simulate.ts";
export * from "./universe.ts";
