import { afterAll, describe, expect, it } from "vitest";
import { VolterraError } from "#core";
import { compileKernels } from "../../src/num/kernels/compile.ts";
import { createEngine } from "../../src/num/kernels/engine.ts";
import type { Pool } from "../../src/num/parallel.ts";
import { openPool } from "../../src/num/kernels/open.ts";
import { setup } from "./fixtures/tasks.ts";

const module = new URL("./fixtures/tasks.ts", import.meta.url).href;
const open: Pool[] = [];

async function poolOf(threads: number): Promise<{ pool: Pool; cells: Float64Array }> {
  const engine = createEngine(compileKernels().module, 16);
  const cells = engine.arena.reserve(64 * 8);
  const pool = await openPool({ engine, threads, setup, module, data: { cells } });
  open.push(pool);
  return { pool, cells: engine.arena.f64(cells, 64) };
}

afterAll(async () => {
  await Promise.all(open.map((pool) => pool.close()));
});

describe("a pool of threads", () => {
  it.each([1, 2, 3])("runs every shard once on %d threads", async (threads) => {
    const { pool, cells } = await poolOf(threads);
    for (let round = 1; round <= 200; round++) {
      cells.fill(-1);
      pool.run("fill", 64, round);
      expect(cells.every((value, shard) => Math.abs(value - shard * round) < 1e-6)).toBe(true);
    }
  });

  it("surfaces the error of a shard as that error, and goes on", async () => {
    const { pool, cells } = await poolOf(2);
    for (const shard of [0, 17, 63]) {
      expect(() => pool.run("fail", 64, shard, 0)).toThrow(`shard ${shard} is wrong`);
      try {
        pool.run("fail", 64, shard, 1);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(VolterraError);
        expect(error).toMatchObject({ code: "MODEL", hint: "lower the rate" });
      }
    }
    pool.run("fill", 64, 2);
    expect(Math.round(cells[63]!)).toBe(126);
  });

  it("says so when a worker dies in the middle of a job", async () => {
    const { pool } = await poolOf(2);
    expect(() => pool.run("die", 8)).toThrow("a worker has ended");
  });

  it("refuses work after it is closed, an unknown task, and no threads", async () => {
    const { pool } = await poolOf(2);
    expect(() => pool.run("dance", 1)).toThrow("no task dance among fill, fail, die");
    await pool.close();
    expect(() => pool.run("fill", 1, 1)).toThrow("closed");
    await expect(poolOf(0)).rejects.toThrow(RangeError);
  });

  it("reports a worker that cannot start", async () => {
    const engine = createEngine(compileKernels().module, 16);
    const start = openPool({
      engine,
      threads: 2,
      setup,
      module: "file:///nowhere.ts",
      data: { cells: 0 },
    });
    await expect(start).rejects.toThrow();
  });
});
