/** A volatility target laid over positions: m = clip(target / volatility, least, most), moved only when it pays. */
export interface OverlayTerms {
  /** Volatility to reach, decimal a year. */
  readonly target: number;
  readonly least: number;
  readonly most: number;
  /** Least change worth making, and sessions that a multiplier stands at least. */
  readonly step: number;
  readonly dwell: number;
}

/** The multiplier in force and the sessions since it changed. */
export interface OverlayMemory {
  scale: number;
  age: number;
}

/** Multiplier 1, free to move at once. */
export function startOverlay({ dwell }: OverlayTerms): OverlayMemory {
  return { scale: 1, age: dwell };
}

/** One session: moves the multiplier where that is due and returns it. An unknown volatility (NaN) asks for 1. */
export function stepOverlay(
  memory: OverlayMemory,
  volatility: number,
  { target, least, most, step, dwell }: OverlayTerms,
): number {
  memory.age++;
  const wanted = Number.isNaN(volatility)
    ? 1
    : Math.min(Math.max(target / volatility, least), most);
  if (Math.abs(wanted - memory.scale) >= step && memory.age >= dwell) {
    memory.scale = wanted;
    memory.age = 0;
  }
  return memory.scale;
}
