/** One thread among those that run the same program on the same memory. */
export interface Team {
  readonly rank: number;
  readonly size: number;
  /** Waits until every thread is here. */
  barrier(): void;
}

/** Places in the control array. */
const ARRIVED = 0;
const GENERATION = 1;
const FAILED = 2;
/** Set to 1 by the first thread to end the boosting after a round. */
export const STOPPED = 3;

/** Looks at the generation this often before it sleeps: the wait of a level is shorter than a sleep. */
const SPINS = 20_000;

/** A team over a control array in shared memory; a team of one waits for nobody. */
export function team(rank: number, size: number, control: Int32Array): Team {
  return {
    rank,
    size,
    barrier(): void {
      if (size === 1) return;
      const generation = Atomics.load(control, GENERATION);
      if (Atomics.add(control, ARRIVED, 1) === size - 1) {
        Atomics.store(control, ARRIVED, 0);
        Atomics.add(control, GENERATION, 1);
        Atomics.notify(control, GENERATION);
      } else {
        for (let spin = 0; Atomics.load(control, GENERATION) === generation; spin++) {
          if (spin >= SPINS) Atomics.wait(control, GENERATION, generation);
        }
      }
      if (Atomics.load(control, FAILED) !== 0) throw new Error("another thread failed");
    },
  };
}

/** Releases every thread that waits; each then throws. */
export function fail(control: Int32Array): void {
  Atomics.store(control, FAILED, 1);
  Atomics.add(control, GENERATION, 1);
  Atomics.notify(control, GENERATION);
}
