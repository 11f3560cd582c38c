/**
 * The normal distribution through its Mills ratio R(z) = Φ(z)/φ(z), which neither underflows nor cancels in the
 * lower tail, where option prices live.
 */
import { exp } from "#num";

const INV_SQRT_2PI = 0.3989422804014327;
const SQRT_HALF_PI = 1.2533141373155003;

/** φ(z), the standard normal density. */
export function density(z: number): number {
  return INV_SQRT_2PI * exp(-0.5 * z * z);
}

/**
 * e^(x²)·erfc(x) for x ≥ 0.46875 and erf(x) below, as minimax rationals: W. J. Cody, "Rational Chebyshev
 * approximation for the error function", Mathematics of Computation 23 (1969), 631–637.
 */
function scaledErfc(x: number): number {
  if (x <= 4) {
    const top =
      (((((((2.1531153547440383e-8 * x + 0.5641884969886701) * x + 8.883149794388377) * x +
        66.11919063714163) *
        x +
        298.6351381974001) *
        x +
        881.952221241769) *
        x +
        1712.0476126340707) *
        x +
        2051.0783778260716) *
        x +
      1230.3393547979972;
    const bottom =
      (((((((x + 15.744926110709835) * x + 117.6939508913125) * x + 537.1811018620099) * x +
        1621.3895745666903) *
        x +
        3290.7992357334597) *
        x +
        4362.619090143247) *
        x +
        3439.3676741437216) *
        x +
      1230.3393548037495;
    return top / bottom;
  }
  const y = 1 / (x * x);
  const top =
    ((((0.016315387137302097 * y + 0.30532663496123236) * y + 0.36034489994980445) * y +
      0.12578172611122926) *
      y +
      0.016083785148742275) *
      y +
    0.0006587491615298378;
  const bottom =
    ((((y + 2.568520192289822) * y + 1.8729528499234673) * y + 0.5279051029514285) * y +
      0.06051834131244132) *
      y +
    0.0023352049762686918;
  return (0.5641895835477563 - (y * top) / bottom) / x;
}

/** erf(x) for |x| ≤ 0.46875. */
function erfNear(x: number): number {
  const y = x * x;
  const top =
    (((0.18577770618460315 * y + 3.1611237438705655) * y + 113.86415415105016) * y +
      377.485237685302) *
      y +
    3209.3775891384694;
  const bottom =
    (((y + 23.601290952344122) * y + 244.02463793444417) * y + 1282.6165260773723) * y +
    2844.236833439171;
  return (x * top) / bottom;
}

/** R(z) = Φ(z)/φ(z); +∞ where φ(z) underflows above. */
export function mills(z: number): number {
  const x = -z * Math.SQRT1_2;
  if (x > 0.46875) return SQRT_HALF_PI * scaledErfc(x);
  return cumulative(z) / density(z);
}

/** Φ(z), relative accuracy in the lower tail. `bell` is φ(z), where it is known already. */
export function cumulative(z: number, bell: number = density(z)): number {
  const x = Math.abs(z) * Math.SQRT1_2;
  if (x <= 0.46875) return 0.5 + 0.5 * erfNear(z * Math.SQRT1_2);
  if (z !== z) return NaN;
  const tail = bell === 0 ? 0 : bell * SQRT_HALF_PI * scaledErfc(x);
  return z < 0 ? tail : 1 - tail;
}
