import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Account,
  applyFill,
  closeSession,
  type Costs,
  marginOf,
  netAssetValue,
  openAccount,
  openBook,
  openSession,
  positionOf,
  quantityOf,
  sendOrders,
  type Universe,
} from "../../src/trade/index.ts";
import {
  at,
  CALL,
  DEAR,
  deskOf,
  EQUITY,
  FREE,
  FUTURE,
  randomOrders,
  randomWorld,
  worldOf,
} from "./world.ts";

const DAYS = 20;
const CASH = 1e7;

type Orders = readonly { t: number; i: number; to: number }[];

function live(
  universe: Universe,
  orders: Orders,
  costs: Costs,
  each: (account: Account, t: number, nav: number, desk: ReturnType<typeof deskOf>) => void,
) {
  const desk = deskOf(universe, { costs });
  const account = openAccount(CASH);
  for (let t = 0; t < DAYS; t++) {
    openSession(account, desk, t);
    const nav = closeSession(account, desk, t);
    each(account, t, nav, desk);
    const today = orders.filter((o) => o.t === t);
    const sent = today.map(({ i, to }) => ({
      instrument: i,
      target: to,
      by: "units" as const,
      reason: "test",
    }));
    sendOrders(account, sent, t + 1);
  }
  return { account, desk };
}

/**
 * NAV from the trades alone, without a book: what every fill paid, what every expiry returned, and what is left at its
 * last price.
 */
function navFromFills(universe: Universe, fills: ReturnType<typeof deskOf>["fills"], t: number) {
  let nav = CASH;
  universe.instruments.forEach((spec, i) => {
    const own = fills.filter((f) => f.instrument === spec.id);
    for (const f of own) nav -= f.quantity * f.price * spec.multiplier + f.commission;
    const held = own.reduce((sum, f) => sum + f.quantity, 0);
    const end = spec.kind === "equity" ? t : Math.min(t, spec.expiry);
    let last = own.at(-1)?.price ?? 0;
    const from = own.at(-1)?.day ?? 0;
    for (let s = from; s <= end; s++) {
      const mark = universe.mark(i, s);
      if (!Number.isNaN(mark)) last = mark;
    }
    nav += held * last * spec.multiplier;
  });
  return nav;
}

describe("the book", () => {
  it("is worth its cash and positions at every step, and what its trades say", () => {
    fc.assert(
      fc.property(randomWorld(DAYS), randomOrders(DAYS), fc.boolean(), (universe, orders, dear) => {
        live(universe, orders, dear ? DEAR : FREE, (account, t, nav, desk) => {
          expect(netAssetValue(account.book, universe, t, "mark")).toBeCloseTo(nav, 5);
          expect(navFromFills(universe, desk.fills, t)).toBeCloseTo(nav, 5);
          for (const { quantity } of account.book.positions) expect(quantity).not.toBe(0);
        });
      }),
      { numRuns: 300 },
    );
  });

  it("loses to costs exactly what it paid, and never gains by them", () => {
    const options = { ...DEAR, optionShare: 0.01 };
    fc.assert(
      fc.property(
        randomWorld(DAYS, true),
        randomOrders(DAYS),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (universe, orders, multiple) => {
          const navs: number[] = [];
          live(universe, orders, FREE, (_a, _t, nav) => navs.push(nav));
          live(universe, orders, { ...options, multiple }, (_a, t, nav, desk) => {
            const paid = desk.fills.reduce((sum, f) => sum + f.commission + f.slippage, 0);
            expect(paid).toBeGreaterThanOrEqual(0);
            expect(nav).toBeCloseTo(navs[t]! - paid, 4);
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  it("does not care how a trade is split", () => {
    const part = fc.integer({ min: -9, max: 9 }).filter((q) => q !== 0);
    fc.assert(
      fc.property(
        fc.constantFrom(EQUITY, FUTURE, CALL),
        part,
        fc.array(part, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 1, max: 80, noNaN: true }),
        fc.double({ min: 1, max: 80, noNaN: true }),
        (spec, first, parts, p0, p1) => {
          const whole = openBook(CASH);
          const split = openBook(CASH);
          const total = parts.reduce((a, b) => a + b, 0);
          for (const book of [whole, split]) {
            applyFill(book, 0, spec, { quantity: first, price: p0, commission: 0 });
          }
          if (total !== 0) applyFill(whole, 0, spec, { quantity: total, price: p1, commission: 0 });
          for (const quantity of parts) {
            applyFill(split, 0, spec, { quantity, price: p1, commission: 0 });
          }
          const world = worldOf([{ instrument: spec, rows: [at(33)] }]);
          expect(netAssetValue(split, world, 0, "mark")).toBeCloseTo(
            netAssetValue(whole, world, 0, "mark"),
            6,
          );
          expect(quantityOf(split, 0)).toBe(quantityOf(whole, 0));
          // Where every part goes the same way, the entry price is the same too.
          if (parts.every((q) => q > 0 === first > 0)) {
            expect(positionOf(split, 0)!.entry).toBeCloseTo(positionOf(whole, 0)!.entry, 9);
          }
        },
      ),
    );
  });

  it("settles a future in cash every day for what its contract moved", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 5, max: 80, noNaN: true }), { minLength: 3, maxLength: 15 }),
        fc.integer({ min: -9, max: 9 }).filter((q) => q !== 0),
        (prices, quantity) => {
          const world = worldOf([{ instrument: FUTURE, rows: prices.map(at) }]);
          const desk = deskOf(world);
          const account = openAccount(CASH);
          closeSession(account, desk, 0);
          const reason = "test";
          sendOrders(account, [{ instrument: 0, target: quantity, by: "units", reason }], 1);
          let cash = CASH;
          for (let t = 1; t < prices.length; t++) {
            openSession(account, desk, t);
            closeSession(account, desk, t);
            cash += t === 1 ? 0 : quantity * 100 * (prices[t]! - prices[t - 1]!);
            expect(account.book.cash).toBeCloseTo(cash, 6);
          }
        },
      ),
    );
  });

  it("averages the entry price and starts it anew when the side changes", () => {
    const book = openBook(0);
    const trade = (quantity: number, price: number) =>
      applyFill(book, 0, FUTURE, { quantity, price, commission: 0 });
    trade(-2, 10);
    trade(-2, 14);
    expect(positionOf(book, 0)!.entry).toBe(12);
    trade(1, 20);
    expect(positionOf(book, 0)!.entry).toBe(12);
    trade(5, 15);
    expect(positionOf(book, 0)).toMatchObject({ quantity: 2, entry: 15 });
    trade(-2, 15);
    expect(book.positions).toEqual([]);
  });
});

describe("margin", () => {
  it("is max(5, 0.35 · F) points of the contract, nothing for what is paid for", () => {
    const rule = { points: 5, share: 0.35 };
    expect(marginOf({ ...FUTURE, multiplier: 1000 } as typeof FUTURE, 10, rule)).toBe(5000);
    expect(marginOf({ ...FUTURE, multiplier: 1000 } as typeof FUTURE, 20, rule)).toBe(7000);
    expect(marginOf(FUTURE, 20, rule)).toBe(700);
    expect(marginOf(EQUITY, 20, rule)).toBe(0);
    expect(marginOf(CALL, 20, rule)).toBe(0);
  });
});
