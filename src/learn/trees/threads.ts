import { once } from "node:events";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { Share } from "./worker.ts";

/** Threads that wait for work. They start once, do not keep the process alive and are lent to one fit at a time. */
const idle: Worker[] = [];

/** The built file starts as it is; as TypeScript it needs the loader of the sources, registered inside the thread. */
function start(): Worker {
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL("./worker.js", import.meta.url));
  const loader = createRequire(import.meta.url)
    .resolve("tsx/esm/api")
    .replace(/cjs$/, "mjs");
  const [register, program] = [pathToFileURL(loader), new URL("./worker.ts", import.meta.url)];
  return new Worker(
    `import("${register}").then(({ register }) => (register(), import("${program}")))`,
    { eval: true, execArgv: ["--conditions=source"] },
  );
}

/** Threads lent to one fit. */
export interface Lease {
  /** Sends each thread its share; they start at once. */
  begin(shares: readonly Share[]): void;
  /** Resolves when all are done, and returns the threads; rejects with the error of the one that failed. */
  end(): Promise<void>;
}

/** Borrows `count` threads, started if there are not enough idle ones. */
export async function borrow(count: number): Promise<Lease> {
  const threads = idle.splice(0, count);
  while (threads.length < count) {
    const worker = start();
    worker.unref();
    await once(worker, "message");
    threads.push(worker);
  }
  let replies: Promise<unknown>[] = [];
  return {
    begin(shares) {
      replies = threads.map((worker, i) => {
        const reply = once(worker, "message");
        worker.postMessage(shares[i], []);
        return reply;
      });
    },
    async end() {
      const answers = await Promise.all(replies);
      idle.push(...threads);
      for (const [answer] of answers as [{ error?: unknown }][]) {
        if (answer.error !== undefined) throw answer.error;
      }
    },
  };
}
