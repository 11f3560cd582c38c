import { add } from "./vector";

// A weight matrix [k × n] lies in panels of 16 columns, [k][16] each, the last of 8 where n is an odd multiple
// of eight: the order in which the products read it. The products themselves are written by tiles.mjs.

/** Address of element (row, column) of a packed matrix. */
function element(k: usize, n: usize, at: usize, row: usize, column: usize): usize {
  const panel = column >> 4;
  const width: usize = min(n - (panel << 4), 16);
  return at + (((panel << 4) * k + row * width + (column & 15)) << 2);
}

/** to[n × kPadded] = from[k × n]ᵀ, both packed; rows k … kPadded − 1 of `from` are zero. */
export function transpose(k: i32, n: i32, kPadded: i32, from: usize, to: usize): void {
  const rows = <usize>k;
  const columns = <usize>n;
  const padded = <usize>kPadded;
  for (let i: usize = 0; i < padded; i++) {
    for (let j: usize = 0; j < columns; j++) {
      const value = i < rows ? load<f32>(element(rows, columns, from, i, j)) : 0;
      store<f32>(element(columns, padded, to, j, i), value);
    }
  }
}

/** sums[n] += Σ over rows of d[rows × n]. */
export function columnSums(rows: i32, n: i32, d: usize, stride: usize, sums: usize): void {
  for (let j: usize = 0, end = (<usize>n) << 2; j < end; j += 32) {
    let p = d + j;
    let a = v128.load(sums + j);
    let b = v128.load(sums + j, 16);
    for (let i = rows; i > 0; i--) {
      a = add(a, v128.load(p));
      b = add(b, v128.load(p, 16));
      p += stride;
    }
    v128.store(sums + j, a);
    v128.store(sums + j, b, 16);
  }
}
