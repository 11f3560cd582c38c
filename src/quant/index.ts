export { black76Greeks, black76Price } from "./black-76.ts";
export { type Greeks, type Right, blackScholesGreeks, blackScholesPrice } from "./black-scholes.ts";
export { type OptionRow, blackScholesRow } from "./black-scholes-row.ts";
export { diffusionStep } from "./diffusion-step.ts";
export { grow, toNormals } from "./draws.ts";
export {
  type GarchFit,
  type GarchModel,
  type GarchOptions,
  fitGarch,
  garchForecast,
  garchPersistence,
  garchVariances,
} from "./garch.ts";
export { type HarModel, fitHar, forecastHar } from "./har.ts";
export { type HestonModel, expectedVariance, hestonPrice } from "./heston-price.ts";
export { HESTON_SCHEMES, type HestonDynamics, hestonStep, warnFeller } from "./heston-step.ts";
export {
  type ImpliedVolatility,
  type VolatilityReason,
  impliedVolatility,
  solveImpliedVolatility,
} from "./implied-volatility.ts";
export { type JumpDynamics, jumpCompensator, jumpStep } from "./jumps.ts";
export { type MertonModel, mertonPrice } from "./merton-price.ts";
export {
  type History,
  type Paths,
  type Process,
  type Simulation,
  type Target,
  type Tile,
  defineProcess,
} from "./process.ts";
export {
  type Bars,
  closeToCloseVolatility,
  garmanKlassVolatility,
  parkinsonVolatility,
  yangZhangVolatility,
} from "./realised-volatility.ts";
export { type SabrModel, sabrVolatility } from "./sabr-volatility.ts";
export { type OptionStrip, type StripVariance, interpolateVix, stripVariance } from "./vix.ts";
