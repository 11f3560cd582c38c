import { renameSync, writeFileSync } from "node:fs";
import { at, nowInNewYork, silent, timestamp, toNumber, writing } from "#core";
import { formatCell, textTable } from "#report";
import { makePlan, openCatalog, type Plan, readStudy, toJson } from "#run";
import { type Globals, readDay } from "./globals.ts";
import { print, remark } from "./terminal.ts";

/** What `plan` can be told. */
export interface PlanOptions {
  readonly json?: boolean;
  readonly preset?: string;
  readonly account?: string;
  readonly strict?: boolean;
  readonly force?: boolean;
  readonly output?: string;
  readonly asOf?: string;
}

/** What `plan` exits with: 1 is an error, like everywhere. */
const EXIT = { ok: 0, halted: 2, error: 1 } as const;

/** `plan STUDY`: the next session's orders; nothing is placed. */
export async function plan(
  globals: Globals,
  file: string,
  overrides: readonly string[],
  options: PlanOptions,
): Promise<void> {
  const asOf = readDay("--as-of", options.asOf);
  const preset = options.preset === undefined ? [] : [`preset=${options.preset}`];
  const made = await makePlan({
    study: readStudy(file),
    overrides: [...overrides, ...preset],
    root: globals.var,
    catalog: openCatalog(globals.catalog),
    emit: silent,
    ...(options.account !== undefined && { account: options.account }),
    strict: options.strict ?? false,
    force: options.force ?? false,
    // In the evening of a day, that day is over.
    now: asOf === undefined ? nowInNewYork() : at(toNumber(asOf), "23:00"),
    generatedAt: timestamp(),
  });
  const json = toJson(made, 1);
  const { output } = options;
  if (output !== undefined) {
    await writing(output, () => {
      writeFileSync(`${output}.part`, `${json}\n`);
      renameSync(`${output}.part`, output);
    });
  }
  print(options.json ? json : planText(made));
  for (const warning of options.json ? [] : made.warnings) remark(`warning: ${warning}`);
  process.exitCode = EXIT[made.status];
}

/** A plan as text. */
function planText(made: Plan): string {
  const { account, risk_status: risk, external_positions: external, gate } = made;
  const lines = [
    `${made.status.toUpperCase()} · ${made.study}, preset ${made.preset} · data to ${made.as_of_date ?? "–"}, orders for ${made.next_session ?? "–"}`,
    made.reason,
    `account ${formatCell(account.nlv, "money")} (${account.source}) · risk ${risk.level}, scale ${risk.effective_scale_factor.toFixed(2)}, drawdown ${risk.drawdown_pct.toFixed(1)} %` +
      gateText(gate),
    ...(external.count > 0 ? [`positions of others: ${external.count}`] : []),
    "",
  ];
  const orders = Object.values(made.sleeves).flatMap((block) => block.orders);
  if (made.blocked.length > 0) {
    lines.push("kept back by the data", orderTable(made.blocked), "");
  }
  if (orders.length === 0) return [...lines, "no orders"].join("\n");
  return [
    ...lines,
    orderTable(orders),
    "",
    `net, ${formatCell(made.estimated_turnover, "percent")} turnover; nothing is placed`,
    orderTable(made.orders),
  ].join("\n");
}

function gateText(gate: Plan["gate"]): string {
  if (!gate) return "";
  const { current_state: state, days_in_state: days } = gate;
  return ` · gate ${state}${days === null ? "" : ` for ${days} days`}`;
}

function orderTable(orders: Plan["orders"]): string {
  return textTable(
    [
      { name: "sleeve" },
      { name: "side" },
      { name: "quantity", kind: "number" },
      { name: "symbol" },
    ],
    orders.map(({ sleeve, side, quantity, symbol, stop }) => [
      sleeve,
      stop ? `${side} stop ${stop.trigger}` : side,
      quantity,
      symbol,
    ]),
  );
}
