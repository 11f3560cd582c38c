/** How two ways of naming the same sessions agree. */
export interface Agreement {
  /** Sessions on which both have a name. */
  readonly sessions: number;
  /** counts[i][j]: sessions named i by the one and j by the other. */
  readonly counts: readonly (readonly number[])[];
  /**
   * √(χ² / (n · (min(rows, columns) − 1))), names that never occur left out: 0 independent, 1 one names the other.
   * Cramér, "Mathematical Methods of Statistics" (1946), §21.9. NaN where one of them has a single name.
   */
  readonly cramersV: number;
  /**
   * Rand index corrected for chance: 0 as random names of these frequencies, 1 equal up to names. Hubert & Arabie,
   * "Comparing partitions", Journal of Classification 2 (1985), eq. 5.
   */
  readonly adjustedRand: number;
}

/** Compares two columns of small integers (names 0 … k − 1); rows where one is NaN are left out. */
export function compareStates(
  a: Float64Array,
  b: Float64Array,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): Agreement {
  if (a.length !== b.length) throw new RangeError(`${a.length} and ${b.length} rows`);
  const counts = Array.from({ length: rows }, () => Array.from({ length: columns }, () => 0));
  let n = 0;
  for (const [t, x] of a.entries()) {
    const y = b[t]!;
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    const row = counts[x];
    if (row?.[y] === undefined) throw new RangeError(`no cell for the states ${x} and ${y}`);
    row[y]!++;
    n++;
  }
  const byRow = counts.map(total);
  const byColumn = counts[0]!.map((_, j) => total(counts.map((row) => row[j]!)));
  return {
    sessions: n,
    counts,
    cramersV: cramersV(counts, byRow, byColumn),
    adjustedRand: adjustedRand(counts, byRow, byColumn),
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0);
}

/** Pairs among x things. */
function pairs(x: number): number {
  return (x * (x - 1)) / 2;
}

function cramersV(
  counts: Agreement["counts"],
  byRow: readonly number[],
  byColumn: readonly number[],
): number {
  const n = total(byRow);
  const [used, usedColumns] = [byRow, byColumn].map((margin) => margin.filter((x) => x > 0).length);
  const freedom = Math.min(used!, usedColumns!) - 1;
  if (freedom < 1) return NaN;
  let chiSquared = 0;
  for (const [i, row] of counts.entries()) {
    for (const [j, x] of row.entries()) {
      const expected = (byRow[i]! * byColumn[j]!) / n;
      if (expected > 0) chiSquared += (x - expected) ** 2 / expected;
    }
  }
  return Math.sqrt(chiSquared / (n * freedom));
}

function adjustedRand(
  counts: Agreement["counts"],
  byRow: readonly number[],
  byColumn: readonly number[],
): number {
  const together = total(counts.flat().map(pairs));
  const inRows = total(byRow.map(pairs));
  const inColumns = total(byColumn.map(pairs));
  const expected = (inRows * inColumns) / pairs(total(byRow));
  return (together - expected) / ((inRows + inColumns) / 2 - expected);
}
