import { Command, Option } from "commander";
import { VolterraError } from "#core";
import type { Globals } from "./globals.ts";
import type { JudgeOptions } from "./judge.ts";
import type { PlanOptions } from "./plan.ts";
import { type ProbeAnswers, probeOptions } from "./probe-option.ts";
import { fail } from "./terminal.ts";

/** An option that may be repeated. */
function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** Commands by name, each loaded when it is called, so that help answers at once. */
const program = new Command("volterra")
  .description("Volatility-regime research and trading whose results cannot fool their owner.")
  .version("0.1.0", "-V, --version", "print the version")
  .addOption(
    new Option("--var <dir>", "working folder: data, runs, ledgers")
      .env("VOLTERRA_VAR")
      .default("var"),
  )
  .option("--catalog <dir>", "a further catalog folder, e.g. ./lab; may be repeated", collect)
  .showHelpAfterError("(volterra --help lists the commands)")
  .showSuggestionAfterError()
  .helpOption("-h, --help", "print help")
  .addHelpText(
    "after",
    "\nStart with: volterra demo\nThen:       volterra data import FOLDER; volterra run studies/vrp-erp.yaml",
  );

program
  .command("demo")
  .description("run the first study on the built-in simulated market: no data, no network")
  .option("--seed <n>", "seed of the simulated market", "1")
  .option("--json", "print one JSON object instead of the table")
  .action(async (options: { seed: string; json?: boolean }) =>
    (await import("./demo.ts")).demo(program.opts<Globals>(), options),
  );

const data = program.command("data").description("market data: import, fetch, inspect, check");
data
  .command("import <folder>")
  .description("import a folder of tidy CSV files as a new snapshot")
  .action(async (folder: string) =>
    (await import("./data.ts")).importFolder(program.opts<Globals>(), folder),
  );
data
  .command("fetch <source> [option=value...]")
  .description("fetch from a network source: cboe, fred, yahoo")
  .action(async (source: string, options: string[]) =>
    (await import("./data.ts")).fetchSource(program.opts<Globals>(), source, options),
  );
data
  .command("status")
  .description("snapshots, series, their spans and ages")
  .option("--json", "print one JSON object")
  .action(async (options: { json?: boolean }) =>
    (await import("./data.ts")).status(program.opts<Globals>(), options),
  );
data
  .command("check [folder]")
  .description(
    "apply the quality rules to the current snapshot, or to a folder without importing it",
  )
  .option("--json", "print one JSON object")
  .option("--all", "list every offending row")
  .action(async (folder: string | undefined, options: { json?: boolean; all?: boolean }) =>
    (await import("./data.ts")).check(program.opts<Globals>(), folder, options),
  );

const run = program
  .command("run <study> [key=value...]")
  .description("run a study: a YAML file, its keys overridden by key=value")
  .option("--preset <name>", "preset to run in full (the same as preset=NAME)")
  .option("--peek <reason>", "spend a recorded peek to open a sealed hold-out")
  .option(
    "--allow <code>",
    "let critical quality findings of this code through; may be repeated",
    collect,
  )
  .option("--json", "print one JSON object instead of the tables")
  .action(
    async (
      study: string,
      overrides: string[],
      options: ProbeAnswers & {
        json?: boolean;
        preset?: string;
        allow?: string[];
        peek?: string;
      },
    ) => (await import("./run.ts")).run(program.opts<Globals>(), study, overrides, options),
  );
for (const option of probeOptions()) run.addOption(option);

program
  .command("audit <study> [key=value...]")
  .description("look for look-ahead in all that a study reads, decides, fills and learns")
  .option("--preset <name>", "preset to audit")
  .option("--all", "audit every preset")
  .option("--json", "print one JSON object instead of the tables")
  .action(
    async (
      study: string,
      overrides: string[],
      options: { json?: boolean; preset?: string; all?: boolean },
    ) => (await import("./audit.ts")).runAudit(program.opts<Globals>(), study, overrides, options),
  );

program
  .command("baseline [key=value...]")
  .description("train and test plain ERM: outputs/_baseline_erm_v1/summary.csv")
  .option("--study <file>", "hedging study", "studies/hedging.yaml")
  .action(async (overrides: string[], options: { study: string }) =>
    (await import("./hedging.ts")).baseline(program.opts<Globals>(), options.study, overrides),
  );

program
  .command("sweep <study> [key=a,b,c...]")
  .description("evaluate every combination of values; without any, those of the study's matrix")
  .option("--preset <name>", "preset that the values change")
  .option("--threads <n>", "worker threads; as many as there are cores unless said")
  .option("--json", "print one JSON object")
  .action(
    async (
      study: string,
      grid: string[],
      options: { json?: boolean; preset?: string; threads?: string },
    ) => (await import("./sweep.ts")).runSweep(program.opts<Globals>(), study, grid, options),
  );

program
  .command("plan <study> [key=value...]")
  .description("the next session's orders; nothing is placed. Exit 0 ok, 2 halted, 1 error")
  .option("--preset <name>", "preset to plan")
  .option(
    "--account <file>",
    "account as JSON: cash, positions, memory; the study's NAV in cash without it",
  )
  .option("--strict", "warnings about the data are errors")
  .option("--force", "plan a rebalance although none is due")
  .option("--output <file>", "write the plan as JSON")
  .option("--as-of <day>", "plan as in the evening of a day, with the data up to it")
  .option("--json", "print one JSON object instead of the table")
  .action(async (study: string, overrides: string[], options: PlanOptions) =>
    (await import("./plan.ts")).plan(program.opts<Globals>(), study, overrides, options),
  );

const ledger = program.command("ledger").description("the record of every trial");
ledger
  .command("show <family>")
  .description("trials recorded, by study family")
  .option("--json", "print one JSON object")
  .action(async (family: string, options: { json?: boolean }) =>
    (await import("./ledger.ts")).show(program.opts<Globals>(), family, options),
  );
ledger
  .command("anchor <family>")
  .description("print the head of the chain, to be kept outside: a note, a git tag")
  .action(async (family: string) =>
    (await import("./ledger.ts")).anchor(program.opts<Globals>(), family),
  );
ledger
  .command("verify <family>")
  .description("find changed, dropped, reordered or inserted lines")
  .option("--anchor <length:hash...>", "heads that were anchored")
  .action(async (family: string, options: { anchor?: string[] }) =>
    (await import("./ledger.ts")).verify(program.opts<Globals>(), family, options),
  );
ledger
  .command("export <family>")
  .description("print the trials as CSV, or for MLflow or Optuna")
  .addOption(new Option("--format <format>").choices(["csv", "mlflow", "optuna"]).default("csv"))
  .action(async (family: string, options: { format: string }) =>
    (await import("./ledger.ts")).exportTrials(program.opts<Globals>(), family, options),
  );
ledger
  .command("import <family> <file>")
  .description("count trials made elsewhere: CSV with the columns trial and study, or JSON")
  .requiredOption("--source <text>", "where they were made")
  .addOption(
    new Option("--format <format>", "mlflow: runs/search; optuna: records of trials_dataframe()")
      .choices(["csv", "mlflow", "optuna"])
      .default("csv"),
  )
  .action(async (family: string, file: string, options: { source: string; format: string }) =>
    (await import("./ledger.ts")).importFile(program.opts<Globals>(), family, file, options),
  );

program
  .command("judge <returns>")
  .description("judge any returns: dates and returns or equity, CSV or Parquet")
  .option("--benchmark <file>", "returns to beat, same form")
  .option("--trials <n>", "trials made before this one; without it nothing can PASS")
  .option(
    "--study <name>",
    "ledger family whose trials are counted; by the file's name unless given",
  )
  .option("--contract <kill.yaml>", "criteria fixed before; a Sharpe ratio above 0 unless given")
  .option("--json", "print one JSON object")
  .action(async (file: string, options: JudgeOptions) =>
    (await import("./judge.ts")).judgeFile(program.opts<Globals>(), file, options),
  );

const runs = program.command("runs").description("stored runs: list, show, compare");
runs
  .command("list")
  .description("every complete run")
  .option("--json", "print one JSON object")
  .action(async (options: { json?: boolean }) =>
    (await import("./runs.ts")).list(program.opts<Globals>(), options),
  );
runs
  .command("show <run>")
  .description("the tables of a run; the beginning of its name is enough")
  .option("--json", "print one JSON object")
  .action(async (name: string, options: { json?: boolean }) =>
    (await import("./runs.ts")).show(program.opts<Globals>(), name, options),
  );
runs
  .command("compare <run> <other...>")
  .description("runs side by side")
  .option("--json", "print one JSON object")
  .action(async (first: string, others: string[], options: { json?: boolean }) =>
    (await import("./runs.ts")).compare(program.opts<Globals>(), [first, ...others], options),
  );

program
  .command("report <run>")
  .description("write the report of a stored run again and say where it is")
  .action(async (name: string) =>
    (await import("./runs.ts")).report(program.opts<Globals>(), name),
  );

program
  .command("features <study> [key=value...]")
  .description("store what a study learns from, one row a session, as Parquet with a schema")
  .option("--as-of <day>", "show it as it was known on a day")
  .option("--json", "print one JSON object")
  .action(async (study: string, overrides: string[], options: { asOf?: string; json?: boolean }) =>
    (await import("./features.ts")).features(program.opts<Globals>(), study, overrides, options),
  );

program
  .command("catalog [kind]")
  .description("what can be used: sources, features, strategies, kill-tests, …")
  .option("--json", "print one JSON object")
  .action(async (kind: string | undefined, options: { json?: boolean }) =>
    (await import("./catalog.ts")).catalog(program.opts<Globals>(), kind, options),
  );

process.on("SIGINT", () => {
  fail(new VolterraError("INTERRUPTED", "interrupted", "Nothing is half-written; run it again."));
  process.exit();
});
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
