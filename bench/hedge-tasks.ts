import { type RecurrentPolicy, Shelf, recurrentPolicy, scratchOver, updateTasks } from "#learn";
import type { ParameterMemory } from "#learn";
import { type Setup, exp } from "#num";

/** The hedging exercise of the bench: a path's features, price changes, costs and payoff, in tiles of paths. */
export interface HedgeData {
  readonly paths: number;
  readonly steps: number;
  readonly tile: number;
  /** Paths of a shard. */
  readonly shardPaths: number;
  readonly parameters: ParameterMemory;
  readonly scratch: readonly number[];
  readonly scratchBytes: number;
  /** [tile][steps][rows][8]: four features and the previous action. */
  readonly x: number;
  /** [tile][steps][rows]. */
  readonly change: number;
  readonly cost: number;
  /** [path]. */
  readonly payoff: number;
  /** f64 a shard. */
  readonly losses: number;
}

/** MLP 5 → 64 → 64 → 1, ReLU, fed with its previous action. */
export function makePolicy(): { shelf: Shelf; policy: RecurrentPolicy } {
  const shelf = new Shelf();
  const spec = { features: 4, hidden: [64, 64], activation: "relu" } as const;
  return { shelf, policy: recurrentPolicy(shelf, "policy", spec) };
}

/** Loss E[e^−P&L] with P&L = Σ a·ΔS − cost·|Δa| − payoff, and its gradient. */
export const setup: Setup = ({ engine, thread, data }) => {
  const d = data as HedgeData;
  const { arena, kernels } = engine;
  const { policy } = makePolicy();
  const scratch = scratchOver(d.scratch[thread]!, d.scratchBytes);
  const { steps, parameters } = d;
  return {
    gradient(shard) {
      const gradient = parameters.gradients + 4 * shard * parameters.size;
      arena.f32(gradient, parameters.size).fill(0);
      const { values, transposed } = parameters;
      const pass = { kernels, arena, scratch, values, transposed, gradient };
      const end = Math.min(d.paths, (shard + 1) * d.shardPaths);
      let loss = 0;
      for (let first = shard * d.shardPaths; first < end; first += d.tile) {
        scratch.reset();
        const rows = Math.min(d.tile, end - first);
        const at = 4 * first * steps;
        const taped = policy.forward(pass, { x: d.x + 8 * at, steps, rows });
        const actions = arena.f32(taped.actions, steps * rows);
        const change = arena.f32(d.change + at, steps * rows);
        const cost = arena.f32(d.cost + at, steps * rows);
        const payoff = arena.f32(d.payoff + 4 * first, rows);
        const dAt = scratch.take(steps * rows);
        const dActions = arena.f32(dAt, steps * rows).fill(0);
        for (let row = 0; row < rows; row++) {
          let pnl = -payoff[row]!;
          for (let t = 0, before = 0; t < steps; t++) {
            const i = t * rows + row;
            const action = actions[i]!;
            pnl += action * change[i]! - cost[i]! * Math.abs(action - before);
            before = action;
          }
          const e = exp(-pnl);
          loss += e;
          const up = -e / d.paths;
          for (let t = 0, before = 0; t < steps; t++) {
            const i = t * rows + row;
            const trade = cost[i]! * Math.sign(actions[i]! - before) * up;
            dActions[i]! += up * change[i]! - trade;
            if (t > 0) dActions[i - rows]! += trade;
            before = actions[i]!;
          }
        }
        taped.backward(dAt);
      }
      arena.f64(d.losses, shard + 1)[shard] = loss / d.paths;
    },
    ...updateTasks(engine, parameters),
  };
};

export const MODULE = import.meta.url;
