/**
 * Every bench, one after the other, into docs/bench.md: `npm run bench [NAME…]`. The Node that runs this runs the benches;
 * peers join where VOLTERRA_PEERS names a Python that has them. Run it on a machine that does nothing else.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

interface Bench {
  readonly name: string;
  readonly title: string;
  readonly args?: readonly string[];
  /** Ours alone: the peers stand in the section above. */
  readonly alone?: true;
}

const PEERS = process.env.VOLTERRA_PEERS ?? "";
const BENCHES: readonly Bench[] = [
  { name: "market", title: "Market data: import, load, memory" },
  { name: "simulate", title: "Daily simulation" },
  { name: "evidence", title: "Bootstrap, overfitting probability, StepM" },
  { name: "audit", title: "Audit of the whole catalog" },
  { name: "commands", title: "Whole commands: sweep and hedging" },
  { name: "quant", title: "Prices, volatilities, paths" },
  { name: "lstm", title: "LSTM training step" },
  {
    name: "lstm",
    title: "LSTM training step, without the V8 flag",
    args: ["--plain"],
    alone: true,
  },
  { name: "trees", title: "Boosted trees", args: PEERS === "" ? [] : [PEERS] },
  { name: "hedge", title: "Hedging update" },
  { name: "hedge", title: "Hedging update, without the V8 flag", args: ["--plain"], alone: true },
];

const here = fileURLToPath(new URL(".", import.meta.url));
const page = fileURLToPath(new URL("../docs/bench.md", import.meta.url));
const wanted = process.argv.slice(2);
const column = `Node ${process.versions.node}`;

/** Sections of the page as it is: "## title · Node version" → text. */
function sections(): Map<string, string> {
  const found = new Map<string, string>();
  if (!existsSync(page)) return found;
  for (const part of readFileSync(page, "utf8").split("\n## ").slice(1)) {
    const [title = "", ...lines] = part.split("\n");
    found.set(title, lines.join("\n").trim());
  }
  return found;
}

const kept = sections();
for (const { name, title, args = [], alone } of BENCHES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`${title}\n`);
  const run = spawnSync(
    process.execPath,
    [
      "--conditions=source",
      "--import",
      "tsx",
      "--import",
      `${here}peak.ts`,
      `${here}${name}.ts`,
      ...args,
    ],
    {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
      env: alone ? { ...process.env, VOLTERRA_PEERS: "" } : process.env,
    },
  );
  const ended = run.status === 0 ? "" : `\n(ended with ${run.status ?? run.signal})`;
  kept.set(`${title} · ${column}`, `\`\`\`text\n${run.stdout.trim()}${ended}\n\`\`\``);
}

const model = cpus()[0]?.model.trim() ?? "unknown";
const text = [...kept].map(([title, body]) => `## ${title}\n\n${body}\n`).join("\n");
writeFileSync(
  page,
  `# Benches\n\nWritten by \`npm run bench\`; ${cpus().length} cores, ${model}. Machines are noisy: compare ratios within a run.\n\n${text}`,
);
