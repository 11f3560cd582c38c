import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { suggest, VolterraError } from "#core";
import {
  countTrials,
  fromCsv,
  fromMlflow,
  fromOptuna,
  importTrials,
  largestDeclaration,
  type LedgerHead,
  ledgerTrials,
  parseMlflow,
  parseOptuna,
  toCsv,
  toMlflow,
  toOptuna,
} from "#evidence";
import { textTable } from "#report";
import { checkLedger, type Ledger, openLedger, toJson } from "#run";
import type { Globals } from "./globals.ts";
import { print } from "./terminal.ts";

/** Opens a ledger that is there. Throws `VolterraError("NOT_FOUND")` with a suggestion. */
function existing(globals: Globals, family: string): Ledger {
  const ledger = openLedger(globals.var, family);
  if (existsSync(ledger.dir)) return ledger;
  const home = path.dirname(ledger.dir);
  const families = existsSync(home) ? readdirSync(home) : [];
  throw new VolterraError("NOT_FOUND", `no ledger "${family}"`, suggest(family, families));
}

/** `ledger show FAMILY`. */
export function show(globals: Globals, family: string, options: { json?: boolean }): void {
  const ledger = existing(globals, family);
  const trials = ledgerTrials(ledger.entries());
  const { recorded, finished } = countTrials(ledger.entries());
  const declared = largestDeclaration(ledger.entries()) ?? null;
  const verdicts = ledger.entries().filter(({ kind }) => kind === "verdict");
  if (options.json) {
    const found = { family, recorded, finished, declared, head: ledger.head(), trials, verdicts };
    print(toJson(found, 1));
    return;
  }
  const told = declared ? `${declared.count} declared (${declared.source})` : "none declared";
  const atLeast = recorded + (declared?.count ?? 0);
  print(
    `${family}: N ≥ ${atLeast}: ${recorded} trials recorded, ${told}; ` +
      `${finished} finished; ${ledger.head().length} lines`,
  );
  print(
    textTable(
      [
        { name: "trial" },
        { name: "label" },
        { name: "Sharpe", kind: "ratio" },
        { name: "CAGR", kind: "percent" },
        { name: "max drawdown", kind: "percent" },
      ],
      trials.map((t) => [
        t.trial.slice(0, 12),
        t.label,
        t.metrics.sharpe ?? null,
        t.metrics.cagr ?? null,
        t.metrics.maxDrawdown ?? null,
      ]),
    ),
  );
}

/** `ledger anchor FAMILY`. */
export function anchor(globals: Globals, family: string): void {
  const { length, hash } = existing(globals, family).head();
  print(`${length}:${hash}`);
}

function parseAnchor(text: string): LedgerHead {
  const match = /^(\d+):([0-9a-f]{64})$/.exec(text);
  if (match) return { length: Number(match[1]), hash: match[2]! };
  throw new VolterraError(
    "USAGE",
    `"${text}" is not length:hash`,
    "As volterra ledger anchor prints it.",
  );
}

/** `ledger verify FAMILY`: exits non-zero where anything is wrong. */
export function verify(globals: Globals, family: string, options: { anchor?: string[] }): void {
  const ledger = existing(globals, family);
  const anchors = (options.anchor ?? []).map(parseAnchor);
  const problems = checkLedger(ledger, anchors);
  for (const p of problems) print(`line ${p.line}: ${p.kind}: ${p.message}`);
  if (problems.length > 0) {
    throw new VolterraError("LEDGER", `${problems.length} problems in ${ledger.dir}`);
  }
  const against =
    anchors.length > 0
      ? `, ${anchors.length} anchors hold`
      : "; not anchored outside, so a rewrite of the whole would not show";
  print(`${ledger.head().length} lines intact${against}`);
}

/** `ledger export FAMILY`. */
export function exportTrials(globals: Globals, family: string, options: { format: string }): void {
  const trials = ledgerTrials(existing(globals, family).entries());
  if (options.format === "csv") process.stdout.write(toCsv(trials));
  else if (options.format === "mlflow") print(toJson(toMlflow(trials), 1));
  else print(toJson(toOptuna(trials, "sharpe"), 1));
}

/** `ledger import FAMILY FILE`. */
export async function importFile(
  globals: Globals,
  family: string,
  file: string,
  options: { source: string; format: string },
): Promise<void> {
  const ledger = openLedger(globals.var, family);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new VolterraError("NOT_FOUND", `cannot read ${file}`, "", { cause });
  }
  const before = countTrials(ledger.entries()).recorded;
  await ledger.append(importTrials(readTrials(text, { ...options, family, file }), options.source));
  const after = countTrials(ledger.entries()).recorded;
  print(`${after - before} trials imported into ${family}: N ≥ ${after}`);
}

/** Trials of a file in one of the formats. Throws `VolterraError` DATA naming file and row. */
function readTrials(
  text: string,
  { format, family, file }: { format: string; family: string; file: string },
) {
  try {
    if (format === "mlflow") return fromMlflow(parseMlflow(text), family);
    if (format === "optuna") return fromOptuna(parseOptuna(text), family);
    return fromCsv(text);
  } catch (cause) {
    if (!(cause instanceof VolterraError)) throw cause;
    throw new VolterraError(cause.code, `${file}: ${cause.message}`, cause.hint, { cause });
  }
}
