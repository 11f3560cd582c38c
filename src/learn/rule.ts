import { z } from "zod";
import { VolterraError, suggest } from "#core";
import type { Core } from "./model.ts";
import { type Samples, outputs } from "./samples.ts";
import { readState, writeState } from "./state.ts";

/** Class that a rule names for each row. */
export type Decide = (rows: Samples) => Int32Array;

const STATE = z.object({ confidence: z.number() });

/**
 * A rule as a classifier. The class it names gets the probability c, the others share the rest equally; c is the
 * rule's hit rate on the training rows, (hits + 1) / (rows + K), and never so low that another class leads.
 */
export function fitRule(decide: Decide, rows: Samples): Core {
  const count = outputs(rows.task);
  const named = decide(rows);
  const hits = named.reduce((sum, label, row) => sum + (label === rows.target[row] ? 1 : 0), 0);
  const rate = (hits + 1) / (named.length + count);
  return rule(decide, Math.max(rate, (1 + LEAD) / count));
}

/** How far a named class leads at least, relative to an equal share. */
const LEAD = 0.01;

/** A fitted rule read back. */
export function restoreRule(decide: Decide, state: Uint8Array): Core {
  return rule(decide, readState(state, STATE).confidence);
}

function rule(decide: Decide, confidence: number): Core {
  return {
    predict(rows) {
      const count = outputs(rows.task);
      const out = new Float64Array(rows.times.length * count);
      out.fill((1 - confidence) / (count - 1));
      decide(rows).forEach((label, row) => {
        out[row * count + label] = confidence;
      });
      return out;
    },
    state: () => writeState({ confidence }),
    training: { confidence },
  };
}

/** A named feature's values, or the only one's where no name is given. The value of the last step in a sequence. */
export function featureColumn(rows: Samples, name: string): Float64Array {
  const k = rows.names.length;
  const at = name === "" && k === 1 ? 0 : rows.names.indexOf(name);
  if (at < 0) {
    throw new VolterraError(
      "SPEC",
      name === "" ? `which of ${k} features to read is not said` : `there is no feature "${name}"`,
      name === ""
        ? `Set \`feature\` to one of ${rows.names.join(", ")}.`
        : suggest(name, rows.names),
    );
  }
  const width = rows.steps * k;
  return Float64Array.from(
    rows.times,
    (_, row) => rows.features[row * width + (rows.steps - 1) * k + at]!,
  );
}
