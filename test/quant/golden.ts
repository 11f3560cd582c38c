import { readFileSync } from "node:fs";
import type { GarchOptions, Greeks, Right } from "#quant";

interface Golden {
  readonly normalisedBlack: readonly (readonly [number, number, number])[];
  readonly greeks: readonly {
    readonly right: Right;
    readonly args: readonly [number, number, number, number, number, number];
    readonly greeks: Greeks;
  }[];
  readonly heston: readonly {
    readonly model: Readonly<Record<string, number>>;
    readonly args: readonly [number, number, number, number, number];
    readonly call: number;
  }[];
  readonly garch: {
    readonly returns: readonly number[];
    readonly fits: readonly (Required<GarchOptions> & {
      readonly logLikelihood: number;
      readonly params: Readonly<Record<"mean" | "omega" | "alpha" | "gamma" | "beta", number>>;
      readonly lastVariance: number;
      readonly forecast: readonly number[];
    })[];
  };
  readonly har: readonly {
    readonly horizon: number;
    readonly coefficients: readonly number[];
    readonly variance: number;
    readonly rows: number;
    readonly inverseGram: readonly number[];
  }[];
}

/** Values of independent libraries; made by test/golden/make/quant.py. */
export const golden = JSON.parse(
  readFileSync(new URL("../golden/quant.json", import.meta.url), "utf8"),
) as Golden;
