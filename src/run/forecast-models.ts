import { type Day } from "#core";
import type { ChainFit, SavedModel } from "./forecast-chain.ts";
import type { RunFiles } from "./execute-kind.ts";
import { toJson } from "./json.ts";

/** The last model of each seed. */
export function savedOf(
  own: readonly { readonly seed: number; readonly fits: readonly ChainFit[] }[],
): Record<number, SavedModel> {
  const pairs = own.flatMap(({ seed, fits }) => {
    const saved = fits.at(-1)?.saved;
    return saved ? [[seed, saved] as const] : [];
  });
  return Object.fromEntries(pairs);
}

const EXTENSIONS = { safetensors: "safetensors", "xgboost-json": "xgboost.json" } as const;

/** Files of the last models in a run's folder: ours, and those for PyTorch and XGBoost. */
export function modelFiles(
  contenders: readonly {
    readonly name: string;
    readonly saved: Readonly<Record<number, SavedModel>>;
  }[],
  /** Last close that they know. */
  asOf: Day,
): RunFiles {
  const files: Record<string, Uint8Array> = {};
  for (const { name, saved } of contenders) {
    for (const [seed, { file, exchange }] of Object.entries(saved)) {
      const stem = `models/${encodeURIComponent(name)}-${seed}`;
      files[`${stem}.volterra`] = file;
      if (exchange) files[`${stem}.${EXTENSIONS[exchange.format]}`] = exchange.bytes;
    }
  }
  return { ...files, "models/about.json": toJson({ asOf, models: Object.keys(files) }, 1) };
}
