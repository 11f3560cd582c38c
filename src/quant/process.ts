import { type Key, VolterraError, suggest } from "#core";
import type { z } from "zod";
import { type Draws, createDraws } from "./draws.ts";

/** Which paths to simulate, and how. */
export interface Simulation {
  /** Number of paths. */
  readonly paths: number;
  /** Time steps a path. */
  readonly steps: number;
  /** Years a step: 1/252 for sessions. */
  readonly dt: number;
  /** Parameters of the process; those left out keep their defaults. */
  readonly params?: unknown;
  /** Path i depends on this key and i alone; every process draws the same numbers for it. */
  readonly key: Key;
  /** Price at the start. */
  readonly spot: number;
  /** Number of the first path, 0 unless given: simulations of parts join to the whole, bit by bit. */
  readonly first?: number;
  /** One of the process's `schemes`; the first unless given. */
  readonly scheme?: string;
  /** What a resampling process draws from. */
  readonly history?: History;
  /** Where to write; fresh arrays unless given. */
  readonly into?: Target;
}

/** Room for paths among others, in memory that threads may share: columns `at` … `at + paths − 1` of wider rows. */
export interface Target {
  readonly spot: Float64Array;
  readonly variance: Float64Array;
  /** Length of a row. */
  readonly width: number;
  readonly at: number;
}

/** Consecutive periods of a real series. */
export interface History {
  /** Simple returns, one a step. */
  readonly returns: Float64Array;
  /** Annualised variance known at the end of the same period, if there is one. */
  readonly variance?: Float64Array;
}

/** Paths row by row: element [t · paths + i] is path i after t steps; row 0 is the start. */
export interface Paths {
  readonly paths: number;
  readonly steps: number;
  readonly dt: number;
  /** Prices, [steps + 1][paths]. */
  readonly spot: Float64Array;
  /** Annualised variance of the continuous part of the log return, [steps + 1][paths]; NaN where there is none. */
  readonly variance: Float64Array;
  /** What a user should know of these parameters: "2·kappa·theta < xi² …". */
  readonly warnings: readonly string[];
}

/** The state of a tile of paths at one row, changed in place. */
export interface Tile {
  readonly spot: Float64Array;
  readonly variance: Float64Array;
  /** One more number a path, for what neither price nor variance says. */
  readonly hidden: Float64Array;
  /** Room for the log returns of a step; says nothing between steps. */
  readonly logReturn: Float64Array;
  readonly draws: Draws;
}

/** What is the same for all paths of a simulation. */
export interface Setting<P> {
  readonly params: P;
  readonly dt: number;
  readonly spot: number;
  readonly scheme: string;
  readonly history: History | undefined;
}

/** What a process must give. */
export interface ProcessDefinition<P> {
  readonly name: string;
  readonly describe: string;
  /** A strict object in which every key has a default, annual decimals. */
  readonly params: z.ZodType<P>;
  /** Names of the discretisations, the default first. */
  readonly schemes: readonly [string, ...string[]];
  /** What a user should know of parameters that are possible but awkward. */
  warn?(params: NoInfer<P>): readonly string[];
  /** Checks the setting, and precomputes what its paths share. */
  start(setting: Setting<NoInfer<P>>): {
    /** Fills variance, and hidden where it is used, at the start of the paths. */
    begin(tile: Tile): void;
    /** Row `step` → row `step` + 1. */
    advance(tile: Tile, step: number): void;
  };
}

/** A price process: from a key to paths. */
export interface Process<P = unknown> {
  readonly kind: "process";
  readonly name: string;
  readonly describe: string;
  readonly params: z.ZodType<P>;
  readonly defaults: P;
  readonly schemes: readonly string[];
  /**
   * Simulates paths. Equal simulations give equal bytes, whatever is simulated beside them. Throws `VolterraError`
   * ("SPEC") for impossible parameters: negative variance, |rho| > 1, zero maturity, no paths.
   */
  simulate(simulation: Simulation): Paths;
}

/** Paths advanced together: small enough for the first-level cache, long enough for the loops. */
const TILE = 1024;

/** Makes a process of its definition: checks, tiles and layout are the same for all. */
export function defineProcess<P>(definition: ProcessDefinition<P>): Process<P> {
  const { name, describe, params, schemes } = definition;
  return Object.freeze({
    kind: "process" as const,
    name,
    describe,
    params,
    schemes,
    defaults: parse(definition, {}),
    simulate: (simulation: Simulation) => simulate(definition, simulation),
  });
}

function simulate<P>(definition: ProcessDefinition<P>, simulation: Simulation): Paths {
  const { paths, steps, dt, key, first = 0 } = simulation;
  const setting = settle(definition, simulation);
  const { begin, advance } = definition.start(setting);
  const drawsOf = createDraws(key.fold("paths"));
  const { spot, variance, width, at } = simulation.into ?? reserve(paths, steps);
  for (let from = 0; from < paths; from += TILE) {
    const count = Math.min(TILE, paths - from);
    const tile: Tile = {
      spot: new Float64Array(count).fill(setting.spot),
      variance: new Float64Array(count),
      hidden: new Float64Array(count),
      logReturn: new Float64Array(count),
      draws: drawsOf(first + from, count),
    };
    for (let t = 0; t <= steps; t++) {
      if (t === 0) begin(tile);
      else advance(tile, t - 1);
      spot.set(tile.spot, t * width + at + from);
      variance.set(tile.variance, t * width + at + from);
    }
  }
  const warnings = definition.warn?.(setting.params) ?? [];
  return Object.freeze({ paths: width, steps, dt, spot, variance, warnings });
}

function reserve(paths: number, steps: number): Target {
  const size = (steps + 1) * paths;
  return { spot: new Float64Array(size), variance: new Float64Array(size), width: paths, at: 0 };
}

/** Checks a simulation before any work. */
function settle<P>(definition: ProcessDefinition<P>, simulation: Simulation): Setting<P> {
  const { name, schemes } = definition;
  const { paths, steps, dt, spot, first = 0, scheme = schemes[0], history, into } = simulation;
  const refuse = (message: string, hint: string): never => {
    throw new VolterraError("SPEC", `process "${name}": ${message}`, hint);
  };
  if (!(Number.isInteger(paths) && paths >= 1)) refuse(`${paths} paths`, "Ask for one or more.");
  if (!(Number.isInteger(steps) && steps >= 1 && dt > 0 && Number.isFinite(dt))) {
    refuse(`${steps} steps of ${dt} years`, "A path needs at least one step and a positive time.");
  }
  if (!(Number.isInteger(first) && first >= 0 && first + paths <= 2 ** 32)) {
    refuse(`paths ${first} … ${first + paths}`, "Path numbers run from 0 to 2³² − 1.");
  }
  if ((steps + 1) * paths > 2 ** 30) {
    refuse(`${paths} paths of ${steps} steps do not fit in memory`, "Simulate in parts (`first`).");
  }
  if (into && !fits(into, paths, steps)) {
    throw new RangeError(`${paths} paths of ${steps} steps at ${into.at} do not fit their target`);
  }
  if (!(spot > 0 && Number.isFinite(spot))) refuse(`a spot of ${spot}`, "Give a positive price.");
  if (!schemes.includes(scheme)) refuse(`no scheme "${scheme}"`, suggest(scheme, schemes));
  return { params: parse(definition, simulation.params), dt, spot, scheme, history };
}

function fits({ spot, variance, width, at }: Target, paths: number, steps: number): boolean {
  const size = (steps + 1) * width;
  return at >= 0 && at + paths <= width && spot.length >= size && variance.length >= size;
}

function parse<P>(definition: ProcessDefinition<P>, params: unknown): P {
  const parsed = definition.params.safeParse(params ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const where = issue.path.length > 0 ? ` at "${issue.path.join(".")}"` : "";
  const known = Object.keys((definition.params as { shape?: object }).shape ?? {});
  throw new VolterraError(
    "SPEC",
    `process "${definition.name}"${where}: ${issue.message}`,
    issue.code === "unrecognized_keys"
      ? suggest(issue.keys[0]!, known)
      : `Parameters: ${known.join(", ")}.`,
  );
}
