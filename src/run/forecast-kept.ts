import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { deserialize, serialize } from "node:v8";
import { writeWhole, writing } from "#core";
import type { Chain, ChainFit } from "./forecast-chain.ts";

/** Finished chains of a run that may be interrupted. */
export interface KeptFits {
  /** What became of a chain, where that is known; each fit is counted. */
  read(chain: Chain): readonly ChainFit[] | undefined;
  write(chain: Chain, fits: readonly ChainFit[]): Promise<void>;
}

/**
 * Keeps the finished chains of one run in a folder, a file each, there whole or not at all. Model and seed name a chain:
 * a run is one spec, one snapshot and one code.
 */
export function keepFits(dir: string): KeptFits {
  const fileOf = ({ name, seed }: Chain) =>
    path.join(dir, `${encodeURIComponent(name)}-${seed}.fits`);
  return {
    read(chain) {
      const file = fileOf(chain);
      if (!existsSync(file)) return undefined;
      const bytes = readFileSync(file);
      try {
        return deserialize(bytes) as ChainFit[];
      } catch {
        // Written by a newer Node, or damaged: the chain is fitted again.
        return undefined;
      }
    },
    async write(chain, fits) {
      await writing(dir, () => writeWhole(dir, fileOf(chain), serialize(fits)));
    },
  };
}
