export * from "./book.ts";
export * from "./broker.ts";
export * from "./instrument.ts";
export * from "./margin.ts";
export * from "./order.ts";
export * from "./sizing.ts";
export * from "./step.ts";
export * from "./strategy.ts";
