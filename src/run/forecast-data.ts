import { toNumber, VolterraError } from "#core";
import { designSamples, isColumn, type Node } from "#features";
import type { Samples } from "#learn";
import type { Workbench } from "./workbench.ts";

/** What `buildRows` needs of a spec. */
export interface RowSpec {
  readonly target: string;
  readonly classes: readonly string[];
  readonly features: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<string, string>>;
  readonly steps: number;
  readonly window: { readonly start: string; readonly end: string };
}

/**
 * Rows of a study on a market: features and further columns, with the target's classes. Rejects with `VolterraError`:
 * LOOK_AHEAD where a feature is a target, SPEC where the target is none.
 */
export async function buildRows(bench: Workbench, spec: RowSpec): Promise<Samples> {
  const features: Record<string, Float64Array> = {};
  for (const [name, ref] of Object.entries({ ...spec.features, ...spec.columns })) {
    features[name] = await bench.feature(ref);
    if (nodeOf(bench, ref)?.entry.kind !== "target") continue;
    throw new VolterraError(
      "LOOK_AHEAD",
      `the feature "${name}" is the target ${ref}, which looks ahead`,
      "Only the label of a model may be a target.",
    );
  }
  const values = await bench.feature(spec.target);
  const node = nodeOf(bench, spec.target);
  if (node?.entry.kind !== "target") {
    throw new VolterraError(
      "SPEC",
      `${spec.target} is a feature, not a target`,
      "A label is an entry of catalog/targets.",
    );
  }
  const design = {
    features,
    target: values,
    task: { kind: "classes" as const, classes: spec.classes },
    horizon: node.entry.horizon(node.params),
    steps: spec.steps,
    sessions: bench.market.sessions,
  };
  return designSamples(design, toNumber(spec.window.start), toNumber(spec.window.end));
}

function nodeOf({ graph }: Workbench, ref: string): Node | undefined {
  return isColumn(ref) ? undefined : graph.nodes.get(graph.canonical(ref));
}
