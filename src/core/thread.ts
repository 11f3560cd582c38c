import { Worker, type WorkerOptions } from "node:worker_threads";
import { type ErrorCode, VolterraError } from "./errors.ts";

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

/** An error as plain data, for the way out of a thread. */
export interface PackedError {
  readonly message: string;
  readonly code?: ErrorCode;
  readonly hint?: string;
}

/** An error of the user keeps its code and hint; any other keeps its stack, as text. */
export function packError(error: unknown): PackedError {
  const { message, stack } = error as Error;
  if (error instanceof VolterraError) return { message, code: error.code, hint: error.hint };
  return { message: stack ?? message };
}

/** The error that was packed. */
export function unpackError({ message, code, hint }: PackedError): Error {
  return code ? new VolterraError(code, message, hint) : new Error(message);
}
