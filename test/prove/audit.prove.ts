import { describe, expect, it } from "vitest";
import { silent, VolterraError } from "#core";
import { auditStudy, leakText, resolveSpec, type Study } from "#run";
import { studies } from "../contracts/entries.ts";
import { catalog, worlds } from "../contracts/worlds.ts";

const presets = studies.flatMap((study) => study.presets.map((preset) => ({ study, preset })));

/** Fills when it decides: the one leak that a preset may declare. */
const sameOpen = ({ study, preset }: { study: Study; preset: string }) =>
  resolveSpec(study, preset).execution.fill === "same-open";

describe.each(worlds)("on $name", ({ market }) => {
  it.for(presets)("$study.file $preset has no leak but a declared one", async (one, { skip }) => {
    const { study, preset } = one;
    const request = { study, presets: [preset], market, catalog, emit: silent };
    const found = await auditStudy(request).catch((error: unknown) => error);
    if (found instanceof VolterraError && found.code === "NOT_FOUND") skip(found.message);
    if (found instanceof Error) throw found;
    const { audit } = found as Awaited<ReturnType<typeof auditStudy>>;
    const leaks = audit.checks.flatMap(({ kind, leak }) =>
      leak ? [`${kind}: ${leakText(leak)}`] : [],
    );
    if (sameOpen(one)) expect(leaks.map((text) => text.split(":")[0])).toEqual(["fill"]);
    else expect(leaks).toEqual([]);
  });
});
