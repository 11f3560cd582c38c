import { type Key, SESSIONS_PER_YEAR, uniforms } from "#core";
import { exp, log, normals } from "#num";
import type { VarianceState } from "./expected-variance.ts";
import { ACTUAL, REGIMES, SHOCKS, VVIX } from "./parameters.ts";

/** What drives everything else: one value a session. */
export interface CorePath extends VarianceState {
  /** Unexpected log return of SPY. */
  readonly surprise: Float64Array;
  /** The same without jumps, in daily deviations: the shock other markets share. */
  readonly shock: Float64Array;
  /** Log of VVIX over its usual level. */
  readonly vvix: Float64Array;
}

/**
 * Regimes, variance and SPY surprises of `n` sessions. The return of session t has the variance known at the
 * close of t − 1, so volatility at a close says something of the next day and not of the day itself.
 */
export function drawCore(source: Key, n: number): CorePath {
  const draw = (name: string) => normals(source.fold(name), n);
  const chance = (name: string) => uniforms(source.fold(name), n);
  const shock = draw("spy");
  const [own, slowShock, vvixShock] = [draw("fast"), draw("slow"), draw("vvix")];
  const [switching, jumping, size] = [chance("regime"), chance("jump"), chance("size")];
  const fast = new Float64Array(n);
  const slow = new Float64Array(n);
  const regime = new Uint8Array(n);
  const surprise = new Float64Array(n);
  const vvix = new Float64Array(n);
  const { leverage, jumpChance } = SHOCKS;
  const unexplained = Math.sqrt(1 - leverage * leverage);
  const alone = Math.sqrt(1 - VVIX.common * VVIX.common);
  // Jumps are paid for: what they take from the mean is spread over all sessions.
  const meanJump = jumpChance * (SHOCKS.jumpSize + 1 - exp(-SHOCKS.jumpCut));
  let [f, s, z, u] = [ACTUAL.level[0]!, ACTUAL.level[0]!, 0, 0];
  for (let t = 0; t < n; t++) {
    const deviation = Math.sqrt(f / SESSIONS_PER_YEAR);
    const variance = leverage * shock[t]! + unexplained * own[t]!;
    const force = 1 / (1 + f / SHOCKS.ceiling);
    const spread = SHOCKS.fast * force * exp(0.5 * u);
    // Every factor has mean one, so that expected variance stays linear in the state.
    let factor = exp(spread * variance - 0.5 * spread * spread) / meanJumpFactor(force);
    let jump = 0;
    if (jumping[t]! < jumpChance) {
      const tail = Math.min(-log(size[t]!), SHOCKS.jumpCut);
      jump = SHOCKS.jumpSize + tail;
      factor *= exp(force * (SHOCKS.jumpVariance + SHOCKS.jumpTail * tail));
    }
    surprise[t] = deviation * (shock[t]! - jump + meanJump) - 0.5 * deviation * deviation;
    z = nextRegime(z, switching[t]!);
    s += ACTUAL.slow * (ACTUAL.level[z]! - s);
    s *= exp(SHOCKS.slow * slowShock[t]! - 0.5 * SHOCKS.slow * SHOCKS.slow);
    f = (f + ACTUAL.fast * (ACTUAL.lift * s - f)) * factor;
    u = VVIX.persistence * u + VVIX.deviation * (VVIX.common * variance + alone * vvixShock[t]!);
    if (jump > 0) u += 0.1 * jump;
    [fast[t], slow[t], regime[t], vvix[t]] = [f, s, z, u];
  }
  return { fast, slow, regime, surprise, shock, vvix };
}

/** 1 + chance · (E[e^(force (jumpVariance + jumpTail · x))] − 1), x exponential with mean 1 and cut at c. */
function meanJumpFactor(force: number): number {
  const { jumpChance, jumpVariance, jumpTail, jumpCut } = SHOCKS;
  const rest = 1 - force * jumpTail;
  const beyond = exp(-rest * jumpCut);
  const mean = exp(force * jumpVariance) * ((1 - beyond) / rest + beyond);
  return 1 + jumpChance * (mean - 1);
}

function nextRegime(regime: number, u: number): number {
  let sum = 0;
  for (let next = 0; next < REGIMES; next++) {
    sum += ACTUAL.transition[regime]![next]!;
    if (u < sum) return next;
  }
  return regime;
}
