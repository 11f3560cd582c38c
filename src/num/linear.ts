/** Small dense linear algebra, row-major in `Float64Array`s. */

/** Least squares of `target` on the columns of a design, with what the fit says of itself. */
export interface LeastSquares {
  /** One coefficient a column. */
  readonly coefficients: Float64Array;
  /** Target minus fit, one a row. */
  readonly residuals: Float64Array;
  /** Residual variance over rows − columns; NaN where there are no more rows than columns. */
  readonly variance: number;
  /** (XᵀX)⁻¹, columns × columns: times `variance`, the classical covariance of the coefficients. */
  readonly inverseGram: Float64Array;
}

/**
 * min ‖X·β − y‖ by Householder reflections (Golub & Van Loan, Matrix Computations, 4th ed., §5.3.2).
 * `design` is rows × columns, row-major. Throws `RangeError` where the sizes do not fit, a value is missing or the
 * columns are linearly dependent to working precision.
 */
export function leastSquares(
  design: Float64Array,
  target: Float64Array,
  columns: number,
): LeastSquares {
  const rows = target.length;
  if (design.length !== rows * columns || rows < columns || columns < 1) {
    throw new RangeError(`a design of ${design.length} values is not ${rows} × ${columns}`);
  }
  const r = Float64Array.from(design);
  const y = Float64Array.from(target);
  for (let j = 0; j < columns; j++) reflect(r, y, { rows, columns, j });

  const inverse = invertUpper(r, columns);
  const coefficients = new Float64Array(columns);
  for (let i = 0; i < columns; i++) {
    for (let k = i; k < columns; k++) coefficients[i]! += inverse[i * columns + k]! * y[k]!;
  }
  const residuals = target.map((value, i) => {
    let fit = 0;
    for (let j = 0; j < columns; j++) fit += design[i * columns + j]! * coefficients[j]!;
    return value - fit;
  });
  const inverseGram = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = Math.max(i, j); k < columns; k++) {
        sum += inverse[i * columns + k]! * inverse[j * columns + k]!;
      }
      inverseGram[i * columns + j] = sum;
    }
  }
  const free = rows - columns;
  const variance = free > 0 ? residuals.reduce((sum, e) => sum + e * e, 0) / free : NaN;
  return { coefficients, residuals, variance, inverseGram };
}

/** Clears column j of `r` below the diagonal by one reflection, applied to the columns after it and to `y`. */
function reflect(
  r: Float64Array,
  y: Float64Array,
  at: { readonly rows: number; readonly columns: number; readonly j: number },
): void {
  const { rows, columns, j } = at;
  let whole = 0;
  let below = 0;
  for (let i = 0; i < rows; i++) {
    const square = r[i * columns + j]! ** 2;
    whole += square;
    if (i >= j) below += square;
  }
  // A column whose part outside the span of those before it is rounding alone.
  if (!(below > whole * (1e-14 * 1e-14) * rows)) {
    throw new RangeError(`column ${j} of the design is missing values or depends on those before`);
  }
  const head = r[j * columns + j]!;
  const norm = head > 0 ? -Math.sqrt(below) : Math.sqrt(below);
  const scale = 1 / (below - head * norm);
  const v = new Float64Array(rows);
  for (let i = j; i < rows; i++) v[i] = r[i * columns + j]! - (i === j ? norm : 0);
  for (let k = j; k <= columns; k++) {
    const get = (i: number) => (k < columns ? r[i * columns + k]! : y[i]!);
    let dot = 0;
    for (let i = j; i < rows; i++) dot += v[i]! * get(i);
    for (let i = j; i < rows; i++) {
      const value = get(i) - dot * scale * v[i]!;
      if (k < columns) r[i * columns + k] = value;
      else y[i] = value;
    }
  }
}

/** Inverse of the upper triangle at the head of `r`. */
function invertUpper(r: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    inverse[j * n + j] = 1 / r[j * n + j]!;
    for (let i = j - 1; i >= 0; i--) {
      let sum = 0;
      for (let k = i + 1; k <= j; k++) sum += r[i * n + k]! * inverse[k * n + j]!;
      inverse[i * n + j] = -sum / r[i * n + i]!;
    }
  }
  return inverse;
}

/**
 * Lower triangle L with L·Lᵀ = the symmetric `matrix` (n × n, row-major).
 * Throws `RangeError` where the matrix is not positive definite.
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  if (matrix.length !== n * n) throw new RangeError(`${matrix.length} values are not ${n} × ${n}`);
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!;
      if (i > j) lower[i * n + j] = sum / lower[j * n + j]!;
      else if (sum > 0) lower[i * n + i] = Math.sqrt(sum);
      else throw new RangeError(`the matrix is not positive definite: pivot ${i} is ${sum}`);
    }
  }
  return lower;
}

/**
 * Solves matrix · x = right by elimination with partial pivoting.
 * Throws `RangeError` where the matrix is singular or the sizes do not fit.
 */
export function solveLinear(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  if (matrix.length !== n * n) throw new RangeError(`${matrix.length} values are not ${n} × ${n}`);
  const rows = Array.from({ length: n }, (_, i) =>
    Float64Array.of(...matrix.subarray(i * n, (i + 1) * n), right[i]!),
  );
  for (let j = 0; j < n; j++) {
    const pivot = rows.reduce(
      (best, row, i) => (i > j && Math.abs(row[j]!) > Math.abs(rows[best]![j]!) ? i : best),
      j,
    );
    [rows[j], rows[pivot]] = [rows[pivot]!, rows[j]!];
    const top = rows[j]!;
    if (!(Math.abs(top[j]!) > 0)) throw new RangeError(`the matrix is singular in column ${j}`);
    for (const row of rows.slice(j + 1)) {
      const factor = row[j]! / top[j]!;
      for (let k = j; k <= n; k++) row[k]! -= factor * top[k]!;
    }
  }
  const x = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let sum = rows[i]![n]!;
    for (let k = i + 1; k < n; k++) sum -= rows[i]![k]! * x[k]!;
    x[i] = sum / rows[i]![i]!;
  }
  return x;
}
