export { CONTRACT, type Contract, SPOT, YEAR } from "./contract.ts";
export { COSTS, ENVIRONMENT, type Environment, SIGNALS, defineEnvironment } from "./environment.ts";
export { type Episodes, type EpisodesRequest, episodesOf, simulateEpisodes } from "./episodes.ts";
export { type Hedger, type NetworkShape, type Policy, definePolicy, stepwise } from "./policy.ts";
export { type Outcome, type Positions, reckon } from "./reckoning.ts";
export { TAIL, checkTail, tailLoss } from "./tail.ts";
export { FEATURES, type Scaling, fitScaling } from "./features.ts";
export {
  type HedgeTrainer,
  type StepSize,
  type Update,
  type Weigher,
  openHedgeTrainer,
} from "./hedge-trainer.ts";
export {
  type Measured,
  type Objective,
  type Weighing,
  average,
  defineObjective,
  penalise,
  twoBatchPenalty,
} from "./objective.ts";
export { RISK, type RiskSpec, bestThreshold, disutility } from "./risk.ts";
