import { VolterraError, key, type VolterraEvent } from "#core";
import { fetchText, type HttpOptions } from "#market";
import { afterEach, describe, expect, it } from "vitest";
import { type Reply, WEB_PAGE, serve, silence, status, truncated } from "./local-server.ts";

const CSV = "DATE,CLOSE\n01/02/2024,13.2\n";
let close = async () => {};
afterEach(() => close());

async function get(replies: Reply | readonly Reply[], options: Partial<HttpOptions> = {}) {
  const server = await serve({ "/file.csv": replies });
  close = server.close;
  const waits: number[] = [];
  const events: VolterraEvent[] = [];
  const result = fetchText(`${server.url}/file.csv`, "csv", {
    signal: new AbortController().signal,
    key: key(1),
    backoff: 100,
    emit: (event) => events.push(event),
    sleep: (ms) => Promise.resolve(waits.push(ms)),
    ...options,
  });
  const outcome = await result.catch((error: unknown) => error);
  return { outcome, waits, events, ...server };
}

function failure(outcome: unknown): VolterraError {
  expect(outcome).toBeInstanceOf(VolterraError);
  return outcome as VolterraError;
}

describe("fetching text", () => {
  it("returns the body at once where all is well", async () => {
    const { outcome, waits, requests } = await get(CSV);
    expect([outcome, waits, requests.length]).toEqual([CSV, [], 1]);
  });

  it("drops a byte-order mark", async () => {
    expect((await get(`\uFEFF${CSV}`)).outcome).toBe(CSV);
  });

  it("waits longer after every HTTP 500, with jitter from the key, and says so", async () => {
    const replies = [status(500), status(503), status(500), CSV];
    const { outcome, waits, events } = await get(replies);
    expect(outcome).toBe(CSV);
    expect(waits).toHaveLength(3);
    waits.forEach((wait, attempt) => {
      expect(wait).toBeGreaterThan(50 * 2 ** attempt);
      expect(wait).toBeLessThan(150 * 2 ** attempt);
    });
    expect(events.map((event) => event.kind === "warning" && event.code)).toEqual(
      Array(3).fill("RETRY"),
    );
    await close();
    const again = await get(replies, { key: key(1).fold("another") });
    expect(again.waits).not.toEqual(waits);
  });

  it("honours Retry-After in seconds", async () => {
    const { outcome, waits } = await get([status(429, { "retry-after": "7" }), CSV]);
    expect([outcome, waits]).toEqual([CSV, [7000]]);
  });

  it("honours Retry-After as a date, against the date of the reply", async () => {
    const headers = {
      date: "Fri, 29 Dec 2023 23:59:50 GMT",
      "retry-after": "Sat, 30 Dec 2023 00:00:20 GMT",
    };
    const { waits } = await get([status(503, headers), CSV]);
    expect(waits).toEqual([30_000]);
  });

  it("gives up rather than wait an hour, or come back too early", async () => {
    const { outcome, waits } = await get([status(429, { "retry-after": "3600" }), CSV]);
    expect(failure(outcome).message).toMatch(/file\.csv: HTTP 429, and asks to wait 3600 s/);
    expect(waits).toEqual([]);
  });

  it("gives up after the last attempt, naming address and reason", async () => {
    const { outcome, requests } = await get(status(500), { retries: 2 });
    const { code, message } = failure(outcome);
    expect(code).toBe("SOURCE");
    expect(message).toMatch(/^http:.*\/file\.csv: HTTP 500, 3 times$/);
    expect(requests).toHaveLength(3);
  });

  it("does not ask again where asking again is useless", async () => {
    for (const [code, reason] of [
      [404, /HTTP 404, there is nothing here/],
      [403, /HTTP 403/],
    ] as const) {
      const { outcome, requests } = await get([status(code), CSV]);
      expect(failure(outcome).message).toMatch(reason);
      expect(requests).toHaveLength(1);
      await close();
    }
  });

  it("asks again after a body shorter than promised", async () => {
    const { outcome, events } = await get([truncated, CSV]);
    expect(outcome).toBe(CSV);
    expect(events[0]).toMatchObject({ message: expect.stringContaining("the body is cut short") });
    await close();
    const never = await get(truncated, { retries: 1 });
    expect(failure(never.outcome).message).toMatch(/file\.csv: the body is cut short.*2 times/);
  });

  it("asks again after a time-out", async () => {
    const { outcome, events } = await get([silence, CSV], { timeout: 50 });
    expect(outcome).toBe(CSV);
    expect(events[0]).toMatchObject({
      message: expect.stringContaining("no full answer within 50 ms"),
    });
  });

  it("says what is wrong where nobody listens", async () => {
    const server = await serve({});
    await server.close();
    const outcome = await fetchText(`${server.url}/file.csv`, "csv", {
      signal: new AbortController().signal,
      key: key(1),
      retries: 0,
    }).catch((error: unknown) => error);
    expect(failure(outcome).message).toMatch(/ECONNREFUSED/);
  });

  it("refuses a web page and an empty answer", async () => {
    const page = await get(WEB_PAGE);
    expect(failure(page.outcome).message).toMatch(/is a web page, not CSV: <!DOCTYPE html>/);
    await close();
    expect(failure((await get("\n")).outcome).message).toMatch(/the answer is empty/);
  });

  it("stops when told to, also while it waits", async () => {
    const controller = new AbortController();
    const { outcome } = await get(status(500), {
      signal: controller.signal,
      sleep: (_, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(new Error("aborted")));
          controller.abort();
        }),
    });
    expect(failure(outcome).code).toBe("INTERRUPTED");
    await close();
    const during = new AbortController();
    const reply: Reply = () => during.abort();
    expect(failure((await get(reply, { signal: during.signal })).outcome).code).toBe("INTERRUPTED");
  });
});
