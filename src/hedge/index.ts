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
export { loadHedger, readScaling, saveHedger } from "./checkpoint.ts";
export {
  type Comparison,
  type HedgeClaim,
  type HedgeCriterion,
  type HedgeKillTest,
  defineHedgeKillTest,
} from "./claim.ts";
export {
  type HedgeOutcome,
  type JudgedClaim,
  type JudgedCriterion,
  type Samples,
  judgeClaims,
} from "./claim-verdict.ts";
export {
  type Compared,
  type Sample,
  type SampleStatistic,
  compare,
  compareMany,
} from "./comparison.ts";
export { type Leak, findLeak, refuseLeak } from "./leak.ts";
export { MASKS, type Mask, maskEpisodes, sensitivities } from "./probes.ts";
export { type Stretch, drawStarts, tercilesOf, windowPaths, windowStarts } from "./real-paths.ts";
export { TRAINING_PLAN, type TrainingPlan, checkBatch } from "./training-plan.ts";
export { type TrainingNote, adaptLambda, trainHedger } from "./training.ts";
export { type Diagnostics, diagnose } from "./diagnostics.ts";
