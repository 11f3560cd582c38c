import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical } from "#core";
import {
  appendRecord,
  contractHistory,
  countTrials,
  EMPTY_LEDGER,
  fromCsv,
  fromMlflow,
  fromOptuna,
  importTrials,
  largestDeclaration,
  type LedgerHead,
  type LedgerRecord,
  ledgerTrials,
  parseMlflow,
  parseOptuna,
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
  { kind: "declaration", study: "vrp", count: 12, source: "the paper" },
  { kind: "verdict", study: "vrp", trial: identity(2), contract: "abc", outcome: "KILL" },
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
    const byMlflow = fromMlflow(parseMlflow(JSON.stringify(toMlflow(trials))), "x");
    const byOptuna = fromOptuna(parseOptuna(JSON.stringify(toOptuna(trials, "sharpe"))), "x");
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

  it("are read as the tools write them, what they leave out being empty", () => {
    const info = { run_id: "r1", status: "RUNNING" };
    const metrics = [
      { key: "sharpe", value: 0.4 },
      { key: "cagr", value: "NaN" },
    ];
    const runs = parseMlflow(JSON.stringify({ runs: [{ info, data: { metrics } }, { info }] }));
    expect(fromMlflow(runs, "s")[0]).toEqual({
      trial: "r1",
      study: "s",
      label: "",
      finished: false,
      metrics: { sharpe: 0.4, cagr: null },
    });
    expect(runs[1]!.data).toEqual({ metrics: [], params: [], tags: [] });
    const rows = '[{"number":0,"value":0.4,"params_cap":1,"user_attrs_x":[1],"state":"COMPLETE"}]';
    expect(fromOptuna(parseOptuna(rows), "s")[0]).toMatchObject({ trial: "s/0", label: "cap=1" });
  });

  it.each([
    [parseMlflow, "trial,study\n", "no JSON"],
    [parseMlflow, '{"info": {}}', "no list of trials"],
    [parseMlflow, '[{"info": {"run_id": "a"}}, 7]', "row 2 is no object"],
    [parseMlflow, '[{"info": {"run_id": "a"}}, {"info": {}}]', "row 2: info.run_id is missing"],
    [
      parseMlflow,
      '[{"info": {"run_id": "a"}, "data": {"metrics": {"x": 1}}}]',
      "row 1: data.metrics",
    ],
    [
      parseMlflow,
      '[{"info": {"run_id": "a"}, "data": {"metrics": [{"key": "x", "value": "high"}]}}]',
      'row 1: the metric x is "high"',
    ],
    [parseOptuna, '{"number": {"0": 0}}', "no list of trials"],
    [parseOptuna, '[{"number": 0, "state": "FAIL"}, {"state": "FAIL"}]', "row 2: number"],
    [parseOptuna, '[{"number": 0}]', "row 1: state"],
  ] as const)("that %o cannot read from %s are refused by row", (parse, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it("in a CSV may hold quotes, commas, line breaks and other line ends", () => {
    const label = 'a "b", c\nd';
    const trial = { trial: "t", study: "s", label, finished: true, metrics: { x: -1.5e-7 } };
    expect(fromCsv(toCsv([trial]))).toEqual([trial]);
    expect(fromCsv(toCsv([trial]).replaceAll("\n", "\r\n"))[0]!.trial).toBe("t");
    expect(fromCsv("trial,study\nt,s")).toHaveLength(1);
    expect(() => fromCsv("id,study\n1,s\n")).toThrow('no column "trial"');
    expect(() => fromCsv("trial,study\n1,s\n,s\n")).toThrow("row 3: trial is empty");
    expect(() => fromCsv("trial,study\n1\n")).toThrow("row 2 has 1 fields, not 2");
    expect(() => fromCsv("trial,study,x\n1,s,high\n")).toThrow('row 2, x: "high" is not a number');
    expect(() => fromCsv('trial,study\n"1,s\n')).toThrow("cannot be read");
  });
});

const entriesOf = (list: readonly LedgerRecord[]) => readLedger(write(list).lines).entries;
const contract = (name: string): LedgerRecord => ({
  kind: "contract",
  study: "s",
  contract: name,
});
const verdict = (name: string, outcome: "KILL" | "PASS", trial = "t"): LedgerRecord => {
  return { kind: "verdict", study: "s", trial, contract: name, outcome };
};
const told = (count: number, source: string): LedgerRecord => {
  return { kind: "declaration", study: "s", count, source };
};

const killed = (list: readonly LedgerRecord[], name: string, ...beside: string[]) => {
  const asked = { trial: "t", contract: name, together: [name, ...beside] };
  return contractHistory(entriesOf(list), asked).killed.map((k) => [k.contract, k.line, k.verdict]);
};

describe("what a ledger remembers", () => {
  it("is the largest number of trials that was ever told, and its source", () => {
    const entries = entriesOf([
      told(3, "a"),
      contract("x"),
      told(500, "b"),
      told(0, "c"),
      told(500, "d"),
    ]);
    expect(largestDeclaration(entries)).toEqual({ count: 500, source: "b", line: 3 });
    expect(largestDeclaration(entriesOf([told(0, "a")]))).toMatchObject({ count: 0 });
    expect(largestDeclaration([])).toBeUndefined();
  });

  it("is a KILL that a contract fixed later, or judging in its place, cannot undo", () => {
    const swapped = [contract("a"), verdict("a", "KILL"), contract("b")];
    expect(killed(swapped, "b")).toEqual([["a", 1, 2]]);
    expect(killed(swapped, "b", "a")).toEqual([["a", 1, 2]]);
    expect(killed(swapped, "a")).toEqual([]);
    const together = [contract("a"), contract("b"), verdict("a", "KILL"), verdict("b", "PASS")];
    expect(killed(together, "b", "a")).toEqual([]);
    expect(killed(together, "b")).toEqual([["a", 1, 3]]);
    expect(killed([contract("a"), verdict("a", "KILL", "other"), contract("b")], "b")).toEqual([]);
    expect(killed([contract("a"), verdict("a", "PASS"), contract("b")], "b")).toEqual([]);
  });

  it("is the place of a contract among all", () => {
    const list = [contract("a"), contract("b"), contract("a"), contract("c")];
    const place = (name: string) => {
      const asked = { trial: "t", contract: name, together: [name] };
      const history = contractHistory(entriesOf(list), asked);
      return [history.place, history.count];
    };
    expect([place("a"), place("b"), place("c"), place("new")]).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
      [4, 4],
    ]);
  });

  it("counts no verdict as a trial or its result", () => {
    const entries = entriesOf([{ kind: "intent", study: "s", trial: "t" }, verdict("a", "KILL")]);
    expect(countTrials(entries)).toMatchObject({ recorded: 1, finished: 0 });
    expect(ledgerTrials(entries)).toMatchObject([{ trial: "t", finished: false }]);
  });
});
