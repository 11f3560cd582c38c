import { VolterraError } from "#core";
import type { Finding, Market } from "#market";

/** Notes what a run reads of a market, because only that can stop it. */
export function recordReads(market: Market): { market: Market; refs: () => string[] } {
  const read = new Set<string>();
  const noting =
    <A extends string, B>(f: (name: A) => B) =>
    (name: A): B => {
      read.add(name);
      return f(name);
    };
  const recorded: Market = {
    ...market,
    column: noting(market.column),
    frame: noting(market.frame),
    table: noting(market.table),
  };
  return { market: recorded, refs: () => [...read] };
}

/** Throws `VolterraError("QUALITY")` for the first critical finding that is not let through. */
export function stopAtCritical(findings: readonly Finding[], allow: readonly string[]): void {
  const stop = findings.filter((f) => f.severity === "critical" && !allow.includes(f.code));
  const first = stop[0];
  if (!first) return;
  throw new VolterraError(
    "QUALITY",
    `${first.series}: ${first.code}: ${first.message}` +
      (first.rows.length > 0 ? ` (${first.rows.slice(0, 3).join(", ")})` : "") +
      (stop.length > 1 ? ` and ${stop.length - 1} further critical findings` : ""),
    `See volterra data check; --allow ${first.code} lets it through and records that.`,
  );
}
