import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Day, lastAtOrBefore, toDay, toNumber, writeWhole, writing } from "#core";
import { GATE_NAMES, parseReference } from "#features";
import { toJson } from "./json.ts";
import type { Workbench } from "./workbench.ts";

/** The regime gate on one day. */
export interface GateSnapshot {
  readonly date: Day;
  readonly state: string;
  readonly score: number | null;
  readonly vix: number | null;
  readonly vvix: number | null;
  readonly vx_f1: number | null;
  readonly contango: number | null;
  readonly days_in_state: number | null;
}

/** What is kept of a gate between sessions: a cache, for the gate is a fold over the data. */
export interface GateFile {
  readonly current_state: string;
  readonly days_in_state: number | null;
  readonly last_score: number | null;
  readonly last_snapshot: GateSnapshot;
  readonly config: Readonly<Record<string, unknown>>;
}

function known(x: number): number | null {
  return Number.isNaN(x) ? null : x;
}

/** A workbench's gate by row. */
async function gateColumns(bench: Workbench, ref: string) {
  const { params } = parseReference(ref);
  const list = Object.entries(params).map(([k, v]) => `${k}=${v}`);
  const future = params.future ?? "cmf30";
  const columns = {
    state: await bench.feature(ref),
    days: await bench.feature(`gate-days(${list.join(", ")})`),
    score: await bench.feature(`gate-score(future=${future})`),
    contango: await bench.feature(`contango(future=${future})`),
    vix: await bench.feature("vix.close"),
    vvix: await bench.feature("vvix.close"),
    f1: await bench.feature("vx.f1"),
  };
  const at = (t: number): GateSnapshot => ({
    date: toDay(bench.market.sessions[t]!),
    state: GATE_NAMES[columns.state[t]!] ?? "UNKNOWN",
    score: known(columns.score[t]!),
    vix: known(columns.vix[t]!),
    vvix: known(columns.vvix[t]!),
    vx_f1: known(columns.f1[t]!),
    contango: known(columns.contango[t]!),
    days_in_state: known(columns.days[t]!),
  });
  return { at, config: params };
}

/**
 * The gate at a row, kept in `<var>/state/gate-<study>.json`. Where that file holds another state for its own day than
 * the data give now, the data or the file have changed: the answer says so, and the file is written anew.
 */
export async function checkGate(
  bench: Workbench,
  { ref, t }: { readonly ref: string; readonly t: number },
  { root, study }: { readonly root: string; readonly study: string },
): Promise<{ readonly gate: GateFile; readonly warning: string | null }> {
  const { at, config } = await gateColumns(bench, ref);
  const snapshot = at(t);
  const gate: GateFile = {
    current_state: snapshot.state,
    days_in_state: snapshot.days_in_state,
    last_score: snapshot.score,
    last_snapshot: snapshot,
    config,
  };
  const file = path.join(root, "state", `gate-${study}.json`);
  const warning = existsSync(file) ? differenceFrom(file, config, bench, at) : null;
  await writing(file, () => writeWhole(path.join(root, "state"), file, toJson(gate, 1)));
  return { gate, warning };
}

function differenceFrom(
  file: string,
  config: object,
  { market }: Workbench,
  at: (t: number) => GateSnapshot,
): string | null {
  let kept: Partial<GateFile>;
  try {
    kept = JSON.parse(readFileSync(file, "utf8")) as Partial<GateFile>;
    if (JSON.stringify(kept.config) !== JSON.stringify(config)) return null;
    const { date, state, days_in_state: days } = kept.last_snapshot!;
    const t = lastAtOrBefore(market.sessions, toNumber(date));
    const now = at(t);
    if (now.date === date && now.state === state && now.days_in_state === days) return null;
    return `${file} has the gate ${state} for ${days} days on ${date}; the data give ${now.state} for ${now.days_in_state}: it was written anew`;
  } catch {
    return `${file} cannot be read: it was written anew`;
  }
}
