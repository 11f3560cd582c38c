import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a worker thread on a module beside the caller's: `startThread(import.meta.url, "./sweep-worker")`. The built
 * file starts as it is; from the sources a thread first needs a loader of TypeScript.
 */
export function startThread(caller: string, module: string, options: WorkerOptions = {}): Worker {
  if (caller.endsWith(".js")) return new Worker(new URL(`${module}.js`, caller), options);
  const entry = JSON.stringify(new URL(`${module}.ts`, caller).href);
  const code = `import("tsx/esm/api").then(({ register }) => (register(), import(${entry})));`;
  return new Worker(code, { ...options, eval: true, execArgv: ["--conditions=source"] });
}
