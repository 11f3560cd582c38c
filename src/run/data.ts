import path from "node:path";
import type { Day, Emit } from "#core";
import {
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

/** The lake of a working folder. */
export function lakeDir(root: string): string {
  return path.join(root, "lake");
}

/** The snapshot that a spec names: one of the lake, or a simulated world. */
export async function openSpecified(
  spec: z.infer<typeof data>,
  root: string,
  catalog: Catalog,
  emit: Emit,
): Promise<Snapshot> {
  if (spec.source === "lake") {
    return openSnapshot(openLake(lakeDir(root)), spec.snapshot || undefined);
  }
  const source = await catalog.load<Source>("sources", "simulated");
  return takeSnapshot(source, { seed: String(spec.seed) }, emit);
}

/** Opens the market of the snapshot that a spec names, up to the session `to` if given. */
export async function openData(
  spec: z.infer<typeof data>,
  root: string,
  catalog: Catalog,
  { emit, to }: { emit: Emit; to?: Day },
): Promise<Market> {
  emit({ kind: "stage", name: "data", detail: spec.source });
  const snapshot = await openSpecified(spec, root, catalog, emit);
  return openMarket(snapshot, to === undefined ? {} : { to });
}

/** Everything a source delivers, in memory. */
export async function takeSnapshot(
  source: Source,
  options: Readonly<Record<string, string>>,
  emit: Emit,
): Promise<Snapshot> {
  const context = { options, signal: new AbortController().signal, emit };
  const tables: Record<string, Table> = {};
  for (const series of await source.list(context)) {
    tables[series] = await source.deliver(series, context);
  }
  return memorySnapshot(tables, source.simulated ?? false);
}
