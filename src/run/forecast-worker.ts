import { parentPort } from "node:worker_threads";
import { packError } from "#core";
import { type Chain, fitChain } from "./forecast-chain.ts";

const port = parentPort!;

port.on("message", (chain: Chain) => {
  fitChain(chain, () => port.postMessage({ kind: "fit" })).then(
    (fits) => port.postMessage({ kind: "done", fits }),
    (error: unknown) => port.postMessage({ kind: "error", error: packError(error) }),
  );
});
