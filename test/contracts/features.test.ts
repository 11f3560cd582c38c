import { describe, expect, it } from "vitest";
import { toDay } from "#core";
import { type Columns, formatReference, type Node, openTable, parseReference } from "#features";
import { auditNode, firstDifference, leakText } from "#run";
import { absentSeries, asksCalendar, graph } from "./entries.ts";
import { catalog, worlds } from "./worlds.ts";

/** Sessions of each market, the latest, whose every row is cut; the long proofs cut all there are. */
const ROWS = 1200;

/** What every feature and target keeps, however new: causality, warm-up, range, purity, names. */
const nodes = [...graph.nodes.values()];

/** The first stretch of `rows` rows on which every input has a value. */
function gapless(inputs: Columns, rows: number, total: number): number {
  let run = 0;
  for (let t = 0; t < total; t++) {
    run = Object.values(inputs).every((x) => !Number.isNaN(x[t]!)) ? run + 1 : 0;
    if (run === rows) return t - rows + 1;
  }
  return -1;
}

describe.each(worlds)("on $name", ({ market }) => {
  const column = openTable(graph, market);
  const days = market.sessions;

  function inputsOf({ inputs }: Node): Columns {
    return Object.fromEntries(Object.entries(inputs).map(([alias, ref]) => [alias, column(ref)]));
  }

  const cases = nodes.map((node) => {
    const absent = absentSeries(market, node.ref);
    const title = absent.length > 0 ? `${node.ref} (SKIPPED: no ${absent.join(", ")})` : node.ref;
    return { title, node, here: absent.length === 0 };
  });

  for (const { title, node, here } of cases) {
    describe.runIf(here)(title, () => {
      const { entry, params } = node;

      it("depends on no later row", () => {
        const late = (ref: string) => column(ref).subarray(-ROWS);
        const { leak, cuts } = auditNode(node, late, days.subarray(-ROWS));
        expect(leak && leakText(leak)).toBeNull();
        expect(cuts).toBeGreaterThan(100);
      });

      it("has values, and only plausible ones", () => {
        const values = column(node.ref);
        expect(values.some((x) => !Number.isNaN(x))).toBe(true);
        const [low, high] = entry.kind === "feature" ? entry.range : [-Infinity, Infinity];
        const wild = [...values.keys()]
          .filter((t) => values[t]! < low || values[t]! > high || Math.abs(values[t]!) === Infinity)
          .map((t) => `${toDay(days[t]!)}: ${values[t]}`);
        expect(wild.slice(0, 3)).toEqual([]);
      });

      it("leaves its inputs as they are and says the same twice", () => {
        const inputs = inputsOf(node);
        const before = Object.values(inputs).map((x) => x.slice());
        const first = entry.compute(inputs, params, days);
        const changed = Object.values(inputs).map((x, i) =>
          firstDifference(x, before[i]!, x.length),
        );
        expect(changed).toEqual(before.map(() => -1));
        expect(Object.values(inputs).includes(first)).toBe(false);
        const second = entry.compute(inputs, params, days);
        expect(firstDifference(first, second, days.length)).toBe(-1);
      });

      if (entry.kind === "target") {
        it("is unknown in its last rows", () => {
          const horizon = entry.horizon(params);
          const inputs = inputsOf(node);
          const rows = gapless(inputs, 1, days.length);
          const values = column(node.ref).subarray(rows);
          expect(horizon).toBeGreaterThan(0);
          expect([...values.subarray(-horizon)]).toEqual(Array(horizon).fill(NaN));
        });
      } else {
        it("has its first value after exactly its warm-up", () => {
          const warmup = entry.warmup(params);
          const rows = warmup + 10;
          const inputs = inputsOf(node);
          const from = gapless(inputs, rows, days.length);
          expect(from).toBeGreaterThanOrEqual(0);
          const slice = Object.entries(inputs).map(([k, x]) => [k, x.slice(from, from + rows)]);
          const values = entry.compute(
            Object.fromEntries(slice) as Columns,
            params,
            days.slice(from, from + rows),
          );
          expect(values.findIndex((x) => !Number.isNaN(x))).toBe(warmup);
        });
      }
    });
  }
});

describe.each(["features", "targets"] as const)("every entry of %s", (folder) => {
  it.each(catalog.names(folder))(
    "%s is named by its file, described and canonical",
    async (name) => {
      const entry = await catalog.load<Node["entry"]>(folder, name);
      expect([entry.name, `${entry.kind}s`]).toEqual([name, folder]);
      expect(entry.describe).not.toBe("");
      expect(asksCalendar(folder, name), "use scheduledSessions").toBe(false);
      const [ref] = await graph.add(name);
      const { name: again, params } = parseReference(ref!);
      expect(formatReference(again, params)).toBe(ref);
      expect(params).toEqual(entry.params);
      expect(Object.isFrozen(entry)).toBe(true);
    },
  );
});
