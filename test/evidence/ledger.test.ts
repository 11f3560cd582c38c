import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical } from "#core";
import {
  appendRecord,
  countTrials,
  EMPTY_LEDGER,
  fromCsv,
  fromMlflow,
  fromOptuna,
  importTrials,
  type LedgerHead,
  type LedgerRecord,
  ledgerTrials,
  readLedger,
  splitLedger,
  toCsv,
  toMlflow,
  toOptuna,
  trialIdentity,
  verifyLedger,
} from "#evidence";

const window = { start: "2010-01-04", end: "2020-12-31" };
const identity = (seed: number) => trialIdentity({ spec: { study: "vrp", cap: 1 }, window, seed });

function write(records: readonly LedgerRecord[]): { lines: string[]; heads: LedgerHead[] } {
  const lines: string[] = [];
  const heads: LedgerHead[] = [EMPTY_LEDGER];
  records.forEach((record, i) => {
    const next = appendRecord(
      heads.at(-1)!,
      record,
      `2026-01-01T00:00:${String(i).padStart(2, "0")}Z`,
    );
    lines.push(next.line);
    heads.push(next.head);
  });
  return { lines, heads };
}

const records: LedgerRecord[] = [
  { kind: "contract", study: "vrp", contract: "abc" },
  ...[1, 2, 3].flatMap((seed): LedgerRecord[] => [
    { kind: "intent", study: "vrp", trial: identity(seed), label: `cap=1, seed "${seed}"` },
    {
      kind: "result",
      study: "vrp",
      trial: identity(seed),
      metrics: { sharpe: 0.1 * seed, cagr: null },
      monthly: { months: [24120], returns: [0.01] },
    },
  ]),
  { kind: "peek", study: "vrp", window, reason: "the yearly review" },
  { kind: "intent", study: "vrp", trial: identity(4) },
];
const { lines, heads } = write(records);
const kinds = (changed: readonly string[], anchors: readonly LedgerHead[] = []) => [
  ...new Set(verifyLedger(changed, anchors).map((p) => p.kind)),
];

describe("the chain", () => {
  it("is intact as written, against every anchor it ever had", () => {
    expect(verifyLedger(lines, heads)).toEqual([]);
    expect(readLedger(lines).head).toEqual(heads.at(-1));
    expect(readLedger([]).head).toEqual(EMPTY_LEDGER);
  });

  it("shows any single changed character", () => {
    fc.assert(
      fc.property(
        fc.nat(lines.length - 1),
        fc.nat(),
        fc.constantFrom("0", "9", "a", "}", " "),
        (i, at, c) => {
          const line = lines[i]!;
          const place = at % line.length;
          fc.pre(line[place] !== c);
          const changed = lines.with(i, line.slice(0, place) + c + line.slice(place + 1));
          expect(verifyLedger(changed)[0]?.line).toBeLessThanOrEqual(i + 2);
          expect(verifyLedger(changed)).not.toEqual([]);
        },
      ),
    );
  });

  it("shows a dropped, doubled, moved or inserted line wherever it is", () => {
    for (let i = 0; i < lines.length; i++) {
      const dropped = lines.toSpliced(i, 1);
      const isLast = i === lines.length - 1;
      expect(kinds(dropped)).toEqual(isLast ? [] : ["broken"]);
      expect(kinds(dropped, heads.slice(-1))).toContain("short");
      expect(kinds(lines.toSpliced(i, 0, lines[i]!))).toEqual(["broken"]);
      const { line } = appendRecord(
        heads[i]!,
        { kind: "contract", study: "vrp", contract: "x" },
        "later",
      );
      expect(kinds(lines.toSpliced(i, 0, line))).toEqual(["broken"]);
      if (!isLast)
        expect(kinds(lines.toSpliced(i, 2, lines[i + 1]!, lines[i]!))).toEqual(["broken"]);
    }
  });

  it("shows a line whose own hash was made to fit, by the next line", () => {
    const forged = appendRecord(
      heads[2]!,
      { ...records[2]!, study: "other" } as LedgerRecord,
      "x",
    ).line;
    expect(verifyLedger(lines.with(2, forged))[0]).toMatchObject({ line: 4, kind: "broken" });
  });

  it("cannot show a wholly rewritten file, but an anchor does", () => {
    const rewritten = write(records.toSpliced(3, 2)).lines;
    expect(verifyLedger(rewritten)).toEqual([]);
    expect(kinds(rewritten, [heads[7]!])).toEqual(["other-history"]);
    expect(kinds(rewritten, [heads.at(-1)!])).toEqual(["short"]);
    expect(kinds(rewritten, [heads[3]!])).toEqual([]);
  });

  it("refuses other spellings of the same entry, and reads nothing from an altered ledger", () => {
    const spaced = JSON.stringify(JSON.parse(lines[0]!), null, 1).replaceAll("\n", "");
    expect(kinds(lines.with(0, spaced))).toContain("unreadable");
    expect(() => readLedger(lines.toSpliced(2, 1))).toThrow("ledger line 3");
  });

  it("keeps a write that did not finish apart from the lines", () => {
    const text = `${lines.join("\n")}\n`;
    expect(splitLedger(text)).toEqual({ lines, torn: "" });
    expect(splitLedger(text.slice(0, -5))).toEqual({
      lines: lines.slice(0, -1),
      torn: lines.at(-1)!.slice(0, -4),
    });
    expect(splitLedger("")).toEqual({ lines: [], torn: "" });
  });
});

describe("trials", () => {
  it("count once however often they are repeated, finished or not", () => {
    const again = write([...records, ...records]).lines;
    const count = countTrials(readLedger(again).entries);
    expect(count).toMatchObject({ recorded: 4, finished: 3, unfinished: [identity(4)] });
    expect(countTrials(readLedger(again).entries, "other").recorded).toBe(0);
  });

  it("are the same for the same spec, window and seed, in any order of keys", () => {
    const swapped = trialIdentity({ spec: { cap: 1, study: "vrp" }, window, seed: 1 });
    expect(swapped).toBe(identity(1));
    const others = [
      trialIdentity({ spec: { study: "vrp", cap: 1.01 }, window, seed: 1 }),
      trialIdentity({
        spec: { study: "vrp", cap: 1 },
        window: { ...window, end: "2021-01-01" },
        seed: 1,
      }),
      identity(2),
    ];
    expect(new Set([identity(1), ...others]).size).toBe(4);
  });

  const trials = ledgerTrials(readLedger(lines).entries);

  it("survive CSV, MLflow and Optuna with their identity, and count the same", () => {
    expect(trials).toHaveLength(4);
    expect(fromCsv(toCsv(trials))).toEqual(
      trials.map((t) => ({ ...t, metrics: { cagr: null, sharpe: t.metrics.sharpe ?? null } })),
    );
    const byMlflow = fromMlflow(toMlflow(trials), "x");
    const byOptuna = fromOptuna(toOptuna(trials, "sharpe"), "x");
    for (const back of [byMlflow, byOptuna]) {
      expect(back.map((t) => [t.trial, t.study, t.label, t.finished])).toEqual(
        trials.map((t) => [t.trial, t.study, t.label, t.finished]),
      );
      expect(back.map((t) => t.metrics.sharpe)).toEqual(trials.map((t) => t.metrics.sharpe));
    }
    const merged = write([...records, ...importTrials(byMlflow, "mlflow export")]).lines;
    expect(countTrials(readLedger(merged).entries)).toMatchObject({ recorded: 4, finished: 4 });
  });

  it("made by other tools get an identity of their own, failed ones too", () => {
    const rows = [
      { number: 0, state: "COMPLETE", value: 0.4, params_cap: 1, datetime_start: "2025-01-01" },
      { number: 1, state: "PRUNED", value: null, params_cap: 2 },
    ];
    const imported = fromOptuna(rows, "grid");
    expect(imported[0]).toMatchObject({ label: "cap=1", metrics: { value: 0.4 }, finished: true });
    const found = write(importTrials(imported, "study.db")).lines;
    expect(countTrials(readLedger(found).entries, "grid").recorded).toBe(2);
    expect(canonical(importTrials(imported, "study.db"))).not.toBe(
      canonical(importTrials(imported, "other.db")),
    );
  });

  it("in a CSV may hold quotes, commas, line breaks and other line ends", () => {
    const label = 'a "b", c\nd';
    const trial = { trial: "t", study: "s", label, finished: true, metrics: { x: -1.5e-7 } };
    expect(fromCsv(toCsv([trial]))).toEqual([trial]);
    expect(fromCsv(toCsv([trial]).replaceAll("\n", "\r\n"))[0]!.trial).toBe("t");
    expect(fromCsv("trial,study\nt,s")).toHaveLength(1);
    expect(() => fromCsv("id,study\n1,s\n")).toThrow('no column "trial"');
    expect(() => fromCsv("trial,study\n1\n")).toThrow("row 2 has 1 fields, not 2");
    expect(() => fromCsv("trial,study,x\n1,s,high\n")).toThrow('row 2, x: "high" is not a number');
    expect(() => fromCsv('trial,study\n"1,s\n')).toThrow("cannot be read");
  });
});
