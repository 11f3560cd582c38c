import { exp, log, log1p } from "#num";
import { type Disutility, type RiskSpec, disutility } from "./risk.ts";

/** Added to a loss before it is scored, in units of premium, so that its tail mean is positive. */
const SHIFT = 0.5;
const LEAST = 0.05;
/** Outputs of zero say e ≈ 1.0 and v ≈ 0.9: the tail of a delta hedge. */
const START = [-2, 0.5] as const;

/** The score of a head and its derivatives by the head's two outputs. */
export interface HeadScore {
  readonly value: number;
  readonly first: readonly [number, number];
  /** By both outputs: 11, 12, 22. */
  readonly second: readonly [number, number, number];
}

/**
 * The joint score of value at risk v and tail mean e of a loss y (T. Fissler, J. Ziegel, Annals of Statistics 44 (2016),
 * 1680–1707; A. Patton, J. Ziegel, R. Chen, Journal of Econometrics 211 (2019), 388–413): (v + (y − v)⁺/α)/e + ln e − 1,
 * which is least in expectation where v and e are the true ones. Two free outputs give e = least + softplus(o₂ + ½)
 * and v = e − softplus(o₁ − 2). Every call returns the same object, filled anew.
 */
export function headScore(spec: RiskSpec): (loss: number, o1: number, o2: number) => HeadScore {
  const tail: (x: number) => Disutility = disutility(
    spec.kind === "cvar" ? spec : { kind: "cvar", alpha: 0.05, round: 0.02 },
  );
  const first: [number, number] = [0, 0];
  const second: [number, number, number] = [0, 0, 0];
  const out = { value: 0, first, second };
  return (loss, o1, o2) => {
    const [a, b] = [o1 + START[0], o2 + START[1]];
    const [p1, p2] = [exp(-Math.abs(a)), exp(-Math.abs(b))];
    const [s1, s2] = [logistic(a, p1), logistic(b, p2)];
    const e = LEAST + Math.max(0, b) + log1p(p2);
    const v = e - Math.max(0, a) - log1p(p1);
    const { value: p, slope, bend } = tail(loss + SHIFT - v);
    const byV = (1 - slope) / e;
    const byE = (1 - (v + p) / e) / e;
    const vv = bend / e;
    const ve = -(1 - slope) / (e * e);
    const ee = (2 * (v + p)) / (e * e * e) - 1 / (e * e);
    const bend1 = s1 * (1 - s1);
    const bend2 = s2 * (1 - s2);
    out.value = (v + p) / e + log(e) - 1;
    first[0] = -byV * s1;
    first[1] = (byV + byE) * s2;
    second[0] = vv * s1 * s1 - byV * bend1;
    second[1] = -(vv + ve) * s1 * s2;
    second[2] = (vv + 2 * ve + ee) * s2 * s2 + (byV + byE) * bend2;
    return out;
  };
}

/** 1/(1 + e⁻ˣ), from e^−|x|. */
function logistic(x: number, small: number): number {
  return x >= 0 ? 1 / (1 + small) : small / (1 + small);
}
