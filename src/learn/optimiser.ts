import { cos } from "#num";

/** How a gradient becomes a step. */
export interface OptimiserSpec {
  /** `adam` adds the decay to the gradient (PyTorch's Adam); `adamw` shrinks the weights themselves. */
  readonly kind: "adam" | "adamw";
  readonly rate: number;
  readonly decay: number;
  /** The gradient is scaled down to this Euclidean norm where it is longer; 0 leaves it. */
  readonly clip: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** How the rate moves over the steps of a training. */
export interface ScheduleSpec {
  readonly kind: "constant" | "cosine" | "step";
  /** Steps over which the rate rises from zero first. */
  readonly warmup: number;
  /** Share of the rate left at the end (`cosine`), or kept at each drop (`step`). */
  readonly floor: number;
  /** Steps between drops (`step`). */
  readonly every: number;
}

/** Share of the rate at step 0 … total − 1: a linear rise, then constant, half a cosine, or drops. */
export function rateShare(spec: ScheduleSpec, step: number, total: number): number {
  if (step < spec.warmup) return (step + 1) / spec.warmup;
  const after = step - spec.warmup;
  if (spec.kind === "cosine") {
    const way = Math.min(1, after / Math.max(1, total - spec.warmup));
    return spec.floor + (1 - spec.floor) * 0.5 * (1 + cos(Math.PI * way));
  }
  return spec.kind === "step" ? repeated(spec.floor, Math.floor(after / spec.every)) : 1;
}

/** base^n, by multiplications. */
function repeated(base: number, n: number): number {
  let power = 1;
  for (let i = 0; i < n; i++) power *= base;
  return power;
}

/** The numbers the Adam kernel takes for step t = 1, 2, …, from a gradient of norm `norm`. */
export function adamNumbers(
  spec: OptimiserSpec,
  { share, step, norm }: { readonly share: number; readonly step: number; readonly norm: number },
): number[] {
  const { beta1, beta2, epsilon, clip } = spec;
  const rate = spec.rate * share;
  const scale = clip > 0 && norm > clip ? clip / norm : 1;
  const decoupled = spec.kind === "adamw";
  return [
    scale,
    decoupled ? 0 : spec.decay,
    decoupled ? 1 - rate * spec.decay : 1,
    beta1,
    beta2,
    rate / (1 - repeated(beta1, step)),
    1 / Math.sqrt(1 - repeated(beta2, step)),
    epsilon,
  ];
}
