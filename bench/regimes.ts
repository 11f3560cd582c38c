/**
 * The tables of docs/regimes.md: share of sessions by regime and pairwise agreement on the real data.
 *
 *   node --conditions=source --import tsx bench/regimes.ts [--write]
 *
 * prints them; --write puts them into the page.
 */
import { silent, toDay, toNumber } from "#core";
import { compareStates } from "#features";
import { openMarket, type Source } from "#market";
import { openCatalog, takeSnapshot } from "#run";
import { openWorkbench } from "../src/run/workbench.ts";
import { MARKET_DIR } from "../test/market-data.ts";
import { number, publish, table } from "./page.ts";

/** Inputs of all of them exist from here on: the VX contracts begin in 2013, their curve of the gate with them. */
const FROM = "2013-07-01";

const REGIMES = [
  { name: "gate", ref: "gate-state", states: ["CLOSED", "REDUCE", "OPEN"] },
  {
    name: "rule regime",
    ref: "rule-regime",
    states: ["low_vol", "high_vol", "iv_expansion", "iv_contraction", "neutral"],
  },
  { name: "volatility band", ref: "vol-band", states: ["low", "medium", "high", "crisis"] },
  { name: "short-VX loss", ref: "short-vx-loss", states: ["no", "loss"] },
] as const;

const percent = (x: number) => (Number.isNaN(x) ? "–" : `${(100 * x).toFixed(1)} %`);

const catalog = openCatalog();
const source = await catalog.load<Source>("sources", "folder");
const market = await openMarket(await takeSnapshot(source, { path: MARKET_DIR }, silent));
const bench = openWorkbench(market, catalog);
const from = market.sessions.findIndex((day) => day >= toNumber(FROM));
const columns: Float64Array[] = [];
for (const { ref } of REGIMES) columns.push((await bench.feature(ref)).subarray(from));

/** Runs of equal states. */
function spells(states: Float64Array): number {
  return states.filter((x, t) => !Number.isNaN(x) && x !== states[t - 1]).length;
}

const shares = REGIMES.flatMap(({ name, states }, i) => {
  const known = columns[i]!.filter((x) => !Number.isNaN(x));
  const length = (known.length / spells(columns[i]!)).toFixed(1);
  return states.map((state, s) => [
    s === 0 ? `**${name}**` : "",
    state,
    percent(known.filter((x) => x === s).length / known.length),
    s === 0 ? String(known.length) : "",
    s === 0 ? length : "",
  ]);
});

const pair = (i: number, j: number) =>
  compareStates(columns[i]!, columns[j]!, {
    rows: REGIMES[i]!.states.length,
    columns: REGIMES[j]!.states.length,
  });
const matrix = (value: (i: number, j: number) => number) =>
  table(
    ["", ...REGIMES.map(({ name }) => name)],
    REGIMES.map(({ name }, i) => [
      name,
      ...REGIMES.map((_, j) => (i === j ? "1" : number(value(i, j)))),
    ]),
  );

const conditional = REGIMES.slice(0, 3).map(({ name, states }, i) => {
  const others = REGIMES.map((regime, j) => ({ ...regime, j })).filter(({ j }) => j !== i);
  const rows = states.map((state, s) => [
    `${state}`,
    ...others.flatMap(({ j }) => {
      const counts = pair(i, j).counts[s]!;
      const total = counts.reduce((a, b) => a + b, 0);
      return counts
        .slice(REGIMES[j]!.name === "short-VX loss" ? 1 : 0)
        .map((n) => percent(n / total));
    }),
  ]);
  const head = others.flatMap((other) =>
    other.name === "short-VX loss" ? ["short-VX loss"] : [...other.states],
  );
  return `When the ${name} says … the others say:\n\n${table(["", ...head], rows)}`;
});

const losses = columns[3]!;
const rank = await bench.feature("rule-regime(rank=rank)");
const byRank = compareStates(columns[1]!, rank.subarray(from), { rows: 5, columns: 5 });
const same = byRank.counts.reduce((sum, row, i) => sum + row[i]!, 0) / byRank.sessions;
const text = [
  `Sessions ${FROM} … ${toDay(market.sessions.at(-1)!)}.`,
  table(["regime", "state", "share of sessions", "sessions", "mean spell, sessions"], shares),
  `The loss has a base rate of ${percent(losses.filter((x) => x === 1).length / losses.filter((x) => x >= 0).length)} in ` +
    `${losses.filter((x, t) => x === 1 && losses[t - 1] !== 1).length} distinct episodes (runs of sessions that foresee one). ` +
    `With the min–max rank in place of the percentile the rule regime is the same on ${percent(same)} of sessions.`,
  "Cramér's V (0: independent; 1: one names the other):",
  matrix((i, j) => pair(i, j).cramersV),
  "Adjusted Rand index (0: no better than chance; 1: the same partition):",
  matrix((i, j) => pair(i, j).adjustedRand),
  ...conditional,
].join("\n\n");

publish("regimes.md", "regimes", text);
