import type { LedgerEntry } from "./ledger.ts";

/** Trials that someone told of. */
export interface Declaration {
  readonly count: number;
  readonly source: string;
  /** Line of the ledger, from 1. */
  readonly line: number;
}

/** The largest number of trials that was ever declared; of equal ones the first. */
export function largestDeclaration(entries: readonly LedgerEntry[]): Declaration | undefined {
  let largest: Declaration | undefined;
  for (const entry of entries) {
    if (entry.kind !== "declaration" || entry.count <= (largest?.count ?? -1)) continue;
    largest = { count: entry.count, source: entry.source, line: entry.seq + 1 };
  }
  return largest;
}

/** A contract about to judge a trial, and those fixed with it that judge beside it. */
export interface AskedContract {
  readonly trial: string;
  readonly contract: string;
  readonly together: readonly string[];
}

/** What a ledger remembers when a contract judges a trial. */
export interface ContractHistory {
  /** Place of the contract among those of the ledger, from 1, and how many there are. */
  readonly place: number;
  readonly count: number;
  /** Contracts in whose place this one stands although they ended KILL on the trial. */
  readonly killed: readonly {
    readonly contract: string;
    /** Lines of the ledger, from 1: of the contract, and of its verdict. */
    readonly line: number;
    readonly verdict: number;
  }[];
}

/**
 * What came before a contract. Another one that ended KILL on the trial counts where this one was fixed after that
 * verdict, or where the other no longer judges beside it: contracts fixed together before the data were read, and judged
 * together ever since, are no choice among contracts.
 */
export function contractHistory(
  entries: readonly LedgerEntry[],
  { trial, contract, together }: AskedContract,
): ContractHistory {
  const lines = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind !== "contract" || lines.has(entry.contract)) continue;
    lines.set(entry.contract, entry.seq + 1);
  }
  const places = [...new Set([...lines.keys(), contract])];
  const fixed = lines.get(contract) ?? Infinity;
  const killed = new Map<string, ContractHistory["killed"][number]>();
  for (const entry of entries) {
    if (entry.kind !== "verdict" || entry.outcome !== "KILL" || entry.trial !== trial) continue;
    const { contract: other } = entry;
    const verdict = entry.seq + 1;
    if (other === contract || killed.has(other)) continue;
    if (together.includes(other) && fixed < verdict) continue;
    killed.set(other, { contract: other, line: lines.get(other) ?? verdict, verdict });
  }
  return {
    place: places.indexOf(contract) + 1,
    count: places.length,
    killed: [...killed.values()],
  };
}
