import type { Book, Position } from "./book.ts";
import type { Instrument, Listing, Universe } from "./instrument.ts";
import type { Strategy, View } from "./strategy.ts";

/** A strategy with a share of an account. */
export interface Sleeve {
  readonly name: string;
  readonly strategy: Strategy<object>;
  readonly params: object;
  /** Share of the investable NAV. */
  readonly weight: number;
  /** Most that it may hold of its NAV in what is paid for; Infinity for no limit. */
  readonly limit: number;
}

/** Units of a sleeve by instrument id, as last ordered; plain JSON. */
export type SleeveUnits = Record<string, number>;

/** An account's universe with a sleeve's own numbering: the instruments it names first, the others as it meets them. */
export interface SleeveMarket {
  /** Instruments that it names, and roots of futures. */
  readonly ids: readonly string[];
  readonly universe: Universe;
  /** Every instrument it names is paid for: its NAV is what it may hold. */
  readonly isFunds: boolean;
  /** Sleeve's number → account's, and back. */
  global(local: number): number;
  local(global: number): number;
}

/** A universe as a sleeve numbers it. */
export function sleeveMarket(base: Universe, ids: readonly string[]): SleeveMarket {
  const instruments: Instrument[] = [];
  const globals: number[] = [];
  const locals = new Map<number, number>();

  function local(global: number): number {
    const known = locals.get(global);
    if (known !== undefined) return known;
    locals.set(global, globals.length);
    instruments.push(base.instruments[global]!);
    return globals.push(global) - 1;
  }

  for (const id of ids) if (base.find(id) >= 0) local(base.find(id));
  const global = (i: number) => globals[i]!;
  const universe: Universe = {
    instruments,
    find(id) {
      const found = base.find(id);
      return found < 0 ? found : local(found);
    },
    open: (i, t) => base.open(global(i), t),
    high: (i, t) => base.high(global(i), t),
    low: (i, t) => base.low(global(i), t),
    mark: (i, t) => base.mark(global(i), t),
    dividend: (i, t) => base.dividend(global(i), t),
  };
  return { ids, universe, isFunds: instruments.length === ids.length, global, local };
}

/** What a sleeve needs to see of a session beside its account's view. */
export interface SleeveSight {
  readonly market: SleeveMarket;
  readonly columns: View["columns"];
  readonly nav: number;
  /** Units that this sleeve was last told to hold, and of an instrument all sleeves together. */
  readonly own: SleeveUnits;
  readonly all: (id: string) => number;
  /** This is the sleeve's first decision. */
  readonly first: boolean;
}

/** An account's view as a sleeve sees it: its own NAV, its part of the book, its contracts and columns. */
export function sleeveView(view: View, sight: SleeveSight): View {
  const { market, columns, nav } = sight;
  const first = view.first || sight.first;
  return {
    ...view,
    first,
    newMonth: view.newMonth || first,
    nav,
    book: sleeveBook(view, sight),
    universe: market.universe,
    contracts: market.isFunds
      ? []
      : view.contracts
          .filter(({ id }) => market.ids.some((root) => id.startsWith(`${root} `)))
          .map((listing) => renumber(listing, market)),
    columns,
  };
}

function renumber(listing: Listing, { local }: SleeveMarket): Listing {
  return { ...listing, instrument: local(listing.instrument) };
}

/** What a sleeve has of a position when it was told `told` units and all sleeves together `all`. */
export function shareOf(held: number, told: number, all: number): number {
  return all === 0 ? told : (held * told) / all;
}

/** A sleeve's part of the positions, in proportion to what the sleeves were told, and the rest of its NAV in cash. */
function sleeveBook(view: View, { market, own, all, nav }: SleeveSight): Book {
  const positions: Position[] = [];
  let cash = nav;
  for (const position of view.book.positions) {
    const { id, kind, multiplier } = view.universe.instruments[position.instrument]!;
    const told = own[id] ?? 0;
    const quantity = shareOf(position.quantity, told, all(id));
    if (quantity === 0) continue;
    positions.push({ ...position, instrument: market.local(position.instrument), quantity });
    if (kind !== "future") cash -= quantity * multiplier * position.mark;
  }
  return { cash, positions };
}
