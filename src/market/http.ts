import { setTimeout as pause } from "node:timers/promises";
import { type Emit, type Key, VolterraError, fromParts, key, silent, uniforms } from "#core";
import type { SourceContext } from "./source.ts";

/** How a request behaves; everything but the signal and the key has a default. */
export interface HttpOptions {
  readonly signal: AbortSignal;
  /** Jitter of the waiting times is drawn from here. */
  readonly key: Key;
  readonly emit?: Emit;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds for one attempt, headers and body; 30,000. */
  readonly timeout?: number;
  /** Attempts after the first; 4. */
  readonly retries?: number;
  /** First waiting time in milliseconds, doubled each attempt; 500. */
  readonly backoff?: number;
  /** Longest waiting time in milliseconds, also of a `Retry-After`; 120,000. */
  readonly longestWait?: number;
  /** Waits; replaced in tests. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** What the reply should be: a web page in its place is an error. */
export type Format = "csv" | "json";

const HINT = "Check the network and the address, or import the files with the source `folder`.";

/**
 * Text of an address. Attempts that fail for a passing reason (no connection, time-out, a body cut short, HTTP 408,
 * 429 and 5xx) are repeated after `backoff · 2ᵃᵗᵗᵉᵐᵖᵗ · (½ + u)` milliseconds, u uniform on (0, 1), or after what
 * `Retry-After` says if that is longer. Throws `VolterraError("SOURCE")` naming the address where it cannot be had,
 * `"INTERRUPTED"` when the signal aborts.
 */
export async function fetchText(
  address: string,
  format: Format,
  options: HttpOptions,
): Promise<string> {
  const { signal, emit = silent, retries = 4, backoff = 500, longestWait = 120_000 } = options;
  const sleep = options.sleep ?? ((ms, stop) => pause(ms, undefined, { signal: stop }));
  const jitter = uniforms(options.key.fold("http", address), retries + 1);
  for (let attempt = 0; ; attempt++) {
    const outcome = await request(address, options);
    if (outcome.kind === "text") return withoutPage(address, outcome.text, format);
    if (outcome.kind === "refused") throw fault(address, outcome.reason);
    if (attempt === retries) throw fault(address, `${outcome.reason}, ${attempt + 1} times`);
    const wait = Math.max(backoff * 2 ** attempt * (0.5 + jitter[attempt]!), outcome.wait);
    if (wait > longestWait) {
      const seconds = Math.ceil(wait / 1000);
      throw fault(address, `${outcome.reason}, and asks to wait ${seconds} s`);
    }
    emit({
      kind: "warning",
      code: "RETRY",
      message: `${address}: ${outcome.reason}; attempt ${attempt + 2} in ${Math.round(wait)} ms`,
    });
    await sleep(wait, signal).catch((error: unknown) => {
      stopIfAborted(address, signal);
      throw error;
    });
  }
}

type Outcome =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "passing"; readonly reason: string; readonly wait: number };

async function request(address: string, options: HttpOptions): Promise<Outcome> {
  const { signal, timeout = 30_000 } = options;
  stopIfAborted(address, signal);
  const limit = AbortSignal.timeout(timeout);
  try {
    const reply = await fetch(address, {
      signal: AbortSignal.any([signal, limit]),
      headers: { "user-agent": "volterra", ...options.headers },
    });
    if (reply.ok) return { kind: "text", text: await reply.text() };
    await reply.body?.cancel();
    const reason = `HTTP ${reply.status}${reply.status === 404 ? ", there is nothing here" : ""}`;
    const passing = reply.status === 408 || reply.status === 429 || reply.status >= 500;
    if (!passing) return { kind: "refused", reason };
    return { kind: "passing", reason, wait: retryAfter(reply.headers) };
  } catch (error) {
    stopIfAborted(address, signal);
    const reason = limit.aborted ? `no full answer within ${timeout} ms` : explain(error);
    return { kind: "passing", reason, wait: 0 };
  }
}

/** The reason inside a failed fetch: a body that ends before its content-length shows up here as "terminated". */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return error.message === "terminated" ? `the body is cut short${cause}` : error.message + cause;
}

function stopIfAborted(address: string, signal: AbortSignal): void {
  if (signal.aborted) throw new VolterraError("INTERRUPTED", `${address}: stopped`);
}

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** Seconds since 1970 of an HTTP date (RFC 9110, 5.6.7), NaN for anything else. */
function httpDate(text: string): number {
  const match = /^\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(text);
  const month = match ? MONTHS.indexOf(match[2]!) / 3 : NaN;
  if (!match || !Number.isInteger(month) || month < 0) return NaN;
  const day = fromParts(+match[3]!, month + 1, +match[1]!);
  return day * 86_400 + +match[4]! * 3600 + +match[5]! * 60 + +match[6]!;
}

/** Milliseconds that `Retry-After` asks for: seconds, or a date measured against the reply's own `Date`. */
function retryAfter(headers: Headers): number {
  const asked = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+$/.test(asked)) return +asked * 1000;
  const wait = httpDate(asked) - httpDate(headers.get("date") ?? "");
  return wait > 0 ? wait * 1000 : 0;
}

function withoutPage(address: string, text: string, format: Format): string {
  const start = text.trimStart().slice(0, 40);
  if (start === "") throw fault(address, "the answer is empty");
  if (start.startsWith("<")) {
    throw fault(address, `the answer is a web page, not ${format.toUpperCase()}: ${start}`);
  }
  return text;
}

function fault(address: string, reason: string): VolterraError {
  return new VolterraError("SOURCE", `${address}: ${reason}`, HINT);
}

/** The options of a request made for a source: `timeout` and `backoff` can be set as options of the command. */
export function httpOptions(source: string, context: SourceContext): HttpOptions {
  const { timeout, backoff } = context.options;
  return {
    signal: context.signal,
    emit: context.emit,
    key: key(0).fold("source", source),
    ...(timeout ? { timeout: +timeout } : {}),
    ...(backoff ? { backoff: +backoff } : {}),
  };
}
