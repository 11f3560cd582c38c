export * from "./black-76.ts";
export { type Greeks, type Right, blackScholesGreeks, blackScholesPrice } from "./black-scholes.ts";
export * from "./implied-volatility.ts";
export { diffusionStep } from "./diffusion-step.ts";
export { toNormals } from "./draws.ts";
export { HESTON_SCHEMES, hestonStep, warnFeller } from "./heston-step.ts";
export { jumpCompensator, jumpStep } from "./jumps.ts";
export * from "./process.ts";
