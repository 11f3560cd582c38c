import type { DayNumber } from "#core";
import { decisionAt } from "./knowledge.ts";
import type { Market } from "./market.ts";
import { CHAIN_RULES } from "./quality-chains.ts";
import { PRESENCE_RULES } from "./quality-presence.ts";
import { PRICE_RULES } from "./quality-prices.ts";
import type { QualityRule, Severity } from "./quality-rule.ts";
import { VX_RULES } from "./quality-vx.ts";
import { seriesSpec } from "./series.ts";
import type { Table } from "./source.ts";
import { dates, knownRows, prefix } from "./table.ts";

/** What a quality rule found in one series. */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly series: string;
  readonly message: string;
  /** Keys of the offending rows, e.g. `2018-02-05` or `2018-02-05 2018-02-14`. */
  readonly rows: readonly string[];
}

/** Every rule, the gravest first within each group. */
export const QUALITY_RULES: readonly QualityRule[] = [
  ...PRESENCE_RULES,
  ...PRICE_RULES,
  ...VX_RULES,
  ...CHAIN_RULES,
];

/** Codes of everything that can be found. */
export const QUALITY_CODES: readonly string[] = [
  "NO_DATA",
  "MISSING_COLUMNS",
  ...new Set(QUALITY_RULES.map(({ code }) => code)),
];

/** The series behind a name or `series.column`: the VX curve comes from contracts, `nearest` from weekly ones too. */
function sourcesOf(market: Market, ref: string): readonly string[] {
  const [name = "", column] = ref.split(".");
  if (name !== "vx") return [name];
  const weekly = column === undefined || column.startsWith("nearest");
  const held = market.series.includes("vx_weekly_contracts");
  return weekly && held ? ["vx_contracts", "vx_weekly_contracts"] : ["vx_contracts"];
}

/**
 * Checks series of a market, by name or `series.column`, as known at the decision of the session `asOf`. Critical
 * findings come first.
 */
export function checkQuality(
  market: Market,
  refs: readonly string[],
  asOf: DayNumber,
): readonly Finding[] {
  const names = [...new Set(refs.flatMap((ref) => sourcesOf(market, ref)))];
  const findings = names.flatMap((name) => checkSeries(market, name, asOf));
  const rank = { critical: 0, error: 1, warning: 2 } as const;
  return findings.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
}

function checkSeries(market: Market, name: string, asOf: DayNumber): Finding[] {
  const spec = seriesSpec(name);
  const whole = market.series.includes(name) ? market.table(name) : emptyTable(spec.key);
  const table = prefix(whole, knownRows(spec, whole, decisionAt(asOf)));
  if (table.rows === 0) {
    const message = "holds no row";
    return [{ code: "NO_DATA", severity: "critical", series: name, message, rows: [] }];
  }
  const absent = Object.keys(spec.columns).filter((column) => !(column in table.columns));
  if (absent.length > 0) {
    const message = `lacks ${absent.join(", ")}`;
    return [{ code: "MISSING_COLUMNS", severity: "critical", series: name, message, rows: [] }];
  }
  const findings: Finding[] = [];
  for (const rule of QUALITY_RULES) {
    if (!rule.kinds.includes(spec.kind)) continue;
    const found = rule.check({ spec, table, days: dates(table), market, asOf });
    if (!found) continue;
    const { severity = rule.severity, message, rows } = found;
    findings.push({ code: rule.code, severity, series: name, message, rows });
  }
  return findings;
}

function emptyTable(key: readonly string[]): Table {
  return { rows: 0, key, columns: { [key[0]!]: new Int32Array() } };
}
