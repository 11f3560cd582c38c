import type { Worker } from "node:worker_threads";
import { type Emit, type PackedError, startThread, unpackError } from "#core";
import { type Chain, type ChainFit, fitChain } from "./forecast-chain.ts";
import type { KeptFits } from "./forecast-kept.ts";

/** Work below which a thread is not worth its start: rows trained on times what a row holds. */
const WORTH = 2_000_000;

function workOf({ folds, rows }: Chain): number {
  const width = rows.steps * rows.names.length;
  return folds.reduce((sum, { train }) => sum + train.length * width, 0);
}

/** How chains are fitted. */
export interface Fitting {
  readonly threads: number;
  readonly emit: Emit;
  /** Chains that an interrupted run has finished. */
  readonly kept?: KeptFits | undefined;
}

/**
 * Fits chains, several at a time on threads of their own. A chain depends on nothing but itself, so results are equal
 * to the bit for any number of threads, and for a run that goes on where another was interrupted. The longest begin first.
 */
export async function fitChains(
  chains: readonly Chain[],
  { threads, emit, kept }: Fitting,
): Promise<(readonly ChainFit[])[]> {
  const total = chains.reduce((sum, { folds }) => sum + folds.length, 0);
  let done = 0;
  const onFit = () => emit({ kind: "progress", name: "models", done: ++done, total });
  const out = chains.map((chain) => kept?.read(chain) ?? []);
  const order = chains
    .map((_, i) => i)
    .filter((i) => out[i]!.length === 0)
    .toSorted((a, b) => workOf(chains[b]!) - workOf(chains[a]!));
  out.forEach((fits) => fits.forEach(onFit));
  const finish = async (i: number, fits: readonly ChainFit[]) => {
    out[i] = fits;
    await kept?.write(chains[i]!, fits);
  };
  const whole = order.reduce((sum, i) => sum + workOf(chains[i]!), 0);
  const size = Math.min(threads, order.length, Math.ceil(whole / WORTH));
  if (size <= 1) {
    for (const i of order) await finish(i, await fitChain(chains[i]!, onFit));
    return out;
  }
  const team = Array.from({ length: size }, () =>
    startThread(import.meta.url, "./forecast-worker"),
  );
  let next = 0;
  const work = async (worker: Worker): Promise<void> => {
    while (next < order.length) {
      const i = order[next++]!;
      await finish(i, await ask(worker, chains[i]!, onFit));
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
