import { type DayNumber, VolterraError, fromParts, parts, suggest, toDay, toNumber } from "#core";
import {
  type Row,
  type Sheet,
  type SourceContext,
  type Table,
  defineSource,
  fetchText,
  gather,
  httpOptions,
  impossible,
  readSheet,
} from "#market";

const CDN = "https://cdn.cboe.com";
const API = "https://www-api.cboe.com";
/** The delivery network refuses requests that do not come from the site. */
const HEADERS = { referer: "https://www.cboe.com/" };

const BARS = ["open", "high", "low", "close"];
/** Series → name of the index at Cboe; a value a day where Cboe publishes no bars. */
const INDICES: Readonly<Record<string, { id: string; columns: readonly string[] }>> = {
  vix: { id: "VIX", columns: BARS },
  vix1d: { id: "VIX1D", columns: BARS },
  vix9d: { id: "VIX9D", columns: BARS },
  vix3m: { id: "VIX3M", columns: BARS },
  vix6m: { id: "VIX6M", columns: BARS },
  vxn: { id: "VXN", columns: BARS },
  vvix: { id: "VVIX", columns: ["close"] },
  skew: { id: "SKEW", columns: ["close"] },
};
const FUTURES: Readonly<Record<string, "M" | "W">> = {
  vx_contracts: "M",
  vx_weekly_contracts: "W",
};
const NAMES = [...Object.keys(INDICES), ...Object.keys(FUTURES)];
const VX_COLUMNS = ["open", "high", "low", "close", "settle", "volume", "openInterest"];
const VX_HEADER = [
  "Trade Date",
  "Open",
  "High",
  "Low",
  "Close",
  "Settle",
  "Total Volume",
  "Open Interest",
];

/** Volatility above this many points is a mistake of the file. */
const LIMIT = 1_000;
/** Until the day before, prices were quoted at ten times the index. */
const RESCALED = fromParts(2007, 3, 26);
/** Contracts that expire from here on have a file named by their settlement date; those before, by their month. */
const DATED_FILES = fromParts(2014, 1, 1);
const FIRST_MONTH = { year: 2004, month: 5 };
const NEVER_LISTED = new Set(["2004-12", "2005-04", "2005-07", "2005-09"]);
const MONTH_CODES = "FGHJKMNQUVXZ";

/** One file of one contract; the expiry is known only where it is in the name. */
interface ContractFile {
  readonly address: string;
  readonly expiry?: DayNumber;
  readonly month?: { readonly year: number; readonly month: number };
}

export default defineSource({
  name: "cboe",
  describe: "Volatility indices and VIX futures contracts from Cboe (CSV)",
  options: ["baseUrl", "timeout", "backoff"],

  list: () => Promise.resolve(NAMES),

  async deliver(series, context) {
    const index = INDICES[series];
    if (index) return deliverIndex(index.id, index.columns, context);
    const kind = FUTURES[series];
    if (kind) return deliverFutures(kind, context);
    throw new VolterraError("NOT_FOUND", `cboe has no series "${series}"`, suggest(series, NAMES));
  },
});

function fetchFrom(address: string, format: "csv" | "json", context: SourceContext) {
  return fetchText(address, format, { ...httpOptions("cboe", context), headers: HEADERS });
}

/** The whole history is one file; a file of one value a day names its column after the index. */
async function deliverIndex(
  id: string,
  columns: readonly string[],
  context: SourceContext,
): Promise<Table> {
  const base = context.options["baseUrl"] ?? CDN;
  const address = `${base}/api/global/us_indices/daily_prices/${id}_History.csv`;
  const text = await fetchFrom(address, "csv", context);
  const quoted = columns.length === 1 ? [id] : columns;
  const sheet = readSheet(text, address, ["DATE", ...quoted]);
  const rows: Row[] = [];
  for (let i = 0; i < sheet.rows; i++) {
    const values = quoted.map((column) => sheet.number(i, column));
    refuseImpossible(sheet, i, quoted, values);
    rows.push({ where: sheet.where(i), values: [sheet.day(i, "DATE"), ...values] });
  }
  return gather(["date", ...columns], 1, rows, context.emit);
}

async function deliverFutures(kind: "M" | "W", context: SourceContext): Promise<Table> {
  const from = context.from ?? -Infinity;
  const files = [
    ...(kind === "M" ? archive(from, context) : []),
    ...(await listed(kind, from, context)),
  ];
  const rows: Row[] = [];
  let unsettled = 0;
  for (const [i, file] of files.entries()) {
    const sheet = readSheet(await fetchFrom(file.address, "csv", context), file.address, VX_HEADER);
    unsettled += readContract(sheet, file, rows);
    context.emit({ kind: "progress", name: "cboe VX", done: i + 1, total: files.length });
  }
  if (unsettled > 0) {
    context.emit({
      kind: "warning",
      code: "UNSETTLED",
      message: `cboe: ${unsettled} rows of VX contracts have no settlement price and are left out`,
    });
  }
  return gather(["tradeDate", "expiry", ...VX_COLUMNS], 2, rows, context.emit);
}

/** The files of the contracts that expired before 2014, by month, without those that expired before `from`. */
function archive(from: number, context: SourceContext): ContractFile[] {
  const base = context.options["baseUrl"] ?? CDN;
  const files: ContractFile[] = [];
  const last = parts(DATED_FILES).year;
  for (
    let { year, month } = FIRST_MONTH;
    year < last;
    month === 12 ? (year++, (month = 1)) : month++
  ) {
    const name = `${year}-${String(month).padStart(2, "0")}`;
    const over = fromParts(year, month, 28) < from;
    if (over || NEVER_LISTED.has(name)) continue;
    const code = `${MONTH_CODES[month - 1]}${name.slice(2, 4)}`;
    const address = `${base}/resources/futures/archive/volume-and-price/CFE_${code}_VX.csv`;
    files.push({ address, month: { year, month } });
  }
  return files;
}

/** The files that Cboe lists, those of contracts that expired before `from` or before 2014 aside. */
async function listed(
  kind: "M" | "W",
  from: number,
  context: SourceContext,
): Promise<ContractFile[]> {
  const base = context.options["baseUrl"];
  const address = `${base ?? API}/us/futures/market_statistics/historical_data/product/list/VX/`;
  const text = await fetchFrom(address, "json", context);
  const files: ContractFile[] = [];
  for (const { expiry, path } of readList(text, address, kind)) {
    if (expiry < Math.max(from, DATED_FILES)) continue;
    files.push({ address: `${base ?? CDN}/${path}`, expiry });
  }
  return files.toSorted((a, b) => a.expiry! - b.expiry!);
}

/** The list is JSON: a year → its contracts, each with an expiry, a kind (monthly or weekly) and the path of its file. */
function readList(text: string, address: string, kind: "M" | "W") {
  const bad = (what: string) => new VolterraError("DATA", `${address}: ${what}`);
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (cause) {
    throw new VolterraError("DATA", `${address}: not JSON`, "", { cause });
  }
  if (typeof list !== "object" || list === null) throw bad("not a list of contracts by year");
  const found: { expiry: DayNumber; path: string }[] = [];
  for (const [year, contracts] of Object.entries(list)) {
    if (!Array.isArray(contracts)) throw bad(`year ${year} is not a list`);
    for (const [i, contract] of (contracts as Record<string, unknown>[]).entries()) {
      const { expire_date: expiry, duration_type: type, path } = contract;
      if (typeof expiry !== "string" || typeof path !== "string") {
        throw bad(`year ${year}, contract ${i + 1}: no expire_date or path`);
      }
      if (type === kind) found.push({ expiry: toNumber(expiry), path });
    }
  }
  if (found.length === 0) throw bad(`no contract with duration_type "${kind}"`);
  return found;
}

/** Adds the rows of a contract; returns how many had no settlement price (days before listing; junk of 2013). */
function readContract(sheet: Sheet, file: ContractFile, rows: Row[]): number {
  let unsettled = 0;
  const days = Array.from({ length: sheet.rows }, (_, i) => sheet.day(i, "Trade Date"));
  const expiry = file.expiry ?? finalSettlement(sheet, days, file);
  days.forEach((day, i) => {
    if (day > expiry) throw sheet.fault(i, "Trade Date", `after the expiry, ${toDay(expiry)}`);
    const scale = day < RESCALED ? 10 : 1;
    const price = (column: string) => rescale(sheet.number(i, column), scale);
    const settle = price("Settle");
    if (Number.isNaN(settle)) {
      unsettled++;
      return;
    }
    const bar = ["Open", "High", "Low", "Close"].map(price);
    // Without a trade Cboe shows zeros, with resting quotes in high and low: a bar is blank as a whole.
    const traded = !Number.isNaN(bar[0]!) && !Number.isNaN(bar[3]!);
    const prices = traded ? bar : bar.map(() => NaN);
    refuseImpossible(sheet, i, [...BARS, "settle"], [...prices, settle]);
    const counts = ["Total Volume", "Open Interest"].map((column) => {
      const count = sheet.number(i, column);
      if (count < 0) throw sheet.fault(i, column, `a count of ${count}`);
      return count;
    });
    rows.push({ where: sheet.where(i), values: [day, expiry, ...prices, settle, ...counts] });
  });
  return unsettled;
}

/** Zero stands for no price; dividing in decimals keeps 168.1 / 10 at 16.81. */
function rescale(price: number, scale: number): number {
  if (price === 0) return NaN;
  return scale === 1 ? price : Number((price / scale).toFixed(4));
}

/** The last row of a file named by its month is the final settlement, in that month. */
function finalSettlement(sheet: Sheet, days: readonly DayNumber[], file: ContractFile): DayNumber {
  const last = days.reduce((a, b) => Math.max(a, b), -Infinity);
  const { year, month } = file.month!;
  if (last < fromParts(year, month, 10) || last > fromParts(year, month, 24)) {
    const row = Math.max(days.indexOf(last), 0);
    const seen = Number.isFinite(last) ? toDay(last) : "missing";
    if (sheet.rows === 0) {
      throw new VolterraError("DATA", `${file.address}: no rows`);
    }
    throw sheet.fault(row, "Trade Date", `the final settlement of ${year}-${month} is ${seen}`);
  }
  return last;
}

function refuseImpossible(
  sheet: Sheet,
  row: number,
  columns: readonly string[],
  values: readonly number[],
): void {
  const bar = Object.fromEntries(columns.map((column, i) => [column, values[i]!]));
  const found = impossible(bar, LIMIT);
  if (found) throw sheet.fault(row, found.column, found.what);
}
