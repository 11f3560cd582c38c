import type { Episodes } from "./episodes.ts";
import type { Positions } from "./reckoning.ts";

/** Something that hedges: from episodes to positions, row t from what is known at session t. */
export interface Hedger {
  hedge(episodes: Episodes): Positions;
}

/** Shape of a network that hedges. */
export interface NetworkShape {
  readonly hidden: readonly number[];
  /** A rectifier unless said. */
  readonly activation?: "relu" | "gelu" | "tanh";
  /** The action is delta plus a residual within ±bound; the plain output where absent. */
  readonly bound?: number;
  readonly norm?: boolean;
}

/** A way to hedge: a rule, or the shape of a network that is trained. */
export type Policy = {
  readonly kind: "policy";
  readonly name: string;
  readonly describe: string;
} & (
  | { readonly rule: Hedger["hedge"]; readonly network?: undefined }
  | { readonly network: NetworkShape; readonly rule?: undefined }
);

/** Freezes a policy. */
export function definePolicy(policy: Policy extends infer P ? Omit<P, "kind"> : never): Policy {
  return Object.freeze({ kind: "policy" as const, ...policy } as Policy);
}

/** A rule asked session by session: `decide(k, before)` is the position of element k, `before` the one held. */
export function stepwise(
  decide: (e: Episodes, k: number, before: number) => number,
): Hedger["hedge"] {
  return (e) => {
    const { paths: n, steps } = e;
    const stock = new Float64Array(steps * n);
    for (let k = 0; k < steps * n; k++) stock[k] = decide(e, k, k < n ? 0 : stock[k - n]!);
    return { stock };
  };
}
