import type { Worker } from "node:worker_threads";
import { type Emit, type PackedError, startThread, unpackError } from "#core";
import { type Chain, type ChainFit, fitChain } from "./forecast-chain.ts";

/** Work below which a thread is not worth its start: rows trained on times what a row holds. */
const WORTH = 2_000_000;

function workOf({ folds, rows }: Chain): number {
  const width = rows.steps * rows.names.length;
  return folds.reduce((sum, { train }) => sum + train.length * width, 0);
}

/**
 * Fits chains, several at a time on threads of their own. A chain depends on nothing but itself, so results are equal
 * to the bit for any number of threads. The longest begin first.
 */
export async function fitChains(
  chains: readonly Chain[],
  threads: number,
  emit: Emit,
): Promise<(readonly ChainFit[])[]> {
  const total = chains.reduce((sum, { folds }) => sum + folds.length, 0);
  let done = 0;
  const onFit = () => emit({ kind: "progress", name: "models", done: ++done, total });
  const out = Array.from<readonly ChainFit[]>({ length: chains.length });
  const order = chains.map((_, i) => i).toSorted((a, b) => workOf(chains[b]!) - workOf(chains[a]!));
  const whole = chains.reduce((sum, chain) => sum + workOf(chain), 0);
  const size = Math.min(threads, chains.length, Math.ceil(whole / WORTH));
  if (size <= 1) {
    for (const i of order) out[i] = await fitChain(chains[i]!, onFit);
    return out;
  }
  const team = Array.from({ length: size }, () =>
    startThread(import.meta.url, "./forecast-worker"),
  );
  let next = 0;
  const work = async (worker: Worker): Promise<void> => {
    while (next < order.length) {
      const i = order[next++]!;
      out[i] = await ask(worker, chains[i]!, onFit);
    }
  };
  try {
    await Promise.all(team.map(work));
  } finally {
    await Promise.all(team.map((worker) => worker.terminate()));
  }
  return out;
}

type Answer =
  | { readonly kind: "fit" }
  | { readonly kind: "done"; readonly fits: readonly ChainFit[] }
  | { readonly kind: "error"; readonly error: PackedError };

/** One chain on a thread; rejects with the error that the thread met. */
function ask(worker: Worker, chain: Chain, onFit: () => void): Promise<readonly ChainFit[]> {
  return new Promise((resolve, reject) => {
    const listen = (answer: Answer) => {
      if (answer.kind === "fit") return onFit();
      worker.off("message", listen).off("error", reject);
      if (answer.kind === "done") return resolve(answer.fits);
      reject(unpackError(answer.error));
    };
    worker.on("message", listen).once("error", reject);
    worker.postMessage(chain, []);
  });
}
