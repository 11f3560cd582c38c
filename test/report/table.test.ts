import { expect, it } from "vitest";
import { textTable } from "#report";
import { renderTable } from "../../src/report/html-table.ts";

const columns = [
  { name: "preset" },
  { name: "Sharpe", kind: "ratio" },
  { name: "CAGR", kind: "percent" },
] as const;

it("aligns text to the left and numbers to the right, without escape codes", () => {
  const text = textTable(columns, [
    ["as-coded", -0.1, 0.1234],
    ["φ", NaN, null],
  ]);
  expect(text).toBe(
    [
      "preset    Sharpe   CAGR",
      "────────  ──────  ─────",
      "as-coded   -0.10  12.3%",
      "φ              –      –",
    ].join("\n"),
  );
});

it("writes rows of one metric each as their kind says", () => {
  const rows = [
    ["Sharpe", 0.5],
    ["CAGR", 0.05],
  ] as const;
  const text = textTable([{ name: "" }, { name: "x", kind: "row" }], rows, ["ratio", "percent"]);
  expect(text.split("\n").slice(2)).toEqual(["Sharpe  0.50", "CAGR    5.0%"]);
});

it("writes a table without rows", () => {
  expect(textTable([{ name: "a" }], [])).toBe("a\n─");
  expect(renderTable({ title: "", note: "", columns, rows: [] })).toContain("No rows.");
});

it("escapes names and cells, marks verdicts, and writes true minuses", () => {
  const html = renderTable({
    title: "<b>",
    note: "a & b",
    columns: [{ name: "<i>" }, { name: "x", kind: "ratio" }, { name: "y" }],
    rows: [['"><script>', -1, "NOT PROVEN"]],
  });
  expect(html).not.toMatch(/<b>|<i>|<script/);
  expect(html).toContain("&quot;&gt;&lt;script&gt;");
  expect(html).toContain('<td class="num">−1.00</td>');
  expect(html).toContain('<span class="tag open">NOT PROVEN</span>');
});
