export * from "./normal.ts";
export * from "./resample.ts";
export * from "./statistics.ts";
