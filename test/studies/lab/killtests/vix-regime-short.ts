import { defineKillTest } from "#evidence";
import contract from "../../../../catalog/killtests/vix-regime.ts";

const window = { start: "2012-01-03", end: "2013-12-31" };
const { claim, source, criteria } = contract;

/** The contract of vix-regime on the years of a small market. */
export default defineKillTest({
  name: "vix-regime-short",
  claim,
  source,
  criteria: criteria.map((criterion) => ({ ...criterion, window })),
});
