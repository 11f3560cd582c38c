import { describe, expect, it } from "vitest";
import { silent, VolterraError } from "#core";
import { auditStudy, leakText, resolveSpec } from "#run";
import { studies } from "../contracts/entries.ts";
import { catalog, worlds } from "../contracts/worlds.ts";

/** Every preset of every study, at every row of the data. */
describe.each(worlds)("on $name", ({ market }) => {
  it.for(studies)("$file has no leak but the fills it declares", async (study, { skip }) => {
    const { presets } = study;
    const request = { study, presets, market, catalog, emit: silent };
    const found = await auditStudy(request).catch((error: unknown) => error);
    if (found instanceof VolterraError && found.code === "NOT_FOUND") skip(found.message);
    if (found instanceof Error) throw found;
    const { audit } = found as Awaited<ReturnType<typeof auditStudy>>;
    const declared = presets.filter((p) => resolveSpec(study, p).execution.fill === "same-open");
    const leaks = audit.checks.filter(({ leak }) => leak);
    expect(leaks.map(({ kind, leak }) => `${kind}: ${leakText(leak!)}`)).toEqual(
      declared.map(() => expect.stringMatching(/^fill: fills on /)),
    );
  });
});
