/**
 * Size and power of the judge, the whole table: `npx tsx --conditions=source bench/power.ts [--quick] [--jobs 2]`.
 * Cells are computed by child processes and kept in var/evidence-power, so an interrupted run goes on where it was.
 * Writes docs/evidence-power.md (with --quick: var/evidence-power-quick/table.md) and exits 1 where a cell is not
 * acceptable. `--again PROCESS YEARS TRIALS HISTORIES` measures one cell on other histories and prints it: of 36 cells at
 * exactly 5 % one is rejected by chance.
 */
import { fork } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { key } from "#core";
import { assessPower, measurePower, type PowerCell, type PowerCount } from "#evidence";

const quick = process.argv.includes("--quick");
const jobsAt = process.argv.indexOf("--jobs");
const jobs = jobsAt > 0 ? Number(process.argv[jobsAt + 1]) : 2;
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = `${root}var/evidence-power${quick ? "-quick" : ""}`;
const SEED = 20240628;

/** Histories and resamples by number of trials: fewer where a history costs more, with the error in the table. */
const EFFORT: readonly { trials: number; histories: number; resamples: number }[] = quick
  ? [
      { trials: 1, histories: 200, resamples: 500 },
      { trials: 10, histories: 60, resamples: 300 },
    ]
  : [
      { trials: 1, histories: 2000, resamples: 1000 },
      { trials: 10, histories: 2000, resamples: 500 },
      { trials: 100, histories: 2000, resamples: 500 },
      { trials: 1000, histories: 150, resamples: 500 },
    ];

const cells: PowerCell[] = EFFORT.flatMap(({ trials, histories, resamples }) =>
  (["normal", "fat-tailed", "autocorrelated"] as const).flatMap((process) =>
    (quick ? [5] : [5, 10, 20]).map((years) => ({
      trials,
      histories,
      resamples,
      process,
      years,
      planted: [0, 0.5, 1, 1.5],
      alpha: 0.05,
    })),
  ),
);

const fileOf = (cell: PowerCell) =>
  `${folder}/${cell.process}-${cell.years}-${cell.trials}-${cell.histories}-${cell.resamples}.json`;

const child = process.argv.indexOf("--cell");
const again = process.argv.indexOf("--again");
if (again > 0) {
  const [kind, ...numbers] = process.argv.slice(again + 1);
  const [years, trials, histories] = numbers.map(Number);
  const same = cells.find((c) => c.process === kind && c.years === years && c.trials === trials);
  if (!same || !histories) throw new RangeError("--again PROCESS YEARS TRIALS HISTORIES of a cell");
  const cell = { ...same, histories };
  const counts = measurePower(cell, key(SEED).fold("again", cell.process, cell.years, cell.trials));
  for (const count of counts) {
    const row = assessPower(count, histories, cell.alpha);
    const oracle = percent(count.oracleFalsePasses / histories);
    const { low, high } = row.interval;
    process.stdout.write(
      `${cell.process} ${cell.years}y N=${cell.trials}, ${histories} histories, planted ${count.planted}: false PASS ${percent(row.falsePassRate)} (${percent(low)} … ${percent(high)}), ` +
        `oracle's ${oracle}; power ${percent(row.power)} / ${percent(row.oraclePower)}\n`,
    );
  }
} else if (child > 0) {
  const cell = cells[Number(process.argv[child + 1])]!;
  const counts = measurePower(cell, key(SEED).fold("power", cell.process, cell.years, cell.trials));
  writeFileSync(`${fileOf(cell)}.part`, JSON.stringify(counts));
  renameSync(`${fileOf(cell)}.part`, fileOf(cell));
} else {
  mkdirSync(folder, { recursive: true });
  const open = cells
    .map((cell, index) => ({ cell, index }))
    .filter((c) => !existsSync(fileOf(c.cell)));
  await Promise.all(Array.from({ length: jobs }, () => work(open)));
  report();
}

async function work(open: { cell: PowerCell; index: number }[]): Promise<void> {
  for (let next = open.shift(); next; next = open.shift()) {
    const { cell, index } = next;
    const started = performance.now();
    const args = ["--cell", String(index), ...(quick ? ["--quick"] : [])];
    const done = fork(fileURLToPath(import.meta.url), args, { execArgv: process.execArgv });
    const code = await new Promise<number | null>((resolve) => done.on("exit", resolve));
    if (code !== 0) throw new Error(`cell ${fileOf(cell)} ended with ${code}`);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    process.stdout.write(`${cell.process} ${cell.years}y N=${cell.trials}: ${seconds} s\n`);
  }
}

function percent(rate: number): string {
  return (100 * rate).toFixed(1);
}

function report(): void {
  const lines: string[] = [];
  let failures = 0;
  for (const cell of cells) {
    const counts = JSON.parse(readFileSync(fileOf(cell), "utf8")) as PowerCount[];
    const rows = counts.map((c) => assessPower(c, cell.histories, cell.alpha));
    const size = rows[0]!;
    const effects = rows.slice(1).map((row) => {
      const ratio = Number.isNaN(row.ratio)
        ? "–"
        : `${row.ratio.toFixed(2)} ± ${row.ratioError.toFixed(2)}${row.powerAccepted ? "" : " ✗"}`;
      return `${percent(row.power)} / ${percent(row.oraclePower)} | ${ratio}`;
    });
    failures += rows.filter((row) => !row.sizeAccepted || row.powerAccepted === false).length;
    const { low, high } = size.interval;
    const largest = Math.max(...rows.slice(1).map((row) => row.falsePassRate));
    const wrong = rows.slice(1).some((row) => !row.sizeAccepted);
    lines.push(
      `| ${cell.process} | ${cell.years} | ${cell.trials} | ${cell.histories} | ${cell.resamples} | ` +
        `${percent(size.falsePassRate)} (${percent(low)} … ${percent(high)})${size.sizeAccepted ? "" : " ✗"} | ` +
        `${percent(counts[0]!.oracleFalsePasses / cell.histories)} | ${percent(largest)}${wrong ? " ✗" : ""} | ${effects.join(" | ")} |`,
    );
  }
  const verdict =
    failures === 0 ? "Every cell is acceptable." : `${failures} entries are not acceptable (✗).`;
  const text = `# Size and power of the judge

The best of N independent trials, by Sharpe ratio, is judged against "Sharpe ratio above zero" at α = 5 % with all N streams
known (StepM, stationary block bootstrap). One trial has the planted annual Sharpe ratio, the others none. Daily returns are normal;
Student's t with five degrees of freedom; or normal with a first-order autocorrelation of 0.2. A false PASS is a PASS on a trial
without effect. The oracle knows every variance and dependence and the exact distribution of the maximum; it sees the same
histories. Power counts only a PASS on the planted trial.

Acceptable: the Clopper–Pearson 95 % interval of the false-PASS rate reaches down to 5 %; power is at least 0.9 of the oracle's, or not
below that by more than 1.96 standard errors of the ratio. A ratio is given where the oracle found the effect in at least 20 histories.
${verdict} Made by \`npx tsx --conditions=source bench/power.ts${quick ? " --quick" : ""}\`; rates in per cent.

| returns | years | N | histories | resamples | false PASS, nothing planted | oracle's | most false PASS, planted | power / oracle at 0.5 | ratio | at 1.0 | ratio | at 1.5 | ratio |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
${lines.join("\n")}
`;
  const path = quick ? `${folder}/table.md` : `${root}docs/evidence-power.md`;
  writeFileSync(path, text);
  process.stdout.write(`${verdict} ${path}\n`);
  process.exitCode = failures === 0 ? 0 : 1;
}
