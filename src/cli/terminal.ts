import pc from "picocolors";
import { type Emit, VolterraError } from "#core";

/** Prints a line of the answer on standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a remark that is not part of the answer, on standard error. */
export function remark(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Prints what went wrong and what to do, and sets the exit code. Errors of the program itself keep their stack. */
export function fail(error: unknown): void {
  if (error instanceof VolterraError) {
    remark(`${pc.red("error:")} ${error.message}`);
    if (error.hint !== "") remark(`       ${error.hint}`);
    process.exitCode = error.exitCode;
  } else {
    remark(`${pc.red("internal error:")} ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = 70;
  }
}

const BAR = 24;

/** Shows events: a bar that redraws itself on a terminal, plain lines in a pipe. */
export function showEvents(): { emit: Emit; clear: () => void } {
  const { stderr } = process;
  const terminal = stderr.isTTY === true;
  let last = "";

  function clear(): void {
    if (terminal && last !== "") stderr.write("\r\u001B[2K");
    last = "";
  }

  const emit: Emit = (event) => {
    if (event.kind === "warning") {
      clear();
      remark(`${pc.yellow("warning:")} ${event.code}: ${event.message}`);
    } else if (event.kind === "stage") {
      clear();
      remark(pc.dim(`${event.name}${event.detail === undefined ? "" : ` · ${event.detail}`}`));
    } else if (terminal) {
      const filled = Math.round((BAR * event.done) / event.total);
      const bar = "█".repeat(filled) + "░".repeat(BAR - filled);
      last = `${event.name} ${bar} ${event.done}/${event.total}`;
      stderr.write(`\r\u001B[2K${last}`);
    } else if (event.done === event.total) {
      remark(`${event.name} ${event.done}/${event.total}`);
    }
  };
  return { emit, clear };
}
