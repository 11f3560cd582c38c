import { toDay, VolterraError } from "#core";
import { textTable } from "#report";
import { type Audit, audit, leakText, openCatalog, readStudy, toJson } from "#run";
import type { Globals } from "./globals.ts";
import { print, showEvents } from "./terminal.ts";

const CHECKS = [
  { name: "what" },
  { name: "name" },
  { name: "tried" },
  { name: "days", kind: "count" as const },
  { name: "outcome" },
];

const DECAY = [
  { name: "preset" },
  { name: "sessions later" },
  { name: "Sharpe", kind: "ratio" as const },
  { name: "CAGR", kind: "percent" as const },
];

/** `audit STUDY`: looks for look-ahead; fails with LOOK_AHEAD where it finds some. */
export async function runAudit(
  globals: Globals,
  file: string,
  overrides: readonly string[],
  options: { json?: boolean; preset?: string; all?: boolean },
): Promise<void> {
  const preset = options.preset === undefined ? [] : [`preset=${options.preset}`];
  const study = readStudy(file, [...overrides, ...preset]);
  const { emit, clear } = showEvents();
  const found = await audit({
    study,
    presets: options.all ? study.presets : [study.preset],
    root: globals.var,
    catalog: openCatalog(globals.catalog),
    emit,
  });
  clear();
  print(options.json ? toJson(withDays(found), 1) : auditTables(found));
  const leaks = found.checks.flatMap(({ kind, name, leak }) =>
    leak ? [{ kind, name, leak }] : [],
  );
  const first = leaks[0];
  if (!first) return;
  throw new VolterraError(
    "LOOK_AHEAD",
    `${first.kind} ${first.name}: ${leakText(first.leak)}` +
      (leaks.length > 1 ? ` and ${leaks.length - 1} more` : ""),
    "A value changed when nothing but its future did.",
  );
}

/** Days as text, for those who read the object. */
function withDays({ checks, ...rest }: Audit): object {
  const shown = checks.map(({ leak, ...check }) => ({
    ...check,
    leak: leak && { ...leak, day: leak.day && toDay(leak.day), cut: leak.cut && toDay(leak.cut) },
  }));
  return { ...rest, checks: shown };
}

function auditTables({ checks, lagDecay, ...about }: Audit): string {
  const { study, presets, period, snapshot, simulated } = about;
  const data =
    snapshot && `${simulated ? "SIMULATED market" : "snapshot"} ${snapshot.slice(0, 12)}`;
  const days = period && `${period.start} … ${period.end}`;
  const rows = checks.map(({ kind, name, method, cuts, leak }) => [
    kind,
    name,
    method,
    cuts,
    leak ? `LOOK-AHEAD: ${leakText(leak)}` : "clean",
  ]);
  const decay = lagDecay.map(({ preset, delay, sharpe, cagr }) => [
    preset,
    delay === "same-open" ? "same open: LOOK-AHEAD" : String(delay),
    sharpe,
    cagr,
  ]);
  return [
    [study, presets.join(", "), days, data].filter(Boolean).join(" · "),
    "",
    textTable(CHECKS, rows),
    ...(decay.length > 0
      ? ["", "Orders filled later than the next session:", textTable(DECAY, decay)]
      : []),
  ].join("\n");
}
