export * from "./calendar.ts";
export * from "./day.ts";
export * from "./errors.ts";
export * from "./events.ts";
export * from "./frame.ts";
export * from "./hash.ts";
export * from "./key.ts";
export * from "./units.ts";
