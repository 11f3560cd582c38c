import { describe, expect, it } from "vitest";
import { defineHedgeKillTest } from "#hedge";
import type { HedgingResult } from "#run";
import { type Figure, hedgingText, renderSvg } from "#report";
import { formatCell } from "../../src/report/format.ts";
import { frontierFigure, nonDominated, placeLabels } from "../../src/report/figures/frontier.ts";
import { hedgingFigures } from "../../src/report/hedging-figures.ts";
import { hedgingPage } from "../../src/report/hedging-report.ts";
import {
  claimTable,
  decisionTable,
  environmentTable,
  methodTable,
  selectionTable,
  trialCount,
} from "../../src/report/hedging-tables.ts";
import claims from "../../catalog/claims/hedging.ts";
import { WINDOWS, hedgingResult } from "./hedging-fixture.ts";

const result = hedgingResult();
const figures = hedgingFigures(result);
const html = (of: HedgingResult) => hedgingPage(of, hedgingFigures(of));
const page = html(result);
/** The page's words as they are read. */
const plain = page
  .replace(/<[^>]*>/g, "")
  .replaceAll("&#39;", "'")
  .replaceAll("&gt;", ">")
  .replaceAll("&amp;", "&")
  .replaceAll("−", "-");
const text = hedgingText(result);

function figure(id: string, of: readonly Figure[] = figures): Figure {
  const found = of.find((one) => one.id === id);
  if (!found) throw new Error(`no figure ${id} in ${of.map((one) => one.id).join(", ")}`);
  return found;
}

/** The parts of an option that these tests look at. */
interface Drawn {
  readonly grid: readonly object[];
  readonly xAxis: { readonly data: readonly string[] };
  readonly visualMap: { readonly min: number; readonly max: number };
  readonly title: readonly { readonly text: string }[];
  readonly series: readonly {
    readonly type: string;
    readonly showSymbol?: boolean;
    readonly xAxisIndex?: number;
    readonly data: readonly (number[] & { readonly label?: { readonly formatter: string } })[];
  }[];
}
const drawn = (id: string, of?: readonly Figure[]) => figure(id, of).option as unknown as Drawn;

describe("what a page of a hedging run says", () => {
  it("is stamped by what the contract sees, not by a preset's name", () => {
    expect(html(hedgingResult({ preset: "as-coded" }))).not.toContain("LOOK-AHEAD");
    const peeking = hedgingResult({ lookAhead: true });
    expect(html(peeking)).toContain("<strong>LOOK-AHEAD</strong>");
    expect(hedgingText(peeking)).toMatch(/^LOOK-AHEAD/);
    expect(text).not.toContain("LOOK-AHEAD");
  });

  it("says with each criterion what the data find at all, and with each claim what would decide", () => {
    const rows = claimTable(result).rows.filter((row) => row.at(-1) !== "not run");
    const at = claimTable(result).columns.findIndex(({ name }) => name === "MDE");
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows) expect(row[at]).toMatch(/^-?\d+\.\d+%?$/);
    expect(claimTable(result).note).toContain("premiums");
    const decisions = decisionTable(result).rows.map((row) => row.join(" "));
    expect(decisions).toContain("H1 no advantage over strong regularisation is shown");
    expect(decisions.some((row) => row.includes("30 seeds, which PASS asks for"))).toBe(true);
    for (const row of decisionTable(result).rows) {
      expect(plain).toContain(String(row[1]));
      expect(text).toContain(String(row[1]));
    }
  });

  it("counts the trials: those of the run, of its grid, and those declared", () => {
    // Two selection seeds, each erm once and two methods at two λ; four learners and two.
    const recorded = 2 * (1 + 2 * 2) + 4 + 2;
    expect(trialCount(result).value).toBe(`N ≥ ${recorded + claims.priorTrials!.count}`);
    expect(trialCount(result).note).toBe(`${recorded} trained here, 25 declared`);
    expect(page).toContain(`N ≥ ${recorded + 25}`);
    expect(text).toContain(`N ≥ ${recorded + 25}`);
    const { hash: _, priorTrials: __, ...terms } = claims;
    const open = hedgingResult({}, defineHedgeKillTest(terms));
    expect(trialCount(open)).toMatchObject({ value: `N ≥ ${recorded}` });
    expect(html(open)).toContain("no prior trials are declared");
  });

  it("prints the same numbers as the terminal", () => {
    for (const arm of result.arms) {
      const { columns, rows } = methodTable(result, arm);
      const cells = rows.flatMap((row) => row.map((cell, j) => formatCell(cell, columns[j]!.kind)));
      for (const cell of cells) {
        expect(text).toContain(cell);
        expect(plain).toContain(cell);
      }
      expect(methodTable(result, arm).note).toContain("premiums");
      expect(columns.map(({ name }) => name)).toContain("per 100 of spot");
    }
  });

  it.each([
    ["given", "λ was given; the grid shows what each rule would take."],
    ["in-domain", "in-domain decides."],
    ["leave-one-environment-out", "leave-one-environment-out decides."],
  ] as const)("says how λ was taken: %s", (select, words) => {
    const { note, rows, columns } = selectionTable(hedgingResult({ select }));
    expect(note).toContain(words);
    expect(note).toContain("low on seed 1001, jump on seed 1002");
    expect(columns.at(-1)!.name).toBe("taken");
    expect(rows.map((row) => row.at(-1))).toEqual(["0", "10"]);
    expect(note.match(/decides/g)?.length ?? 0).toBe(select === "given" ? 0 : 1);
  });

  it("shows raw windows as points and not as a tail", () => {
    const sets = environmentTable(result, "synthetic").rows.map(([set]) => set);
    expect(sets).toContain("covid");
    expect(sets).not.toContain("covid-raw");
    expect(drawn("regimes-synthetic").xAxis.data).not.toContain("covid-raw");
    const strip = figure("raw-synthetic-covid-raw");
    expect(strip.title).toContain("raw windows of one episode");
    expect(strip.note).toContain(`n = ${WINDOWS} windows`);
    const { data } = drawn("raw-synthetic-covid-raw").series[0]!;
    const own = data.filter(([, row]) => row === 1).map(([x]) => x);
    expect(own).toEqual([...new Set(result.quantiles["synthetic covid-raw"]!["delta"])]);
    expect(page).toContain(strip.title.replace("&", "&amp;"));
    expect(figures.filter(({ id }) => id.startsWith("raw-"))).toHaveLength(1);
  });
});

describe("figures of a hedging run", () => {
  it("are sound, one id each, and all on the page", () => {
    expect(new Set(figures.map(({ id }) => id)).size).toBe(figures.length);
    for (const one of figures) {
      if (one.option !== null) {
        expect(renderSvg(one)).not.toMatch(/NaN|undefined|Infinity|\[object/);
      }
      expect(page).toContain(
        `<figcaption>${one.title.replace("&", "&amp;").replaceAll("'", "&#39;")}`,
      );
    }
  });

  it("draw every arm's crisis and regimes", () => {
    for (const arm of result.arms) {
      expect(drawn(`crisis-${arm}`).grid).toHaveLength(3);
      expect(drawn(`regimes-${arm}`).xAxis.data).toContain(
        arm === "positive" ? "flipped" : "crisis",
      );
    }
  });

  it("draw training risk against held-out risk, a panel a penalised method", () => {
    const { title, series } = drawn("pareto");
    expect(title.map((one) => one.text)).toEqual(["v-rex", "irm-v1"]);
    const labels = series.flatMap(({ data }) => data.flatMap((d) => d.label?.formatter ?? []));
    expect(labels.toSorted()).toEqual(["0", "0", "1", "1", "10", "10"]);
    const lines = series.filter(({ type }) => type === "line").map(({ data }) => data);
    expect(lines.map((line) => line.length)).toEqual([1, 3]);
    expect(lines[1]!.flat().map((x) => Math.round(10 * x))).toEqual([5, 9, 6, 8, 7, 7]);
    const none = hedgingFigures(hedgingResult({ selection: [] }));
    for (const id of ["pareto", "lambda"]) {
      expect(figure(id, none)).toMatchObject({ option: null, note: "The λ grid was not run." });
    }
  });

  it("mark a single note of training", () => {
    expect(drawn("penalty").series.every(({ showSymbol }) => showSymbol === true)).toBe(true);
    expect(drawn("penalty").series.map(({ data }) => data.map(([, y]) => y))).toEqual([
      [0.01],
      [0.01],
    ]);
    expect(figure("penalty").note).toContain("the only note");
  });

  it("end the colours of regimes where the learners end", () => {
    const off = hedgingResult();
    const trials = off.trials.map((one) =>
      one.trial.method === "delta" || one.trial.kind === "method"
        ? one
        : { ...one, trial: { ...one.trial, method: "delta-vega" } },
    );
    const wide = hedgingFigures({ ...off, trials, baselines: ["delta", "delta-vega"] });
    const { min, max } = drawn("regimes-synthetic", wide).visualMap;
    expect(max).toBeLessThan(1);
    expect(min).toBe(-max);
  });

  it("show costs as lines, and every feature that was moved", () => {
    const { series } = drawn("spreads");
    expect(series.every(({ type, data }) => type === "line" && data.length === 2)).toBe(true);
    expect(drawn("sensitivity-synthetic").xAxis).toMatchObject([
      { data: ["delta", "gamma", "tau"] },
      {},
    ]);
    expect(drawn("sensitivity-positive").xAxis).toMatchObject([
      { data: ["delta", "gamma", "tau", "signal"] },
      {},
    ]);
  });
});

describe("a frontier", () => {
  const points = [
    { name: "a", x: 1, y: 3 },
    { name: "b", x: 2, y: 1 },
    { name: "c", x: 2, y: 3 },
    { name: "twin of b", x: 2, y: 1 },
    { name: "worse", x: 3, y: 3 },
  ];

  it("joins the points that none beats on both axes", () => {
    expect(nonDominated(points).map(({ name }) => name)).toEqual(["a", "b", "twin of b"]);
  });

  it("writes no name over another, over a point or out of its panel", () => {
    const spots = ["erm", "v-rex", "group-dro", "hirm", "head-irm", "delta"].map((name, i) => ({
      name,
      x: 380 + (i % 3),
      y: 100 + i,
    }));
    const area = { width: 400, height: 240 };
    const boxes = placeLabels(spots, [], area).map(({ name, x, y, side }) => {
      const width = 5 * name.length;
      const left = side === "right" ? x : side === "left" ? x - width : x - width / 2;
      return { name, left, right: left + width, top: y - 6, bottom: y + 6 };
    });
    for (const a of boxes) {
      expect(a.left).toBeGreaterThanOrEqual(0);
      expect(a.right).toBeLessThanOrEqual(area.width);
      for (const b of boxes) {
        if (a.name === b.name) continue;
        const apart =
          a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        expect(apart, `${a.name} and ${b.name}`).toBe(true);
      }
    }
  });

  it("is empty without points", () => {
    const words = { id: "f", title: "F", note: "n", xName: "x", yName: "y" };
    const point = { name: "a", x: NaN, y: 1 };
    expect(
      frontierFigure({ ...words, panels: [{ name: "p", points: [point] }] }).option,
    ).toBeNull();
  });
});
