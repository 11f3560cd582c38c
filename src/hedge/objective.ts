/** How a training differs from the usual, where an objective asks for it. */
export interface TrainingChange {
  readonly decay?: number;
  readonly dropout?: number;
  /** Share of the plain mean in each environment's risk: paths shrunk towards their mean by as much. */
  readonly meanShare?: number;
}

/**
 * Which derivatives of an environment's risk an objective looks at, beside the risk itself:
 * - `residual`: by a scalar w = 1 that multiplies the policy's learned part, on two half-batches;
 * - `risk-head`: of the risk head's score by a scalar w = 1 that multiplies the head's outputs, on two half-batches;
 * - `gradients`: by the weights of the policy's last layer.
 */
export type Probe = "none" | "residual" | "risk-head" | "gradients";

/** What was measured on a batch; environments in their order. */
export interface Measured {
  readonly risks: Float64Array;
  /** The probed derivatives: two half-batches an environment. Empty where nothing is probed. */
  readonly slopes: Float64Array;
  /** Gradients by the last layer, one an environment. Empty unless probed. */
  readonly gradients: readonly Float64Array[];
  /** Weight of the penalty in this update. */
  readonly lambda: number;
}

/** The loss of a batch as a function of what was measured, and its derivatives. */
export interface Weighing {
  readonly loss: number;
  readonly penalty: number;
  /** ∂loss/∂risk. */
  readonly risk: Float64Array;
  /** ∂loss/∂slope; two an environment where slopes are probed. */
  readonly slope?: Float64Array;
  /** ∂loss/∂gradient, one direction an environment. */
  readonly directions?: readonly Float64Array[];
}

/** How the risks of environments become one loss. */
export interface Objective {
  readonly kind: "objective";
  readonly name: string;
  readonly describe: string;
  readonly probe: Probe;
  /** Whether `lambda` matters: such objectives are tried over the grid. */
  readonly penalised: boolean;
  readonly training: TrainingChange;
  /** A fresh weighing; an objective may remember what it saw. */
  start(): (measured: Measured) => Weighing;
}

/** Freezes an objective; without a probe or changes unless it says so. */
export function defineObjective(
  objective: Pick<Objective, "name" | "describe" | "start"> & Partial<Objective>,
): Objective {
  return Object.freeze({
    kind: "objective" as const,
    probe: "none" as const,
    penalised: false,
    training: {},
    ...objective,
  });
}

/** Mean of the risks, and its derivatives. */
export function average(risks: Float64Array): { loss: number; risk: Float64Array } {
  const n = risks.length;
  return { loss: risks.reduce((a, b) => a + b, 0) / n, risk: new Float64Array(n).fill(1 / n) };
}

/**
 * (mean risk + λ·penalty)/max(1, λ): a large λ turns the gradient and does not lengthen it. `slope` and `directions`
 * are the penalty's derivatives and are scaled in place.
 */
export function penalise(
  { risks, lambda }: Measured,
  penalty: number,
  by: { risk?: Float64Array; slope?: Float64Array; directions?: readonly Float64Array[] },
): Weighing {
  const { loss, risk } = average(risks);
  const scale = 1 / Math.max(1, lambda);
  for (let e = 0; e < risk.length; e++) risk[e] = scale * (risk[e]! + lambda * (by.risk?.[e] ?? 0));
  for (const values of [by.slope, ...(by.directions ?? [])]) {
    if (values) for (let i = 0; i < values.length; i++) values[i]! *= scale * lambda;
  }
  return {
    loss: scale * (loss + lambda * penalty),
    penalty,
    risk,
    ...(by.slope && { slope: by.slope }),
    ...(by.directions && { directions: by.directions }),
  };
}

/** Mean over environments of g⁽¹⁾·g⁽²⁾, unbiased for the squared derivative, and its derivatives. */
export function twoBatchPenalty(slopes: Float64Array): { penalty: number; slope: Float64Array } {
  const n = slopes.length / 2;
  const slope = new Float64Array(2 * n);
  let penalty = 0;
  for (let e = 0; e < n; e++) {
    const [a, b] = [slopes[2 * e]!, slopes[2 * e + 1]!];
    penalty += (a * b) / n;
    slope[2 * e] = b / n;
    slope[2 * e + 1] = a / n;
  }
  return { penalty, slope };
}
