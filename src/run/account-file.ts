import { readFileSync } from "node:fs";
import { VolterraError } from "#core";
import type { Book, Universe } from "#trade";
import { z } from "zod";
import { completeSpec } from "./study.ts";

const position = z.strictObject({
  symbol: z.string(),
  quantity: z.number(),
  /** STK for shares and funds, FUT for futures, FOP for options on them. */
  sec_type: z.string().default("STK"),
  /** Average entry price; the last mark where it is not given. */
  entry: z.number().positive().optional(),
  market_value: z.number().optional(),
  currency: z.string().default("USD"),
});

const schema = z.strictObject({
  /** Net liquidation value, USD; cash and positions at their last marks where it is not given. */
  nlv: z.number().positive().optional(),
  cash: z.number(),
  buying_power: z.number().optional(),
  currency: z.literal("USD").default("USD"),
  positions: z.array(position).default([]),
  /** What the last plan gave back as `memory`; without it the account is taken as new. */
  memory: z.unknown().optional(),
});

/** An account as a plan begins with it. */
export type AccountFile = z.infer<typeof schema>;
export type AccountPosition = z.infer<typeof position>;

/** Reads an account. Throws `VolterraError` naming file and key. */
export function readAccount(file: string): AccountFile {
  let tree: unknown;
  try {
    tree = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const problem =
      cause instanceof SyntaxError ? `is not JSON: ${cause.message}` : "cannot be read";
    throw new VolterraError("NOT_FOUND", `the account ${file} ${problem}`, "", { cause });
  }
  if (typeof tree !== "object" || tree === null || Array.isArray(tree)) {
    throw new VolterraError("SPEC", `${file} holds no keys`);
  }
  return completeSpec(file, schema, tree as Record<string, unknown>);
}

const SEC_TYPES = { equity: "STK", future: "FUT", option: "FOP" } as const;

/** Where an account's positions belong: in the book of the instruments traded, or outside it. */
export function bookOf(
  { cash, positions }: AccountFile,
  universe: Universe,
  t: number,
): { readonly book: Book; readonly external: AccountPosition[] } {
  const book: Book = { cash, positions: [] };
  const external: AccountPosition[] = [];
  for (const held of positions) {
    const instrument = universe.find(held.symbol);
    const spec = universe.instruments[instrument];
    const mark = spec ? universe.mark(instrument, t) : NaN;
    const isOurs = spec && SEC_TYPES[spec.kind] === held.sec_type && held.currency === "USD";
    if (!isOurs) external.push(held);
    else if (held.quantity !== 0) {
      const { quantity, market_value: value } = held;
      // What has no price today is still held, and can be sold: it stands at what the account says it is worth.
      const said = value === undefined ? held.entry : value / (quantity * spec.multiplier);
      const price = Number.isNaN(mark) ? (said ?? 0) : mark;
      book.positions.push({ instrument, quantity, entry: held.entry ?? price, mark: price });
    }
  }
  return { book, external };
}
