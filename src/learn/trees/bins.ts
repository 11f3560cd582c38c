import { BINS, MISSING, type Workspace } from "./workspace.ts";

/**
 * Sorts a column of float32 into bins. Bin b holds cut[b−1] ≤ x < cut[b]; a cut lies halfway between two
 * neighbouring distinct values; where there are more distinct values than bins, bins hold equal shares of rows.
 *
 * @param column values of the training rows, NaN missing
 * @param bins written: the bin of each row, `MISSING` where the value is
 * @returns the cuts, increasing
 */
export function binColumn(column: Float32Array, bins: Uint8Array): Float32Array {
  const order = sortRows(column);
  const present = order.length;
  const limit = present < column.length ? BINS - 1 : BINS;
  bins.fill(MISSING);
  let distinct = present > 0 ? 1 : 0;
  for (let i = 1; i < present; i++) {
    if (column[order[i]!]! !== column[order[i - 1]!]!) distinct++;
  }
  const share = present / limit;
  const cuts: number[] = [];
  for (let i = 0; i < present; i++) {
    bins[order[i]!] = cuts.length;
    if (i + 1 === present) break;
    const [low, high] = [column[order[i]!]!, column[order[i + 1]!]!];
    const full = distinct <= limit || i + 1 >= (cuts.length + 1) * share;
    if (low !== high && full && cuts.length + 1 < limit) cuts.push(between(low, high));
  }
  return Float32Array.from(cuts);
}

/** Cuts one feature of a workspace into bins. */
export function binFeature(work: Workspace, feature: number): void {
  const { shape, values, cuts, cutCount, byFeature, byRow } = work;
  const { rows, features } = shape;
  const bins = byFeature.subarray(rows * feature, rows * (feature + 1));
  const points = binColumn(values.subarray(rows * feature, rows * (feature + 1)), bins);
  cuts.set(points, feature * BINS);
  cutCount[feature] = points.length;
  for (let row = 0; row < rows; row++) byRow[row * features + feature] = bins[row]!;
}

/** A float32 c with low < c ≤ high, halfway where there is one. */
function between(low: number, high: number): number {
  const middle = Math.fround(low + (high - low) / 2);
  return middle > low ? middle : high;
}

/** Bits of a digit of the radix sort: three digits make 32. */
const DIGIT = 11;
const DIGITS = 1 << DIGIT;

/** Rows whose value is not missing, by increasing value, equal values in the order of the rows. */
function sortRows(column: Float32Array): Uint32Array {
  const words = new Uint32Array(column.slice().buffer);
  let keys = new Uint32Array(column.length);
  let rows = new Uint32Array(column.length);
  let count = 0;
  for (let row = 0; row < column.length; row++) {
    if (column[row] !== column[row]) continue;
    // −0 is 0. Floats of one sign sort as integers: flip all bits below zero and the sign bit above.
    const word = column[row] === 0 ? 0 : words[row]!;
    keys[count] = word & 0x80000000 ? ~word : word | 0x80000000;
    rows[count++] = row;
  }
  let otherKeys = new Uint32Array(count);
  let otherRows = new Uint32Array(count);
  const place = new Uint32Array(DIGITS + 1);
  for (let shift = 0; shift < 32; shift += DIGIT) {
    place.fill(0);
    for (let i = 0; i < count; i++) place[((keys[i]! >>> shift) & (DIGITS - 1)) + 1]! += 1;
    for (let d = 0; d < DIGITS; d++) place[d + 1]! += place[d]!;
    for (let i = 0; i < count; i++) {
      const to = place[(keys[i]! >>> shift) & (DIGITS - 1)]++;
      otherKeys[to] = keys[i]!;
      otherRows[to] = rows[i]!;
    }
    [keys, otherKeys] = [otherKeys, keys];
    [rows, otherRows] = [otherRows, rows];
  }
  return rows.subarray(0, count);
}
