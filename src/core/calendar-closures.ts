/** A closure that no rule foretells, and when it became known (New York wall time). */
export interface Closure {
  readonly day: string;
  /** `YYYY-MM-DD HH:MM`; the end of the day of the announcement where the hour is not on record. */
  readonly announced: string;
  readonly why: string;
  /** The Cboe Futures Exchange settled its contracts all the same. */
  readonly futuresOpen?: boolean;
}

/** Full-day closures of the New York Stock Exchange outside its holiday rule, 1990 on. */
export const CLOSURES: readonly Closure[] = [
  { day: "1994-04-27", announced: "1994-04-25 23:59", why: "funeral of Richard Nixon" },
  { day: "2001-09-11", announced: "2001-09-11 09:30", why: "attacks of September 11" },
  { day: "2001-09-12", announced: "2001-09-11 16:00", why: "attacks of September 11" },
  { day: "2001-09-13", announced: "2001-09-12 16:00", why: "attacks of September 11" },
  { day: "2001-09-14", announced: "2001-09-13 16:00", why: "attacks of September 11" },
  { day: "2004-06-11", announced: "2004-06-07 23:59", why: "funeral of Ronald Reagan" },
  { day: "2007-01-02", announced: "2006-12-28 23:59", why: "funeral of Gerald Ford" },
  { day: "2012-10-29", announced: "2012-10-28 23:59", why: "Hurricane Sandy" },
  { day: "2012-10-30", announced: "2012-10-29 16:00", why: "Hurricane Sandy" },
  {
    day: "2018-12-05",
    announced: "2018-12-01 23:59",
    why: "funeral of George H. W. Bush",
    futuresOpen: true,
  },
  { day: "2025-01-09", announced: "2024-12-30 23:59", why: "funeral of Jimmy Carter" },
];

/** Holidays of the stock exchange on which the Cboe Futures Exchange settled VX. */
export const FUTURES_SESSIONS: readonly string[] = ["2015-04-03"];

/** Early ends that the yearly rule does not give. */
export const SINGLE_EARLY_CLOSES: Readonly<Record<string, string>> = {
  "1994-02-11": "14:30", // snow
  "1996-01-08": "14:00", // snow
  "1997-10-27": "15:30", // circuit breaker
  "1997-12-26": "13:00",
  "1999-12-31": "13:00",
  "2003-12-26": "13:00",
};
