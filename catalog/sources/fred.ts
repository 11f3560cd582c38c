import { VolterraError, suggest, toDay, toDecimal } from "#core";
import { defineSource, fetchText, gather, httpOptions, readSheet, type Row } from "#market";

const BASE = "https://fred.stlouisfed.org";

/** Series → identifier at FRED and the column it becomes. Rates arrive in percent. */
const SERIES: Readonly<Record<string, { id: string; column: "rate" | "level" }>> = {
  dtb3: { id: "DTB3", column: "rate" },
  dff: { id: "DFF", column: "rate" },
  dgs2: { id: "DGS2", column: "rate" },
  dgs10: { id: "DGS10", column: "rate" },
  dtwexbgs: { id: "DTWEXBGS", column: "level" },
};

/** A year's interest rate beyond this, and an index level beyond that, is not a rate and not a level. */
const LIMIT = { rate: 1, level: 10_000 };

export default defineSource({
  name: "fred",
  describe:
    "Interest rates and the dollar index from FRED, Federal Reserve Bank of St. Louis (CSV)",
  options: ["baseUrl", "timeout", "backoff"],

  list: () => Promise.resolve(Object.keys(SERIES)),

  async deliver(series, context) {
    const wanted = SERIES[series];
    if (!wanted) {
      throw new VolterraError(
        "NOT_FOUND",
        `fred has no series "${series}"`,
        suggest(series, Object.keys(SERIES)),
      );
    }
    const { id, column } = wanted;
    const start = context.from === undefined ? "" : `&cosd=${toDay(context.from)}`;
    const base = context.options["baseUrl"] ?? BASE;
    const address = `${base}/graph/fredgraph.csv?id=${id}${start}`;
    const text = await fetchText(address, "csv", httpOptions("fred", context));
    // The header said DATE until 2024 and says observation_date since.
    const date = /^\W*date\b/i.test(text) ? "DATE" : "observation_date";
    const sheet = readSheet(text, address, [date, id]);
    const rows: Row[] = [];
    for (let i = 0; i < sheet.rows; i++) {
      const quoted = sheet.number(i, id);
      // A day without a value ("." or blank) is a day without a row, as in every other source of rates.
      if (Number.isNaN(quoted)) continue;
      const value = column === "rate" ? toDecimal(quoted) : quoted;
      if (Math.abs(value) > LIMIT[column] || (column === "level" && value <= 0)) {
        throw sheet.fault(i, id, `${quoted} is not a ${column}`);
      }
      rows.push({ where: sheet.where(i), values: [sheet.day(i, date), value] });
    }
    return gather(["date", column], 1, rows, context.emit);
  },
});
