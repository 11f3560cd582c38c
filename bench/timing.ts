import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The n-th plain argument as a number. */
export function numberOf(n: number, otherwise: number): number {
  const plain = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
  return plain[n] === undefined ? otherwise : Number(plain[n]);
}

export function flagOf(name: string): boolean {
  return process.argv.includes(name);
}

/** Median and best of `reps` runs, in milliseconds. */
function measure(run: () => unknown, reps: number): number[] {
  const times: number[] = [];
  for (let i = 0; i < reps; i++) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  }
  return times;
}

interface Summary {
  readonly median: number;
  readonly best: number;
}

function summarise(times: readonly number[]): Summary {
  const sorted = times.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1]!, best: sorted[0]! };
}

function row(name: string, median: string, best: string): string {
  return `  ${name.padEnd(24)} median ${median.padStart(11)}   best ${best.padStart(11)}\n`;
}

/** A peer that waits for a line and answers with its times of one round, as JSON: `{ name: [ms, …] }`. */
function startPeer(
  args: readonly string[],
): { ask: () => Promise<Record<string, number[]>>; stop: () => void } | undefined {
  const python = process.env["VOLTERRA_PEERS"];
  if (!python) return undefined;
  const [script, ...rest] = args;
  const path = fileURLToPath(new URL(`./peers/${script}`, import.meta.url));
  const child: ChildProcess = spawn(python, [path, ...rest], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    async ask() {
      child.stdin!.write("go\n");
      const { value, done } = await lines.next();
      if (done) throw new Error(`the peer ${script} ended`);
      return JSON.parse(value) as Record<string, number[]>;
    },
    stop: () => void child.kill(),
  };
}

const ROUNDS = 5;

/** Times ours and, where there are any, the peers, round after round in turn. */
export async function alternate(
  title: string,
  ours: { readonly name: string; readonly run: () => unknown },
  peer: readonly string[],
): Promise<void> {
  const started = startPeer(peer);
  for (let i = 0; i < 20; i++) ours.run();
  const [once = 1] = measure(ours.run, 1);
  const reps = Math.max(5, Math.min(100, Math.round(400 / once)));
  const times: Record<string, number[]> = { [ours.name]: [] };
  for (let round = 0; round < ROUNDS; round++) {
    times[ours.name]!.push(...measure(ours.run, reps));
    for (const [name, theirs] of Object.entries((await started?.ask()) ?? {})) {
      (times[name] ??= []).push(...theirs);
    }
  }
  started?.stop();
  process.stdout.write(`${title}, Node ${process.versions.node}\n`);
  const found = Object.entries(times).map(([name, all]) => ({ name, ...summarise(all) }));
  for (const { name, median, best } of found)
    process.stdout.write(row(name, `${median.toFixed(2)} ms`, `${best.toFixed(2)} ms`));
  const [own, ...others] = found;
  if (!own || others.length === 0) return;
  const ratio = (of: (summary: Summary) => number) =>
    `${(Math.min(...others.map(of)) / of(own)).toFixed(2)} ×`;
  process.stdout.write(
    row(
      "fastest peer / ours",
      ratio((s) => s.median),
      ratio((s) => s.best),
    ),
  );
}
