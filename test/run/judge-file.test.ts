import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { calendar, key, lastAtOrBefore, toDay, toNumber } from "#core";
import { normals } from "#num";
import { judgeFamily, judgeReturns, openLedger, readReturns } from "#run";
import { judgeFile } from "../../src/cli/judge.ts";
import { importFile, show } from "../../src/cli/ledger.ts";
import { withDuck } from "../../src/market/duck.ts";

const DIR = mkdtempSync(path.join(tmpdir(), "volterra-judge-"));
const first = lastAtOrBefore(calendar("nyse").sessions, toNumber("2020-01-02"));
const N = 300;
const days = Array.from(calendar("nyse").sessions.subarray(first, first + N), toDay);
const noise = (seed: number) => Array.from(normals(key(seed), N), (z) => 0.0004 + 0.01 * z);
const RETURNS = noise(1);

/** A CSV of the given rows, its name unique. */
let serial = 0;
function csv(rows: readonly (readonly unknown[])[], head = ["date", "return"], name = ""): string {
  const file = path.join(DIR, name || `file-${serial++}.csv`);
  writeFileSync(file, `${[head, ...rows].map((row) => row.join(",")).join("\n")}\n`);
  return file;
}
const rowsOf = (returns: readonly unknown[]) => returns.map((r, i) => [days[i], r]);
const contract = (text: string) => {
  const file = path.join(DIR, `kill-${serial++}.yaml`);
  writeFileSync(file, text);
  return file;
};
const root = () => mkdtempSync(path.join(tmpdir(), "volterra-judged-"));

describe("a file of returns is read", () => {
  const good = csv(rowsOf(RETURNS));

  it.each([
    ["as percent texts", csv(rowsOf(RETURNS.map((r) => `${100 * r} %`)))],
    ["with times beside the days", csv(RETURNS.map((r, i) => [`${days[i]} 00:00:00+00:00`, r]))],
    ["as pandas writes a series", csv(rowsOf(RETURNS), ["", "0"])],
    [
      "with the days in another column",
      csv(
        RETURNS.map((r, i) => [r, days[i]]),
        ["x", "when"],
      ),
    ],
  ])("%s", async (_, file) => {
    const plain = await readReturns(good);
    const read = await readReturns(file);
    expect(read.days).toEqual(plain.days);
    read.returns.forEach((r, i) => expect(r).toBeCloseTo(plain.returns[i]!, 14));
  });

  it("as equity, the first day of which has no return", async () => {
    let level = 100;
    const rows = RETURNS.map((r, i) => [days[i], (level *= 1 + r)]);
    const read = await readReturns(csv(rows, ["Date", "Equity"]));
    expect(read.returns).toHaveLength(N - 1);
    read.returns.forEach((r, i) => expect(r).toBeCloseTo(RETURNS[i + 1]!, 12));
  });

  it("from Parquet", async () => {
    const file = path.join(DIR, "returns.parquet");
    await withDuck((duck) =>
      duck.run(`COPY (SELECT date::DATE AS date, "return" FROM read_csv('${good}')) TO '${file}'`),
    );
    const read = await readReturns(file);
    expect(read.days).toEqual((await readReturns(good)).days);
  });
});

/** Rows with one cell changed. */
const changed = (row: number, column: number, value: unknown) =>
  rowsOf(RETURNS).map((cells, i) => (i === row ? cells.with(column, value as string) : cells));
const monthly = Array.from({ length: 60 }, (_, i) => toDay(toNumber("2015-01-31") + 30 * i));

describe("a file that cannot be judged is refused by name, row and column", () => {
  it.each([
    ["no such file", path.join(DIR, "absent.csv"), "no file"],
    ["a folder", DIR, "no file"],
    [
      "an empty file",
      (writeFileSync(path.join(DIR, "void.csv"), ""), path.join(DIR, "void.csv")),
      "is empty",
    ],
    ["a header alone", csv([]), "holds 0 returns"],
    [
      "one column",
      csv(
        RETURNS.map((r) => [r]),
        ["return"],
      ),
      "has one column, return",
    ],
    [
      "two candidates",
      csv(
        RETURNS.map((r, i) => [days[i], r, r]),
        ["date", "a", "b"],
      ),
      "no column of returns",
    ],
    ["US dates", csv(changed(0, 0, "01/02/2020")), 'row 2, date: "01/02/2020" is not a day'],
    ["a blank return", csv(changed(7, 1, "")), 'row 9, return: "" is not a number'],
    ["a NaN", csv(changed(7, 1, "NaN")), 'row 9, return: "NaN" is not a number'],
    [
      "a day twice",
      csv(changed(7, 0, days[6])),
      `row 9, date: ${days[6]} does not follow ${days[6]}`,
    ],
    ["days backwards", csv(rowsOf(RETURNS).toReversed()), "row 3, date"],
    ["percents as numbers", csv(rowsOf(RETURNS.map((r) => 100 * r))), "return of"],
    ["small percents as numbers", csv(rowsOf(RETURNS.map((r) => 30 * r))), "returns deviate by"],
    [
      "equity that ends at nil",
      csv(
        changed(7, 1, 0).map(([d, r], i) => [d, i === 7 ? 0 : 100 + Number(r)]),
        ["date", "equity"],
      ),
      "row 9, equity: equity is 0",
    ],
    ["fewer returns than blocks need", csv(rowsOf(RETURNS.slice(0, 30))), "holds 30 returns"],
    ["no variance", csv(rowsOf(RETURNS.map(() => 0.001))), "return: all returns are 0.001"],
    [
      "equity without variance",
      csv(rowsOf(RETURNS.map((_, i) => 100 * 1.001 ** i)), ["date", "nav"]),
      "all returns are 0.001",
    ],
    ["monthly returns", csv(monthly.map((day, i) => [day, RETURNS[i]])), "every 30 days"],
  ])("%s", async (_, file, message) => {
    const where = root();
    await expect(judgeReturns({ file, root: where })).rejects.toMatchObject({
      message: expect.stringMatching(
        new RegExp(
          `${path.basename(file).replaceAll(".", "\\.")}.*${message.replaceAll(/[/()]/g, "\\$&")}|no file`,
        ),
      ),
      code: expect.stringMatching(/DATA|NOT_FOUND/),
    });
    expect(existsSync(path.join(where, "ledgers"))).toBe(false);
  });
});

describe("what comes with the file is checked before a trial is recorded", () => {
  const file = csv(rowsOf(RETURNS));
  const criterion = (rest: string) => contract(`name: k\ncriteria:\n  - { name: a, ${rest} }\n`);

  it.each([
    ["a misspelt key", contract("name: k\ncriterea: []\n"), 'unknown key "criterea"'],
    ["a misspelt statistic", criterion("statistic: sharp, threshold: 0"), "criteria.0.statistic"],
    ["broken YAML", contract("name: k\ncriteria: [\n"), "kill-"],
    ["an empty file", contract(""), "holds no keys"],
    ["no such file", path.join(DIR, "absent.yaml"), "cannot read the contract"],
    [
      "a benchmark that is not there",
      criterion("statistic: sharpe-difference, threshold: 0, benchmark: spy"),
      'no benchmark "spy"',
    ],
    ["a rate of cash", criterion("statistic: sharpe-excess, threshold: 0"), "rate of cash"],
    ["twofold costs", criterion("statistic: sharpe, threshold: 0, costs: 2"), "one level of costs"],
    [
      "no day",
      criterion("statistic: sharpe, threshold: 0, window: { start: foo, end: 2021-01-01 }"),
      "not a day",
    ],
    [
      "a reversed window",
      criterion("statistic: sharpe, threshold: 0, window: { start: 2021-01-01, end: 2020-01-01 }"),
      "reversed",
    ],
    [
      "a window without data",
      criterion("statistic: sharpe, threshold: 0, window: { start: 2031-01-01, end: 2032-01-01 }"),
      "0 returns in",
    ],
  ])("a contract with %s", async (_, kill, message) => {
    const where = root();
    const judged = judgeReturns({ file, root: where, contract: kill });
    await expect(judged).rejects.toMatchObject({ message: expect.stringContaining(message) });
    await expect(judged).rejects.toMatchObject({ message: expect.stringContaining(kill) });
    expect(existsSync(path.join(where, "ledgers"))).toBe(false);
  });

  it("a reversed window, with what to do", async () => {
    const window = "window: { start: 2021-01-01, end: 2020-01-01 }";
    const kill = criterion(`statistic: sharpe, threshold: 0, ${window}`);
    await expect(judgeReturns({ file, root: root(), contract: kill })).rejects.toMatchObject({
      message: `${kill}: kill-test k: a: the window is reversed: it starts 2021-01-01 and ends 2020-01-01`,
      hint: "Swap start and end, or look for a slip in one of the years.",
    });
  });

  it("a benchmark that lacks a day, or ends early", async () => {
    const holed = csv(rowsOf(noise(2)).toSpliced(50, 2));
    const short = csv(rowsOf(noise(2)).slice(0, 200));
    for (const [benchmark, day] of [
      [holed, days[50]],
      [short, days[200]],
    ] as const) {
      const where = root();
      await expect(judgeReturns({ file, root: where, benchmark })).rejects.toMatchObject({
        message: `${benchmark} has no return on ${day}`,
      });
      expect(existsSync(path.join(where, "ledgers"))).toBe(false);
    }
  });

  it("a number of trials that is none, a study that is none", async () => {
    for (const trials of ["-1", "x", "1.5", ""]) {
      const judged = judgeFile({ var: root() }, file, { trials });
      await expect(judged).rejects.toMatchObject({ code: "USAGE" });
    }
    await expect(judgeFile({ var: root() }, file, { study: "My Alpha" })).rejects.toMatchObject({
      code: "USAGE",
      hint: expect.stringContaining("my-alpha"),
    });
  });
});

describe("trials are counted", () => {
  const alpha = csv(rowsOf(noise(3)), undefined, "Alpha v2.csv");
  const beta = csv(rowsOf(noise(4)), undefined, "beta.csv");

  it("by the name of the file, so that strategies are not each other's", async () => {
    const where = root();
    const a = await judgeReturns({ file: alpha, root: where });
    const b = await judgeReturns({ file: beta, root: where });
    expect(a.ledger).toEqual({ family: "judge-alpha-v2", recorded: 1 });
    expect(b.ledger).toEqual({ family: "judge-beta", recorded: 1 });
    expect(b.verdict.trials.atLeast).toBe(1);
    expect(judgeFamily({ file: "/x/収益.csv" })).toBe("judge-returns");
  });

  it("together under one study, once each, the same file and contract again adding nothing", async () => {
    const where = root();
    await judgeReturns({ file: alpha, root: where, study: "mine", trials: 0 });
    const both = await judgeReturns({ file: beta, root: where, study: "mine", trials: 2 });
    expect(both.ledger).toEqual({ family: "mine", recorded: 2 });
    expect(both.verdict.trials).toMatchObject({ recorded: 2, declared: 2, atLeast: 4 });
    const before = openLedger(where, "mine").head();
    expect(await judgeReturns({ file: beta, root: where, study: "mine", trials: 2 })).toEqual(both);
    expect(openLedger(where, "mine").head()).toEqual(before);
  });

  it("as the most that anyone ever declared, by --trials or by a contract, and says who did", async () => {
    const where = root();
    const told = await judgeReturns({ file: alpha, root: where, trials: 500 });
    expect(told.verdict.trials.atLeast).toBe(501);
    const less = await judgeReturns({ file: alpha, root: where, trials: 0 });
    expect(less.verdict.trials).toMatchObject({ declared: 500, atLeast: 501 });
    expect(less.verdict.reasons.join()).toMatch(/500 prior trials .* \(--trials\), 0 now/);
    const kill = contract(
      "name: k\npriorTrials: { count: 700, source: a notebook }\n" +
        "criteria:\n  - { name: a, statistic: sharpe, threshold: 0 }\n",
    );
    await judgeReturns({ file: alpha, root: where, contract: kill });
    const silent = await judgeReturns({ file: alpha, root: where });
    expect(silent.verdict.trials.atLeast).toBe(701);
    expect(silent.verdict.reasons.join()).toMatch(/700 prior trials .* \(a notebook\), none now/);
  });

  it("as --trials says beside a contract that declares none", async () => {
    const file = csv(rowsOf(noise(5).map((r) => r + 0.004)));
    const kill = contract("name: k\ncriteria:\n  - { name: a, statistic: sharpe, threshold: 0 }\n");
    const { verdict } = await judgeReturns({ file, root: root(), contract: kill, trials: 0 });
    expect(verdict.outcome).toBe("PASS");
    expect(verdict.reasons.join()).not.toContain("no prior trials are declared");
  });

  it("and the command says which were", async () => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    try {
      const where = root();
      await judgeFile({ var: where }, beta, {});
      await judgeFile({ var: where }, alpha, { study: "mine" });
      await judgeFile({ var: where }, beta, { study: "mine", json: true });
      const said = write.mock.calls.map(([text]) => String(text)).join("");
      expect(said).toContain("ledger: judge-beta holds no other trial, named after the file");
      expect(said).toContain("ledger: mine holds no other trial\n");
      expect(JSON.parse(String(write.mock.calls.at(-1)![0])).ledger).toEqual({
        family: "mine",
        recorded: 2,
      });
    } finally {
      write.mockRestore();
    }
  });
});

const rule = (statistic: string, threshold: number) =>
  contract(
    `name: k\ncriteria:\n  - { name: a, statistic: ${statistic}, threshold: ${threshold} }\n`,
  );

describe("a contract", () => {
  const losing = csv(rowsOf(noise(6).map((r) => r - 0.004)), undefined, "losing.csv");
  const strict = rule("sharpe", 0);
  const lax = rule("sharpe", -50);

  it("in the place of one that ended KILL is at best NOT PROVEN, and names it", async () => {
    const fresh = await judgeReturns({ file: losing, root: root(), contract: lax, trials: 0 });
    expect(fresh.verdict.outcome).toBe("PASS");
    const where = root();
    const first = await judgeReturns({ file: losing, root: where, contract: strict, trials: 0 });
    expect(first.verdict.outcome).toBe("KILL");
    const swapped = await judgeReturns({ file: losing, root: where, contract: lax, trials: 0 });
    expect(swapped.verdict.outcome).toBe("NOT PROVEN");
    const reasons = swapped.verdict.reasons.join("\n");
    expect(reasons).toContain("contract 2 of 2 in this family");
    expect(reasons).toMatch(
      new RegExp(
        `contract ${first.verdict.hash.slice(0, 10)} \\(line 1 of the ledger\\) ended KILL`,
      ),
    );
    const verdicts = openLedger(where, "judge-losing")
      .entries()
      .flatMap((e) => (e.kind === "verdict" ? [[e.contract, e.outcome]] : []));
    expect(verdicts).toEqual([
      [first.verdict.hash, "KILL"],
      [swapped.verdict.hash, "NOT PROVEN"],
    ]);
  });

  it("is another one for another benchmark", async () => {
    const where = root();
    const good = csv(rowsOf(noise(7).map((r) => r + 0.01)));
    const bad = csv(rowsOf(noise(7).map((r) => r - 0.01)));
    const against = (benchmark: string) =>
      judgeReturns({ file: losing, root: where, benchmark, contract: versus, trials: 0 });
    const versus = contract(
      "name: k\ncriteria:\n  - { name: a, statistic: mean-difference, benchmark: benchmark, threshold: 0 }\n",
    );
    expect((await against(good)).verdict.outcome).toBe("KILL");
    const { verdict } = await against(bad);
    expect(verdict.outcome).toBe("NOT PROVEN");
    expect(verdict.reasons.join()).toContain("contract 2 of 2 in this family");
  });
});

describe("a family", () => {
  it.each(["../evil", "a/b", "A", "", "."])("%j is none", async (family) => {
    const where = root();
    const globals = { var: path.join(where, "var") };
    const trials = csv([["t", "s"]], ["trial", "study"]);
    const options = { source: "x", format: "csv" };
    const usage = expect.objectContaining({ code: "USAGE" });
    await expect(importFile(globals, family, trials, options)).rejects.toEqual(usage);
    expect(() => openLedger(where, family)).toThrow(usage);
    expect(() => judgeFamily({ file: trials, study: family })).toThrow(usage);
    expect(() => show(globals, family, {})).toThrow(usage);
    expect(readdirSync(where)).toEqual([]);
  });
});

it("trials come in as CSV, MLflow runs and Optuna rows; a fault is named by file and row", async () => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    const globals = { var: root() };
    const file = path.join(DIR, "trials.json");
    const take = (text: string, format: string) => {
      writeFileSync(file, text);
      return importFile(globals, "grid", file, { source: "elsewhere", format });
    };
    await take("trial,study\n1,grid\n", "csv");
    await take('{"runs": [{"info": {"run_id": "1"}}, {"info": {"run_id": "2"}}]}', "mlflow");
    await take('[{"number": 0, "state": "PRUNED"}]', "optuna");
    const said = write.mock.calls.map(([text]) => String(text));
    expect(said.at(-1)).toContain("1 trials imported into grid: N ≥ 3");
    for (const [text, format, fault] of [
      ["trial,study\n1\n", "csv", "row 2 has 1 fields"],
      ['[{"info": {}}]', "mlflow", "row 1: info.run_id"],
      ['[{"number": 0}]', "optuna", "row 1: state"],
    ] as const) {
      const message = expect.stringContaining(`${file}: ${fault}`);
      await expect(take(text, format)).rejects.toMatchObject({ code: "DATA", message });
    }
  } finally {
    write.mockRestore();
  }
});

it("passes an edge that is large and told in full, and nothing without a declaration", async () => {
  const file = csv(rowsOf(noise(5).map((r) => r + 0.004)));
  const told = await judgeReturns({ file, root: root(), trials: 0 });
  expect(told.verdict.outcome).toBe("PASS");
  expect((await judgeReturns({ file, root: root() })).verdict.outcome).toBe("NOT PROVEN");
});
