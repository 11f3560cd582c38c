import { describe, expect, it } from "vitest";
import {
  defineFeature,
  defineTarget,
  type Feature,
  formatReference,
  openGraph,
  type Params,
  parseReference,
  type Target,
} from "#features";

const entry = (name: string, inputs: Record<string, string>): Feature =>
  defineFeature<Params>({
    name,
    describe: name,
    unit: "ratio",
    range: [-1, 1],
    params: { window: 3 },
    inputs: () => inputs,
    warmup: () => 0,
    compute: (columns) => Object.values(columns)[0]!,
  });

const label: Target = defineTarget({
  name: "tomorrow",
  describe: "",
  unit: "ratio",
  params: {},
  inputs: () => ({ price: "spy.close" }),
  horizon: () => 1,
  compute: ({ price }) => price!,
});

function lookupIn(entries: readonly (Feature | Target)[]) {
  return (name: string) => Promise.resolve(entries.find((e) => e.name === name)!);
}

describe("references", () => {
  it("are canonical: defaults filled in, parameters sorted", () => {
    expect(formatReference("a", parseReference("a(z=1, b=true, c=spy.close)").params)).toBe(
      "a(b=true, c=spy.close, z=1)",
    );
  });
  it("may hold references as parameters", () => {
    expect(parseReference("mean(of=vrp(window=5, price=spy.close), window=3)").params).toEqual({
      of: "vrp(window=5, price=spy.close)",
      window: 3,
    });
  });
  it("say what is wrong", () => {
    expect(() => parseReference("Not A Name")).toThrow('"Not A Name" is not a feature reference');
    expect(() => parseReference("a(b)")).toThrow('"b" in "a(b)" is not key=value');
  });
});

describe("the graph", () => {
  it("puts inputs before what reads them and each node once", async () => {
    const graph = openGraph(
      lookupIn([entry("top", { a: "low", b: "low(window=3)" }), entry("low", { x: "spy.close" })]),
    );
    await graph.add("top");
    expect([...graph.nodes.keys()]).toEqual(["low(window=3)", "top(window=3)"]);
  });
  it("refuses circles", async () => {
    const graph = openGraph(lookupIn([entry("a", { x: "b" }), entry("b", { x: "a" })]));
    await expect(graph.add("a")).rejects.toThrow("circle: a(window=3) → b(window=3) → a(window=3)");
  });
  it("refuses unknown parameters with a suggestion", async () => {
    const graph = openGraph(lookupIn([entry("a", { x: "spy.close" })]));
    await expect(graph.add("a(windw=4)")).rejects.toMatchObject({ hint: 'Did you mean "window"?' });
    await expect(graph.add("a(window=big)")).rejects.toThrow('window is "big", not a number');
  });
  it("refuses a value that a parameter cannot take", async () => {
    const chosen = {
      ...entry("a", { x: "spy.close" }),
      params: { way: "up" },
      choices: { way: ["up", "down"] },
    };
    const graph = openGraph(lookupIn([chosen]));
    await expect(graph.add("a(way=dwn)")).rejects.toMatchObject({
      message: 'feature a: way cannot be "dwn"',
      hint: 'Did you mean "down"?',
    });
  });
  it("refuses a label among the features", async () => {
    const graph = openGraph(lookupIn([entry("a", { x: "tomorrow" }), label]));
    await expect(graph.add("a")).rejects.toMatchObject({ code: "LOOK_AHEAD" });
  });
});
