import { key } from "#core";
import type { Setup } from "#num";
import heston from "../catalog/processes/heston.ts";

/** Paths a shard. */
export const SHARD = 5000;

/** What the threads of the bench do: shards of one Heston simulation into shared memory. */
export const setup: Setup = ({ engine, data }) => {
  const { paths, steps, scheme } = data as { paths: number; steps: number; scheme: string };
  const common = { paths: SHARD, steps, dt: 1 / 252, key: key(1), spot: 100, scheme };
  return {
    simulate(shard, [spotAt, varianceAt]) {
      const first = shard * SHARD;
      const size = (steps + 1) * paths;
      const spot = engine.arena.f64(spotAt!, size);
      const variance = engine.arena.f64(varianceAt!, size);
      heston.simulate({ ...common, first, into: { spot, variance, width: paths, at: first } });
    },
  };
};
