import path from "node:path";
import type { Emit } from "#core";
import {
  checkQuality,
  type Finding,
  type Market,
  memorySnapshot,
  openLake,
  openMarket,
  openSnapshot,
  type Snapshot,
  type Source,
  type Table,
} from "#market";
import type { z } from "zod";
import type { Catalog } from "./catalog.ts";
import type { data } from "./spec.ts";

/** A market and a way to check what was read of it. */
export interface Data {
  readonly market: Market;
  check(series: readonly string[]): Promise<readonly Finding[]>;
}

/** The lake of a working folder. */
export function lakeDir(root: string): string {
  return path.join(root, "lake");
}

/** Opens the market that a spec names: a snapshot of the lake, or a simulated world. */
export async function openData(
  spec: z.infer<typeof data>,
  root: string,
  catalog: Catalog,
  emit: Emit,
): Promise<Data> {
  emit({ kind: "stage", name: "data", detail: spec.source });
  const snapshot =
    spec.source === "simulated"
      ? await simulate(spec.seed, catalog, emit)
      : await openSnapshot(openLake(lakeDir(root)), spec.snapshot || undefined);
  const market = await openMarket(snapshot);
  return { market, check: (series) => checkQuality(snapshot, series) };
}

async function simulate(seed: number, catalog: Catalog, emit: Emit): Promise<Snapshot> {
  const source = await catalog.load<Source>("sources", "simulated");
  const context = { options: { seed: String(seed) }, signal: new AbortController().signal, emit };
  const tables: Record<string, Table> = {};
  for (const series of await source.list(context)) {
    tables[series] = await source.deliver(series, context);
  }
  return memorySnapshot(tables, true);
}
