import { parentPort } from "node:worker_threads";
import { type BoostPlan, boostRounds } from "./boost.ts";
import { fail, team } from "./team.ts";
import { type Shape, workspace } from "./workspace.ts";

/** What the first thread asks of another: the same program on the same memory, as thread `rank`. */
export interface Share {
  readonly rank: number;
  readonly shape: Shape;
  readonly buffer: ArrayBufferLike;
  readonly plan: BoostPlan;
}

parentPort!.on("message", ({ rank, shape, buffer, plan }: Share) => {
  const work = workspace(shape, buffer);
  try {
    for (const _ of boostRounds(work, team(rank, shape.threads, work.control), plan));
    parentPort!.postMessage({ done: true }, []);
  } catch (error) {
    fail(work.control);
    parentPort!.postMessage({ error }, []);
  }
});
parentPort!.postMessage({ done: true }, []);
