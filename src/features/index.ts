export * from "./design-table.ts";
export * from "./feature.ts";
export * from "./gate-validation.ts";
export * from "./gate.ts";
export * from "./graph.ts";
export * from "./reference.ts";
export * from "./rolling.ts";
export * from "./store.ts";
