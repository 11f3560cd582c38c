import type { Columns, Node } from "#features";
import { type Check, firstDifference, type Leak, spread, type Treatment } from "./audit-check.ts";

/** Rows of history that a slice begins with, at least. */
const HISTORY = 32;
/** Cut points of one slice. */
const STEP = 32;
/** Rows past its cut points that a slice's reference still sees; whole-series cuts lie no farther apart. */
const REACH = 378;
/** Spoilt rows behind a cut point of a slice. */
const TAIL = 8;
/** Of so many cut points the future of one is spoilt too; prime to the length of a week. */
const SPOIL = 8;
/** A series of at most so many rows is cut as a whole at every row. */
const SHORT = 512;

/** A node as a function of rows alone. */
interface Subject {
  readonly compute: (columns: Columns, days: Int32Array) => Float64Array;
  readonly inputs: Columns;
  readonly days: Int32Array;
  /** Sessions of the future that a value may read; 0 for a feature. */
  readonly horizon: number;
  readonly history: number;
}

/**
 * Proves that no row of a feature depends on a later row of its inputs, or of a target on one beyond its horizon.
 *
 * Every row of the data is a cut point: the node is computed on a slice of the series that ends there and compared to
 * the bit with the slice that goes on for another year and a half, so that a look ahead on a single day is found. Cuts of
 * the whole series, as far apart, find what looks farther. At every eighth cut the later rows are also replaced by
 * garbage of either sign and by NaN, which finds what would have looked had the data been others. The last `horizon` rows
 * of a target must be NaN.
 *
 * @param column the node's inputs, by reference
 */
export function auditNode(
  { ref, entry, params, inputs }: Node,
  column: (ref: string) => Float64Array,
  days: Int32Array,
): Check {
  const subject: Subject = {
    compute: (columns, rows) => entry.compute(columns, params, rows),
    inputs: Object.fromEntries(Object.entries(inputs).map(([alias, r]) => [alias, column(r)])),
    days,
    horizon: entry.kind === "target" ? entry.horizon(params) : 0,
    history: Math.max(entry.kind === "feature" ? entry.warmup(params) : 0, HISTORY),
  };
  const whole = computeSlice(subject, subject.inputs, 0, days.length);
  const slices = auditSlices(subject, whole);
  const { cuts, leak } = slices.leak ? slices : auditWhole(subject, whole, slices.cuts);
  return {
    kind: entry.kind,
    name: ref,
    method: "every row: prefix, garbage, missing",
    cuts,
    leak,
  };
}

function computeSlice(
  { compute, days }: Subject,
  inputs: Columns,
  from: number,
  to: number,
): Float64Array {
  const columns = Object.entries(inputs).map(([alias, x]) => [alias, x.subarray(0, to - from)]);
  return compute(Object.fromEntries(columns) as Columns, days.subarray(from, to));
}

function copyRows(inputs: Columns, from: number, to: number): Columns {
  return Object.fromEntries(Object.entries(inputs).map(([k, x]) => [k, x.slice(from, to)]));
}

function isEmpty(inputs: Columns): boolean {
  return Object.values(inputs).every((x) => x.every(Number.isNaN));
}

interface Found {
  readonly cuts: number;
  readonly leak: Leak | null;
}

function auditSlices(subject: Subject, whole: Float64Array): Found {
  const n = whole.length;
  let cuts = 0;
  for (let first = 0; first < n; first += STEP) {
    const end = Math.min(first + STEP + REACH, n);
    const last = Math.min(first + STEP, n) - 1;
    let history = n <= SHORT ? n : subject.history;
    let from = Math.max(first - history, 0);
    const clean = () => copyRows(subject.inputs, from, end);
    if (isEmpty(clean())) continue;
    let reference = computeSlice(subject, clean(), from, end);
    // A slice too short for the node to have a value proves nothing: it is given more history.
    while (from > 0 && lacksValue(reference, whole, from, { first, last })) {
      history *= 2;
      from = Math.max(first - history, 0);
      reference = computeSlice(subject, clean(), from, end);
    }
    const leak = auditCuts(subject, reference, { from, first, last, end });
    cuts += last - first + 1;
    if (leak) return { cuts, leak };
  }
  return { cuts, leak: null };
}

function lacksValue(
  reference: Float64Array,
  whole: Float64Array,
  from: number,
  { first, last }: { first: number; last: number },
): boolean {
  for (let t = first; t <= last; t++) {
    if (Number.isNaN(reference[t - from]!) && !Number.isNaN(whole[t]!)) return true;
  }
  return false;
}

/** Numbers by row that no input would hold, of one sign and the other. */
function garbage(row: number, sign: number): number {
  return (row % 2 === 0 ? sign : -sign) * (1e4 + 7 * row);
}

/** All cut points of a slice, the last first, so that the spoilt rows grow by one each time. */
function auditCuts(
  subject: Subject,
  reference: Float64Array,
  rows: { from: number; first: number; last: number; end: number },
): Leak | null {
  const { from, first, last, end } = rows;
  const spoilt = [
    { how: "garbage", inputs: copyRows(subject.inputs, from, end), value: garbageOf(1) },
    { how: "garbage", inputs: copyRows(subject.inputs, from, end), value: garbageOf(-1) },
    { how: "missing", inputs: copyRows(subject.inputs, from, end), value: () => NaN },
  ] as const;
  const clean = copyRows(subject.inputs, from, end);
  let found: Leak | null = null;
  for (let row = end - 1; row >= first; row--) {
    const cut = row;
    if (cut <= last) {
      const values = computeSlice(subject, clean, from, cut + 1);
      let leak = compare(subject, { reference, values, from, cut, how: "prefix" });
      for (const { how, inputs } of cut % SPOIL === 0 ? spoilt : []) {
        const values = computeSlice(subject, inputs, from, Math.min(cut + 1 + TAIL, end));
        leak ??= compare(subject, { reference, values, from, cut, how });
      }
      found = leak ?? found;
    }
    for (const { inputs, value } of spoilt) {
      for (const column of Object.values(inputs)) column[row - from] = value(row);
    }
  }
  return found;
}

function garbageOf(sign: number): (row: number) => number {
  return (row) => garbage(row, sign);
}

/** Cuts of the whole series. */
function auditWhole(subject: Subject, whole: Float64Array, done: number): Found {
  const n = whole.length;
  const cuts = n <= SHORT ? [] : spread(0, n - 2, Math.ceil(n / REACH) + 1);
  for (const cut of cuts) {
    const values = computeSlice(subject, subject.inputs, 0, cut + 1);
    const leak = compare(subject, { reference: whole, values, from: 0, cut, how: "prefix" });
    if (leak) return { cuts: done, leak };
  }
  return { cuts: done + cuts.length, leak: null };
}

function compare(
  { days, horizon }: Subject,
  {
    reference,
    values,
    from,
    cut,
    how,
  }: {
    reference: Float64Array;
    values: Float64Array;
    from: number;
    cut: number;
    how: Treatment;
  },
): Leak | null {
  const known = cut - from - horizon + 1;
  const changed = firstDifference(reference, values, known);
  // What a label needs of the future is not there yet.
  const early = how === "prefix" ? values.findIndex((x, i) => i >= known && !Number.isNaN(x)) : -1;
  const row = changed >= 0 ? changed : early;
  if (row < 0) return null;
  return {
    what: changed >= 0 ? "value" : "value before its horizon has passed",
    day: days[from + row]!,
    cut: days[cut]!,
    how,
    before: reference[row]!,
    after: values[row]!,
  };
}
