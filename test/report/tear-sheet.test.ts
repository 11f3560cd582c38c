import { describe, expect, it } from "vitest";
import { renderPage, renderTearSheet } from "#report";
import { emptyData, fullData, metricsOf, verdictOf, walk, weekdays } from "./fixture.ts";

const VOID = new Set(["meta", "path", "rect", "circle", "stop", "line", "polyline", "polygon"]);

/** Every element is closed, in order. */
function expectBalanced(html: string): void {
  const open: string[] = [];
  for (const [, close, name, selfClosed] of html.matchAll(/<(\/?)([a-zA-Z][\w]*)[^>]*?(\/?)>/g)) {
    if (close) {
      if (open.at(-1) === name) open.pop();
      else expect(VOID.has(name!), `</${name}> closes <${open.at(-1)}>`).toBe(true);
    } else if (!selfClosed && !VOID.has(name!)) open.push(name!);
  }
  expect(open).toEqual([]);
}

function expectSelfContained(html: string): void {
  expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\((?!#)/i);
  const outside = html.replaceAll("http://www.w3.org/2000/svg", "");
  expect(outside).not.toMatch(/https?:/);
}

/** The page without markup. */
function textOf(html: string): string {
  return html.replace(/<style>[^]*?<\/style>/g, "").replace(/<[^>]*>/g, " ");
}

describe("a full tear sheet", () => {
  const html = renderTearSheet(fullData());

  it("is one sound, self-contained document", () => {
    expectBalanced(html);
    expectSelfContained(html);
    expect(textOf(html)).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("gives equal bytes for equal data", () => {
    expect(renderTearSheet(fullData())).toBe(html);
  });

  it("opens with the verdict, its reasons, the trials and the deflated Sharpe", () => {
    const order = [
      "NOT PROVEN",
      "N ≥ 21",
      "0.414",
      "does not clear",
      "What would decide",
      "Criteria",
      "Growth of 1",
    ];
    const places = order.map((text) => html.indexOf(text));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(textOf(html)).toMatch(/9 recorded, 12 declared/);
  });

  it("carries no stamp that is not earned", () => {
    expect(html).not.toContain('class="stamps"');
  });

  it("shows every part", () => {
    for (const part of [
      "Sub-periods",
      "Named events",
      "OPEN 3, REDUCE 2, CLOSED 18",
      "Worst drawdowns",
      "not yet",
      "Rolling Sharpe",
      "Monthly returns",
      "If trading cost more",
      "If decisions came later",
      "Bootstrap fan",
      "Presets side by side",
      "quantstats",
      "Gate",
      "Provenance",
      "vrp-erp-5b1c6d0e",
    ]) {
      expect(html, part).toContain(part);
    }
  });

  it("writes missing numbers as dashes", () => {
    expect(html).toMatch(/Sharpe over T-bills<\/th><td class="num hang">–</);
  });
});

describe("stamps", () => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
  ])("simulated %s, look-ahead %s", (simulated, lookAhead) => {
    const html = renderTearSheet({ ...emptyData(), simulated, lookAhead });
    expect(html.includes("<strong>SIMULATED</strong>")).toBe(simulated);
    expect(html.includes("<strong>LOOK-AHEAD</strong>")).toBe(lookAhead);
    expect(/<title>[^<]*SIMULATED/.test(html)).toBe(simulated);
    expect(/@top-center\{content:"[^"]*LOOK-AHEAD/.test(html)).toBe(lookAhead);
  });
});

describe("degenerate tear sheets", () => {
  it("empty", () => {
    const html = renderTearSheet(emptyData());
    expectBalanced(html);
    expect(textOf(html)).not.toMatch(/NaN|undefined|null|Infinity/);
    expect(html).toContain("No verdict");
    expect(html).toContain("No returns in this window.");
  });

  it("one day, one curve, no regime, nothing else", () => {
    const html = renderTearSheet({
      ...emptyData(),
      days: weekdays(1),
      curves: [{ name: "x", role: "strategy", returns: Float64Array.of(0.01) }],
      metrics: [{ name: "x", metrics: { n: 1, sharpe: NaN } }],
      verdict: {
        ...verdictOf("KILL"),
        trials: { recorded: 1, declared: null, atLeast: 1, effective: NaN },
        deflatedSharpe: NaN,
        criteria: [],
        reasons: [],
      },
    });
    expectBalanced(html);
    expect(textOf(html)).not.toMatch(/NaN|undefined|null|Infinity/);
    expect(html).toContain("none declared");
  });

  it("warns of results too good to be true", () => {
    const metrics = metricsOf(walk("lucky", 500, 0.01, 0.005));
    const html = renderTearSheet({ ...emptyData(), metrics: [{ name: "lucky", metrics }] });
    expect(html).toContain('role="alert"');
    expect(renderTearSheet(fullData(600))).not.toContain('role="alert"');
  });
});

it("escapes whatever names and notes hold", () => {
  const evil = `<script>alert("x")</script>&'`;
  const full = fullData(300);
  const html = renderTearSheet({
    ...full,
    title: evil,
    study: evil,
    preset: evil,
    curves: full.curves.map(({ role, returns }, i) => ({ name: `${evil}${i}`, role, returns })),
    metrics: [{ name: evil, metrics: { [evil]: 1 } }],
    intervals: [{ series: evil, metric: evil, estimate: 1, low: 0, high: 2 }],
    differences: [{ benchmark: evil, metric: evil, estimate: 1, low: 0, high: 2 }],
    regime: { ...full.regime!, name: evil, names: [evil, `${evil}2`, `${evil}3`] },
    presets: [{ name: evil, metrics: {}, verdict: evil, lookAhead: true }],
    provenance: [{ name: evil, value: evil }],
    notes: [evil],
    verdict: { ...verdictOf("KILL"), killTest: evil, reasons: [evil], whatWouldDecide: [evil] },
    moreTables: [{ title: evil, note: evil, columns: [{ name: evil }], rows: [[evil]] }],
  });
  expect(html).not.toContain("<script");
  expectBalanced(html);
  expectSelfContained(html);
});

it("builds pages of other studies from the same bricks, with ids that stay apart", () => {
  const figure = { id: "same", title: "t", note: "n", width: 300, height: 200, option: null };
  const drawn = { ...fullData(300).moreFigures, ...figure };
  const html = renderPage({
    title: "Hedging",
    subtitle: "invariance",
    simulated: true,
    lookAhead: false,
    sections: [
      { title: "Verdict", blocks: [{ kind: "verdict", verdict: null }] },
      { title: "Left out", blocks: [] },
      {
        title: "Figures",
        blocks: [
          { kind: "figure", figure: drawn },
          { kind: "figure", figure: drawn },
        ],
      },
      {
        title: "Notes",
        blocks: [
          { kind: "notes", notes: ["one"] },
          { kind: "warning", text: "two" },
          { kind: "facts", facts: [{ name: "CVaR", value: "-3.1", note: "(-4 … -2)" }] },
        ],
      },
    ],
    provenance: [],
  });
  expectBalanced(html);
  expect(html).not.toContain("Left out");
  expect(html).toContain("<dd>−3.1</dd>");
});

it("refuses rows of unequal length and ids that are none", () => {
  const full = fullData(300);
  expect(() => renderTearSheet({ ...full, days: weekdays(299) })).toThrow(RangeError);
  const figure = { id: '"><b>', title: "t", note: "n", width: 300, height: 200, option: {} };
  expect(() => renderTearSheet({ ...full, moreFigures: [figure] })).toThrow(RangeError);
});

it("takes less than a second and a half of processor time", () => {
  const data = fullData();
  const times = [0, 1].map(() => {
    const before = process.cpuUsage();
    renderTearSheet(data);
    return process.cpuUsage(before).user / 1e6;
  });
  expect(Math.min(...times)).toBeLessThan(1.5);
});
