import { describe, expect, it } from "vitest";
import { silent, VolterraError } from "#core";
import { auditStudy, leakText, resolveSpec, type Study } from "#run";
import { studies } from "../contracts/entries.ts";
import { catalog, worlds } from "../contracts/worlds.ts";

const presets = studies.flatMap((study) => study.presets.map((preset) => ({ study, preset })));

/** Audits of the presets that fill when they decide; every other preset is clean, at every row of the data. */
const sameOpen = ({ study, preset }: { study: Study; preset: string }) =>
  resolveSpec(study, preset).execution.fill === "same-open";

describe.each(worlds)("on $name", ({ market }) => {
  it.each(presets)("$study.file $preset has no leak but a declared one", async (one) => {
    const { study, preset } = one;
    const request = { study, presets: [preset], market, catalog, emit: silent };
    const audited = auditStudy(request).catch((error: unknown) => error);
    const found = await audited;
    // A market that lacks a series cannot be audited: the error names it.
    if (found instanceof VolterraError) {
      expect(found.code).toBe("NOT_FOUND");
      return;
    }
    const { audit } = found as Awaited<ReturnType<typeof auditStudy>>;
    const leaks = audit.checks.flatMap(({ kind, leak }) =>
      leak ? [`${kind}: ${leakText(leak)}`] : [],
    );
    if (sameOpen(one)) expect(leaks.map((text) => text.split(":")[0])).toEqual(["fill"]);
    else expect(leaks).toEqual([]);
  });
});
