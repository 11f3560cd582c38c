import { describe, expect, it } from "vitest";
import {
  type Account,
  closeSession,
  costBroker,
  type Desk,
  openAccount,
  openSession,
  type Order,
  positionOf,
  quantityOf,
  reachPositions,
  sendOrders,
} from "../../src/trade/index.ts";
import { at, CALL, DEAR, deskOf, EQUITY, FUTURE, worldOf } from "./world.ts";

const to = (target: number, instrument = 0): Order => ({
  instrument,
  target,
  by: "units",
  reason: "test",
});

function pass(account: Account, desk: Desk, from: number, until: number): number {
  let nav = NaN;
  for (let t = from; t <= until; t++) {
    openSession(account, desk, t);
    nav = closeSession(account, desk, t);
  }
  return nav;
}

describe("orders", () => {
  it("fill at the open of the session they are due, not before", () => {
    const rows = [at(10), [12, 15, 9, 14], at(20)] as const;
    const desk = deskOf(worldOf([{ instrument: EQUITY, rows }]));
    const account = openAccount(1000);
    pass(account, desk, 0, 0);
    sendOrders(account, [to(10)], 1);
    expect(desk.fills).toEqual([]);
    expect(pass(account, desk, 1, 1)).toBe(1000 + 10 * (14 - 12));
    expect(desk.fills).toMatchObject([{ day: 1, price: 12, quantity: 10 }]);
  });

  it("wait five sessions for a price and are then rejected, once", () => {
    const none = [NaN, NaN, NaN, 10] as const;
    for (const [without, filled] of [
      [5, 1],
      [6, 0],
    ] as const) {
      const rows = [at(10), ...Array.from({ length: without }, () => none), at(11), at(11)];
      const desk = deskOf(worldOf([{ instrument: EQUITY, rows }]));
      const account = openAccount(1000);
      sendOrders(account, [to(3)], 1);
      pass(account, desk, 1, without + 2);
      expect(desk.fills.length).toBe(filled);
      expect(desk.rejections.length).toBe(1 - filled);
      expect(account.pending).toEqual([]);
    }
  });

  it("are positions to reach: the last of several counts, a repeated one does nothing", () => {
    const desk = deskOf(worldOf([{ instrument: EQUITY, rows: [at(10), at(10), at(10), at(10)] }]));
    const account = openAccount(1000);
    sendOrders(account, [to(5), to(3)], 1);
    pass(account, desk, 1, 1);
    expect(quantityOf(account.book, 0)).toBe(3);
    sendOrders(account, [to(3)], 2);
    pass(account, desk, 2, 2);
    expect(desk.fills.length).toBe(1);
  });

  it("net a roll and a change of size into one order for each contract", () => {
    const world = worldOf([
      { instrument: FUTURE, rows: [at(10), at(10)] },
      { instrument: { ...FUTURE, id: "G" } as typeof FUTURE, rows: [at(11), at(11)] },
    ]);
    const desk = deskOf(world);
    const account = openAccount(1e5);
    sendOrders(account, [to(-6)], 0);
    pass(account, desk, 0, 0);
    const orders = reachPositions(account.book, new Map([[1, -4]]), [], "roll");
    expect(orders.map(({ instrument, target }) => [instrument, target])).toEqual([
      [0, 0],
      [1, -4],
    ]);
    sendOrders(account, orders, 1);
    pass(account, desk, 1, 1);
    expect(account.book.positions.map((p) => [p.instrument, p.quantity])).toEqual([[1, -4]]);
    expect(reachPositions(account.book, new Map([[1, -4]]), [], "")).toEqual([]);
    expect(reachPositions(account.book, new Map([[1, -4]]), [1], "").length).toBe(1);
  });

  it("sell before they buy", () => {
    const world = worldOf([
      { instrument: EQUITY, rows: [at(10), at(10)] },
      { instrument: { ...EQUITY, id: "G" } as typeof EQUITY, rows: [at(10), at(10)] },
    ]);
    const desk = deskOf(world);
    const account = openAccount(100);
    sendOrders(account, [to(10, 1)], 0);
    pass(account, desk, 0, 0);
    sendOrders(account, [to(10, 0), to(0, 1)], 1);
    pass(account, desk, 1, 1);
    expect(desk.fills.map((f) => f.quantity)).toEqual([10, -10, 10]);
  });
});

describe("cash", () => {
  it("earns the rate known the session before on actual days over 365", () => {
    const desk = { ...deskOf(worldOf([]), { rate: 0.0365 }), days: Int32Array.of(0, 1, 4) };
    const account = openAccount(10_000);
    pass(account, desk, 0, 0);
    expect(account.book.cash).toBe(10_000);
    pass(account, desk, 1, 1);
    expect(account.book.cash).toBeCloseTo(10_001, 9);
    pass(account, desk, 2, 2);
    expect(account.book.cash).toBeCloseTo(10_001 * 1.0003, 9);
  });

  it("earns nothing while it is margin", () => {
    const desk = deskOf(worldOf([{ instrument: FUTURE, rows: [at(20), at(20), at(20)] }]), {
      rate: 0.365,
    });
    const account = openAccount(10_000);
    sendOrders(account, [to(-10)], 0);
    pass(account, desk, 0, 1);
    // Margin 10 · 0.35 · 20 · 100 = 7,000.
    expect(account.book.cash).toBeCloseTo(10_000 + 3_000 * 0.001, 9);
  });

  it("costs the rate and a spread when borrowed, or nothing where that is free", () => {
    for (const [spread, charge] of [
      [0.0365, 10_000 * 0.0002],
      [NaN, 0],
    ] as const) {
      const desk = deskOf(worldOf([{ instrument: EQUITY, rows: [at(10), at(10)] }]), {
        rate: 0.0365,
        spread,
      });
      const account = openAccount(10_000);
      sendOrders(account, [to(2_000)], 0);
      pass(account, desk, 0, 0);
      expect(account.book.cash).toBe(-10_000);
      pass(account, desk, 1, 1);
      expect(account.book.cash).toBeCloseTo(-10_000 - charge, 9);
    }
  });

  it("receives dividends on what was held before the ex-date, and pays them when short", () => {
    for (const units of [7, -7]) {
      const series = { instrument: EQUITY, rows: [at(10), at(9)], dividends: [1, 1] };
      const desk = deskOf(worldOf([series]));
      const account = openAccount(1_000);
      sendOrders(account, [to(units)], 0);
      pass(account, desk, 0, 0);
      expect(pass(account, desk, 1, 1)).toBe(1_000);
    }
  });
});

describe("expiry", () => {
  it("settles a future and an option at the mark of the day and removes what rests", () => {
    const world = worldOf([
      {
        instrument: { ...FUTURE, expiry: 2 } as typeof FUTURE,
        rows: [at(20), at(21), [NaN, NaN, NaN, 26]],
      },
      {
        instrument: { ...CALL, expiry: 2 } as typeof CALL,
        rows: [at(1), at(1.5), [NaN, NaN, NaN, 6]],
      },
    ]);
    const desk = deskOf(world);
    const account = openAccount(10_000);
    sendOrders(account, [to(-1, 0), to(1, 1)], 0);
    sendOrders(account, [{ ...to(0, 0), stop: { trigger: 30, limit: 31 } }], 0);
    pass(account, desk, 0, 1);
    expect(pass(account, desk, 2, 2)).toBeCloseTo(10_000 - 600 + 500, 9);
    expect(account.book).toEqual({ cash: 10_000 - 100, positions: [] });
    expect(account.resting).toEqual([]);
  });

  it("ends trading: an order in an expired contract does not fill", () => {
    const rows = Array.from({ length: 12 }, () => at(20));
    const desk = deskOf(worldOf([{ instrument: { ...FUTURE, expiry: 2 } as typeof FUTURE, rows }]));
    const account = openAccount(10_000);
    sendOrders(account, [to(-1)], 2);
    pass(account, desk, 0, 11);
    expect(desk.fills).toEqual([]);
    expect(desk.rejections.length).toBe(1);
  });

  it("keeps the last mark where no final price exists", () => {
    const rows = [at(20), at(21), [NaN, NaN, NaN, NaN]] as const;
    const desk = deskOf(worldOf([{ instrument: { ...FUTURE, expiry: 2 } as typeof FUTURE, rows }]));
    const account = openAccount(10_000);
    sendOrders(account, [to(-1)], 0);
    expect(pass(account, desk, 0, 2)).toBe(9_900);
    expect(account.book.positions).toEqual([]);
  });
});

/** Short from 20 with a buy stop at 23 and its limit at 25; the session's open, high and low. */
function stopped(open: number, high: number, low: number): number | undefined {
  const rows = [at(20), [open, high, low, low], at(low)] as const;
  const desk = deskOf(worldOf([{ instrument: FUTURE, rows }]));
  const account = openAccount(1e5);
  sendOrders(account, [to(-1)], 0);
  pass(account, desk, 0, 0);
  sendOrders(account, [{ ...to(0), stop: { trigger: 23, limit: 25 } }], 0);
  pass(account, desk, 1, 1);
  expect(account.resting.length).toBe(desk.fills.length === 2 ? 0 : 1);
  return desk.fills[1]?.price;
}

describe("a stop", () => {
  it("rests below its trigger", () => expect(stopped(20, 22.9, 19)).toBeUndefined());
  it("trades at its trigger", () => expect(stopped(20, 24, 19)).toBe(23));
  it("trades at an open beyond its trigger", () => expect(stopped(24, 28, 22)).toBe(24));
  it("trades at its limit where the price comes back", () => expect(stopped(30, 33, 24)).toBe(25));
  it("does not trade beyond its limit", () => expect(stopped(30, 33, 26)).toBeUndefined());

  it("is the mirror image on the way down", () => {
    const rows = [at(20), [16, 17, 12, 13], at(13)] as const;
    const desk = deskOf(worldOf([{ instrument: FUTURE, rows }]));
    const account = openAccount(1e5);
    sendOrders(account, [to(1)], 0);
    pass(account, desk, 0, 0);
    sendOrders(account, [{ ...to(0), stop: { trigger: 17, limit: 15 } }], 0);
    pass(account, desk, 1, 1);
    expect(desk.fills[1]!.price).toBe(16);
  });

  it("disappears with its position", () => {
    const desk = deskOf(worldOf([{ instrument: FUTURE, rows: [at(20), at(20), at(40)] }]));
    const account = openAccount(1e5);
    sendOrders(account, [to(-1)], 0);
    pass(account, desk, 0, 0);
    sendOrders(account, [{ ...to(0), stop: { trigger: 23, limit: 25 } }, to(0)], 1);
    pass(account, desk, 1, 2);
    expect(desk.fills.length).toBe(2);
    expect(account.resting).toEqual([]);
    expect(positionOf(account.book, 0)).toBeUndefined();
  });
});

describe("ruin", () => {
  it("closes everything at the mark, and nothing happens afterwards", () => {
    const rows = [at(20), at(80), at(20), at(20)];
    const desk = deskOf(worldOf([{ instrument: FUTURE, rows }]), { rate: 0.05 });
    const account = openAccount(5_000);
    sendOrders(account, [to(-1)], 0);
    pass(account, desk, 0, 0);
    sendOrders(account, [to(-2)], 3);
    expect(pass(account, desk, 1, 1)).toBeLessThan(0);
    expect(account.ruined).toBe(true);
    const { cash } = account.book;
    expect(pass(account, desk, 2, 3)).toBe(cash);
    expect(desk.fills.length).toBe(1);
    expect(account.book.positions).toEqual([]);
  });
});

describe("the cost broker", () => {
  const broker = costBroker(DEAR);
  it("moves the price against the trade and charges by unit", () => {
    const equity = broker.quote(EQUITY, -10, 100)!;
    expect([equity.price, equity.commission]).toEqual([99.95, 0.05]);
    expect(equity.slippage).toBeCloseTo(0.5, 9);
    const future = broker.quote(FUTURE, 3, 20)!;
    expect(future.price).toBeCloseTo(20.05, 12);
    expect(future.commission).toBe(7.5);
    expect(future.slippage).toBeCloseTo(3 * 0.05 * 100, 9);
  });

  it("buys no option below its least price and sells none that is worth less", () => {
    expect(broker.quote(CALL, 1, 0.001)).toMatchObject({ price: 0.05 });
    expect(broker.quote(CALL, -1, 0.049)).toBeNull();
    expect(broker.quote(CALL, -1, 1)).toMatchObject({ price: 0.95 });
  });

  it("does not trade without a price", () => {
    expect(broker.quote(EQUITY, 1, NaN)).toBeNull();
    expect(broker.quote(EQUITY, 1, 0)).toBeNull();
  });
});
