import { contentHash, VolterraError } from "#core";
import { isTrialEntry, type LedgerEntry, type LedgerRecord } from "./ledger.ts";

/** A trial as other tools know it. */
export interface ExchangedTrial {
  readonly trial: string;
  readonly study: string;
  readonly label: string;
  readonly finished: boolean;
  readonly metrics: Readonly<Record<string, number | null>>;
}

/** The trials of a ledger, one each, with their last result. */
export function ledgerTrials(entries: readonly LedgerEntry[]): ExchangedTrial[] {
  const trials = new Map<string, ExchangedTrial>();
  for (const entry of entries) {
    if (!isTrialEntry(entry)) continue;
    const known = trials.get(entry.trial);
    const result = entry.kind === "intent" ? undefined : entry.metrics;
    trials.set(entry.trial, {
      trial: entry.trial,
      study: entry.study,
      label: ("label" in entry ? entry.label : undefined) ?? known?.label ?? "",
      finished: result !== undefined || (known?.finished ?? false),
      metrics: result ?? known?.metrics ?? {},
    });
  }
  return [...trials.values()];
}

/** Trials made elsewhere as records to append. A trial that brings no identity of its own gets one from its content. */
export function importTrials(
  trials: readonly Omit<ExchangedTrial, "finished">[],
  source: string,
): LedgerRecord[] {
  return trials.map(({ trial, study, label, metrics }) => ({
    kind: "import",
    study,
    trial: /^[0-9a-f]{64}$/.test(trial) ? trial : contentHash({ source, trial, study }),
    source,
    label,
    metrics,
  }));
}

const FIXED = ["trial", "study", "label", "finished"] as const;

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV with a header: trial, study, label, finished, then one column for each metric in order of name; empty is missing. */
export function toCsv(trials: readonly ExchangedTrial[]): string {
  const names = [...new Set(trials.flatMap((t) => Object.keys(t.metrics)))].toSorted();
  const rows = trials.map((t) => [
    ...[t.trial, t.study, t.label, String(t.finished)].map(quote),
    ...names.map((name) => String(t.metrics[name] ?? "")),
  ]);
  return `${[[...FIXED, ...names.map(quote)], ...rows].map((row) => row.join(",")).join("\n")}\n`;
}

/** Reads `toCsv`'s shape; only `trial` and `study` are required. Throws `VolterraError` DATA naming the row. */
export function fromCsv(text: string): ExchangedTrial[] {
  const [header = [], ...rows] = parseCsv(text);
  for (const needed of ["trial", "study"]) {
    if (!header.includes(needed)) {
      throw new VolterraError(
        "DATA",
        `the trials have no column "${needed}"`,
        `Columns: ${header.join(", ")}.`,
      );
    }
  }
  return rows.map((row, i) => {
    if (row.length !== header.length) {
      throw new VolterraError(
        "DATA",
        `row ${i + 2} has ${row.length} fields, not ${header.length}`,
      );
    }
    const field = (name: string) => row[header.indexOf(name)] ?? "";
    if (field("trial") === "") throw new VolterraError("DATA", `row ${i + 2}: trial is empty`);
    const metrics = header
      .filter((name) => !(FIXED as readonly string[]).includes(name))
      .map((name) => [name, toNumber(field(name), `row ${i + 2}, ${name}`)] as const);
    return {
      trial: field("trial"),
      study: field("study"),
      label: field("label"),
      finished: field("finished") !== "false",
      metrics: Object.fromEntries(metrics),
    };
  });
}

function toNumber(text: string, where: string): number | null {
  if (text === "") return null;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new VolterraError("DATA", `${where}: "${text}" is not a number`);
}

/** Fields by RFC 4180, quoted ones with doubled quotes; blank lines are skipped. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  for (let match = field.exec(text); match; match = field.exec(text)) {
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === ",") continue;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
    if (field.lastIndex >= text.length) return rows;
  }
  throw new VolterraError(
    "DATA",
    `the CSV cannot be read after row ${rows.length}`,
    "A quote is not closed.",
  );
}

/** Rows of a JSON list, or of the list that an object holds under a key. Throws `VolterraError` DATA. */
function parseRows(text: string, key: string, hint: string): Record<string, unknown>[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new VolterraError("DATA", `this is no JSON: ${why}`, hint, { cause });
  }
  const list = isObject(value) && key in value ? value[key] : value;
  if (!Array.isArray(list)) throw new VolterraError("DATA", "this is no list of trials", hint);
  return list.map((row: unknown, i) => {
    if (isObject(row)) return row;
    throw new VolterraError("DATA", `row ${i + 1} is no object`, hint);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Runs from the JSON of MLflow's `runs/search`, or its list of runs alone; what a run leaves out is empty. Throws
 * `VolterraError` DATA naming the row.
 */
export function parseMlflow(text: string): MlflowRun[] {
  const hint = 'As MLflow\'s runs/search returns it: {"runs": [{"info": …, "data": …}]}.';
  return parseRows(text, "runs", hint).map((row, i) => {
    const where = `row ${i + 1}`;
    const info = isObject(row.info) ? row.info : {};
    const data = isObject(row.data) ? row.data : {};
    if (typeof info.run_id !== "string" || info.run_id === "") {
      throw new VolterraError("DATA", `${where}: info.run_id is missing`, hint);
    }
    const pairs = (name: string): Record<string, unknown>[] => {
      const list = data[name] ?? [];
      if (Array.isArray(list) && list.every((x) => isObject(x) && typeof x.key === "string")) {
        return list;
      }
      throw new VolterraError("DATA", `${where}: data.${name} is no list of keys and values`, hint);
    };
    const texts = (name: string) =>
      pairs(name).map(({ key, value }) => ({ key: String(key), value: String(value) }));
    const metrics = pairs("metrics").map(({ key, value }) => {
      const isGap =
        value === null || value === "NaN" || value === "Infinity" || value === "-Infinity";
      if (typeof value === "number" || isGap) {
        return { key: String(key), value: typeof value === "number" ? value : null };
      }
      throw new VolterraError(
        "DATA",
        `${where}: the metric ${String(key)} is ${JSON.stringify(value)}`,
      );
    });
    return {
      info: {
        run_id: info.run_id,
        run_name: typeof info.run_name === "string" ? info.run_name : "",
        status: typeof info.status === "string" ? info.status : "",
      },
      data: { metrics, params: texts("params"), tags: texts("tags") },
    };
  });
}

/** Rows from the JSON records of Optuna's `trials_dataframe()`. Throws `VolterraError` DATA naming the row. */
export function parseOptuna(text: string): OptunaTrial[] {
  const hint = 'As study.trials_dataframe().to_json(orient="records") writes it.';
  return parseRows(text, "trials", hint).map((row, i) => {
    const { number, state } = row;
    if (!Number.isInteger(number)) {
      throw new VolterraError("DATA", `row ${i + 1}: number is ${JSON.stringify(number)}`, hint);
    }
    if (typeof state !== "string") {
      throw new VolterraError("DATA", `row ${i + 1}: state is ${JSON.stringify(state)}`, hint);
    }
    const plain = Object.entries(row).filter(
      ([, value]) => !isObject(value) && !Array.isArray(value),
    );
    return { ...Object.fromEntries(plain), number: Number(number), state };
  });
}

/** One run as MLflow's REST interface returns it from `runs/search`. */
export interface MlflowRun {
  readonly info: { readonly run_id: string; readonly run_name: string; readonly status: string };
  readonly data: {
    readonly metrics: readonly { readonly key: string; readonly value: number | null }[];
    readonly params: readonly { readonly key: string; readonly value: string }[];
    readonly tags: readonly { readonly key: string; readonly value: string }[];
  };
}

/** Trials as MLflow runs; identity and study travel as tags, a missing metric is left out. */
export function toMlflow(trials: readonly ExchangedTrial[]): MlflowRun[] {
  return trials.map((t) => ({
    info: {
      run_id: t.trial.slice(0, 32),
      run_name: t.label,
      status: t.finished ? "FINISHED" : "KILLED",
    },
    data: {
      metrics: Object.entries(t.metrics).flatMap(([key, value]) =>
        value === null ? [] : [{ key, value }],
      ),
      params: [],
      tags: [
        { key: "volterra.trial", value: t.trial },
        { key: "volterra.study", value: t.study },
      ],
    },
  }));
}

/** MLflow runs as trials of a study; every run counts, failed and killed ones too. */
export function fromMlflow(runs: readonly MlflowRun[], study: string): ExchangedTrial[] {
  return runs.map(({ info, data }) => {
    const tag = (key: string) => data.tags.find((t) => t.key === key)?.value;
    return {
      trial: tag("volterra.trial") ?? info.run_id,
      study: tag("volterra.study") ?? study,
      label: info.run_name || data.params.map((p) => `${p.key}=${p.value}`).join(" "),
      finished: info.status === "FINISHED",
      metrics: Object.fromEntries(data.metrics.map(({ key, value }) => [key, value])),
    };
  });
}

/** One row of Optuna's `study.trials_dataframe()` written as JSON records. */
export interface OptunaTrial {
  readonly number: number;
  readonly state: string;
  /** Single-objective; `values_0` … for several. */
  readonly value?: number | null;
  readonly [column: string]: string | number | boolean | null | undefined;
}

/** Trials in Optuna's shape: `value` is the named metric, identity, study and the rest are user attributes. */
export function toOptuna(trials: readonly ExchangedTrial[], objective: string): OptunaTrial[] {
  return trials.map((t, number) => ({
    number,
    state: t.finished ? "COMPLETE" : "FAIL",
    value: t.metrics[objective] ?? null,
    user_attrs_trial: t.trial,
    user_attrs_study: t.study,
    user_attrs_label: t.label,
    ...Object.fromEntries(
      Object.entries(t.metrics).map(([name, value]) => [`user_attrs_metric_${name}`, value]),
    ),
  }));
}

/** Optuna rows as trials of a study; every trial counts, pruned and failed ones too. */
export function fromOptuna(rows: readonly OptunaTrial[], study: string): ExchangedTrial[] {
  return rows.map((row) => {
    const metrics: Record<string, number | null> = {};
    const params: string[] = [];
    for (const [column, value] of Object.entries(row)) {
      const metric =
        /^user_attrs_metric_(.*)$/.exec(column)?.[1] ?? /^values?(_\d+)?$/.exec(column)?.[0];
      if (metric !== undefined && (typeof value === "number" || value === null))
        metrics[metric] = value;
      if (column.startsWith("params_")) params.push(`${column.slice(7)}=${value}`);
    }
    return {
      trial: String(row.user_attrs_trial ?? `${study}/${row.number}`),
      study: String(row.user_attrs_study ?? study),
      label: String(row.user_attrs_label ?? params.join(" ")),
      finished: row.state === "COMPLETE",
      metrics,
    };
  });
}
