import { type Key, uniforms } from "#core";
import { exp, log } from "#num";

/** Open, high, low and close, one value a session. */
export interface Bars {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** Share of a session's variance between the last close and the open. */
const OVERNIGHT = 0.35;

/** What a session's bar is drawn from; logarithms of prices. */
export interface BarShape {
  /** Close of the session before, less the dividend. */
  readonly previous: number;
  readonly close: number;
  /** Log deviation of the session. */
  readonly deviation: number;
  /** Standard normal; its sign is the sign of the surprise at the open. */
  readonly gap: number;
  /** Uniform on (0, 1). */
  readonly up: number;
  readonly down: number;
}

/**
 * Open, high and low of a session in which the log price moves as a Brownian motion from the last close to the
 * close: the open is a point of that bridge, high and low the extremes of the bridge from the open a distance a
 * away, (a ± √(a² − 2 s² ln u)) / 2 (Glasserman, "Monte Carlo Methods in Financial Engineering", 2003, p. 367).
 */
export function shapeBar(shape: BarShape): { open: number; high: number; low: number } {
  const { previous, close, deviation, gap } = shape;
  const wander = Math.sqrt(OVERNIGHT * (1 - OVERNIGHT)) * deviation * gap;
  const open = previous + OVERNIGHT * (close - previous) + wander;
  const distance = close - open;
  const variance = (1 - OVERNIGHT) * deviation * deviation;
  const reach = (u: number) => Math.sqrt(distance * distance - 2 * variance * log(u));
  return {
    open: exp(open),
    high: exp(open + 0.5 * (distance + reach(shape.up))),
    low: exp(open + 0.5 * (distance - reach(shape.down))),
  };
}

/** Bars of an index around its closes, in hundredths. The first session opens where it closes. */
export function drawIndexBars(
  source: Key,
  closes: Float64Array,
  deviations: Float64Array,
  gaps: Float64Array,
): Bars {
  const n = closes.length;
  const [ups, downs] = [uniforms(source.fold("up"), n), uniforms(source.fold("down"), n)];
  const bars = emptyBars(n);
  for (let t = 0; t < n; t++) {
    const close = log(closes[t]!);
    const shape = shapeBar({
      previous: t > 0 ? log(closes[t - 1]!) : close,
      close,
      deviation: deviations[t]!,
      gap: t > 0 ? gaps[t]! : 0,
      up: ups[t]!,
      down: downs[t]!,
    });
    bars.open[t] = hundredths(shape.open);
    bars.high[t] = hundredths(shape.high);
    bars.low[t] = hundredths(shape.low);
    bars.close[t] = hundredths(closes[t]!);
  }
  return bars;
}

export function emptyBars(n: number): Bars {
  const column = () => new Float64Array(n);
  return { open: column(), high: column(), low: column(), close: column() };
}

/** Rounded to two decimals, as quoted. */
export function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
