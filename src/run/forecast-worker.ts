import { parentPort } from "node:worker_threads";
import { VolterraError } from "#core";
import { type Chain, fitChain } from "./forecast-chain.ts";

const port = parentPort!;

/** Errors of the user keep their code and hint across the thread. */
function described(error: unknown): object {
  const { message, stack } = error as Error;
  if (error instanceof VolterraError) return { message, code: error.code, hint: error.hint };
  return { message: stack ?? message };
}

port.on("message", (chain: Chain) => {
  fitChain(chain, () => port.postMessage({ kind: "fit" })).then(
    (fits) => port.postMessage({ kind: "done", fits }),
    (error: unknown) => port.postMessage({ kind: "error", error: described(error) }),
  );
});
