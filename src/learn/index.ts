export * from "./model.ts";
export * from "./samples.ts";
