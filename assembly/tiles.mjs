/**
 * Writes the register-blocked tiles of the matrix products as AssemblyScript: a tile is `rows` × `width`
 * sums held in registers while the inner index runs. Straight-line code per tile shape and per epilogue,
 * because V8 pairs adjacent v128 operations only where no branch parts them.
 */

/** Tile heights by tile width: eight pairs of sums, which the registers hold beside a row of b and what is added. */
const HEIGHTS = { 16: [4, 2, 1], 8: [8, 4, 2, 1] };
const WIDTHS = [16, 8];

/** Inner indices per turn of the loop. */
const UNROLL = 4;

/** What a product does with its sums: where they start and what happens before they are stored. */
export const MODES = ["Zero", "Bias", "BiasRelu", "Accumulate", "Mask"];

const range = (n) => Array.from({ length: n }, (_, i) => i);
const cells = (rows, vectors) => range(rows).flatMap((i) => range(vectors).map((j) => [i, j]));

function start(mode, rows, vectors) {
  const from = (i, j) => {
    if (mode.startsWith("Bias")) return `v128.load(extra, ${16 * j})`;
    if (mode === "Accumulate") return `v128.load(c + ${i} * cStride, ${16 * j})`;
    return "f32x4.splat(0)";
  };
  return cells(rows, vectors).map(([i, j]) => `let s${i}_${j}: v128 = ${from(i, j)};`);
}

/** A whole row is worked out before it is stored: a load between two stores would keep V8 from pairing them. */
function store(mode, rows, vectors) {
  const value = (i, j) => {
    if (mode === "BiasRelu") return `f32x4.max(s${i}_${j}, f32x4.splat(0))`;
    if (mode === "Mask")
      return `v128.and(s${i}_${j}, f32x4.gt(v128.load(extra + ${i} * cStride, ${16 * j}), f32x4.splat(0)))`;
    return `s${i}_${j}`;
  };
  return range(rows).flatMap((i) =>
    [
      range(vectors).map((j) => `const r${i}_${j} = ${value(i, j)};`),
      range(vectors).map((j) => `v128.store(c + ${i} * cStride, r${i}_${j}, ${16 * j});`),
    ].flat(),
  );
}

/** One inner index: a row of b times one number of each row of a. */
function step(rows, vectors, { a, b }) {
  return [
    "{",
    ...range(vectors).map((j) => `  const b${j} = v128.load(${b(j)});`),
    ...range(rows).flatMap((i) =>
      [`  const a${i} = v128.load32_splat(${a(i)});`].concat(
        range(vectors).map((j) => `  s${i}_${j} = f32x4.add(f32x4.mul(a${i}, b${j}), s${i}_${j});`),
      ),
    ),
    "}",
  ];
}

const row = (i) => (i === 0 ? "a" : `p${i}`);

/** c[rows × width] from a[rows × k] · b[k × width]; `b` is a packed panel. */
function tile(mode, rows, width) {
  const vectors = width / 4;
  const at = (q) =>
    step(rows, vectors, {
      a: (i) => `${row(i)}, ${4 * q}`,
      b: (j) => `b, ${4 * width * q + 16 * j}`,
    });
  const advance = (n) =>
    [...range(rows).map((i) => `${row(i)} += ${4 * n};`), `b += ${4 * width * n};`].join(" ");
  return `
function tile${mode}${rows}x${width}(k: i32, a: usize, aStride: usize, b: usize, c: usize, cStride: usize, extra: usize): void {
  ${start(mode, rows, vectors).join("\n  ")}
  ${range(rows - 1)
    .map((i) => `let p${i + 1}: usize = a + ${i + 1} * aStride;`)
    .join("\n  ")}
  for (; k >= ${UNROLL}; k -= ${UNROLL}) {
    ${range(UNROLL).flatMap(at).join("\n    ")}
    ${advance(UNROLL)}
  }
  for (; k > 0; k--) {
    ${at(0).join("\n    ")}
    ${advance(1)}
  }
  ${store(mode, rows, vectors).join("\n  ")}
}`;
}

/** c[rows × width] += a[m × rows]ᵀ · b[m × width]; the rows of c lie `width` floats apart. */
function transposedTile(rows, width) {
  const vectors = width / 4;
  const next = [
    ...step(rows, vectors, { a: (i) => `a, ${4 * i}`, b: (j) => `b, ${16 * j}` }),
    "a += aStride;",
    "b += bStride;",
  ];
  return `
function tileTransposed${rows}x${width}(m: i32, a: usize, aStride: usize, b: usize, bStride: usize, c: usize): void {
  const cStride: usize = ${width * 4};
  ${start("Accumulate", rows, vectors).join("\n  ")}
  for (; m >= ${UNROLL}; m -= ${UNROLL}) {
    ${range(UNROLL)
      .flatMap(() => next)
      .join("\n    ")}
  }
  for (; m > 0; m--) {
    ${next.join("\n    ")}
  }
  ${store("Accumulate", rows, vectors).join("\n  ")}
}`;
}

/** One panel of `width` columns, rows in blocks of the tile heights. */
function panel(mode, width) {
  const blocks = HEIGHTS[width].map(
    (rows) => `
  for (; m >= ${rows}; m -= ${rows}) {
    tile${mode}${rows}x${width}(k, a, aStride, b, c, cStride, extra);
    a += ${rows} * aStride;
    c += ${rows} * cStride;${mode === "Mask" ? `\n    extra += ${rows} * cStride;` : ""}
  }`,
  );
  return `
function panel${mode}${width}(m: i32, k: i32, a: usize, aStride: usize, b: usize, c: usize, cStride: usize, extra: usize): void {${blocks.join("")}
}`;
}

function transposedPanel(width) {
  const blocks = HEIGHTS[width].map(
    (rows) => `
  for (; k >= ${rows}; k -= ${rows}) {
    tileTransposed${rows}x${width}(m, a, aStride, b, bStride, c);
    a += ${rows * 4};
    c += ${rows * width * 4};
  }`,
  );
  return `
function panelTransposed${width}(m: i32, k: i32, a: usize, aStride: usize, b: usize, bStride: usize, c: usize): void {${blocks.join("")}
}`;
}

/** The product itself: rows in blocks that stay in the first cache, panel after panel within a block. */
function product(mode) {
  return `
export function matmul${mode}(m: i32, n: i32, k: i32, a: usize, aStride: usize, b: usize, c: usize, cStride: usize, extra: usize): void {
  while (m > 0) {
    const rows = min(m, ROWS);
    let panel = b;
    let out = c;
    let more = extra;
    let j = n;
    for (; j >= 16; j -= 16) {
      panel${mode}16(rows, k, a, aStride, panel, out, cStride, more);
      panel += <usize>k << 6;
      out += 64;
      more += 64;
    }
    if (j > 0) panel${mode}8(rows, k, a, aStride, panel, out, cStride, more);
    a += <usize>rows * aStride;
    c += <usize>rows * cStride;${mode === "Mask" ? "\n    extra += <usize>rows * cStride;" : ""}
    m -= rows;
  }
}`;
}

export function tiles() {
  return [
    "/** Rows of a block: 48 rows of 64 inputs are 12 kB. */",
    "const ROWS: i32 = 48;",
    "/** Rows summed at a time by the transposed product, so that both factors stay near. */",
    "const DEPTH: i32 = 128;",
    ...MODES.flatMap((mode) =>
      [
        WIDTHS.flatMap((width) => HEIGHTS[width].map((rows) => tile(mode, rows, width))),
        WIDTHS.map((width) => panel(mode, width)),
        product(mode),
      ].flat(),
    ),
    ...WIDTHS.flatMap((width) => HEIGHTS[width].map((rows) => transposedTile(rows, width))),
    ...WIDTHS.map(transposedPanel),
    `
export function matmulTransposed(m: i32, n: i32, k: i32, a: usize, aStride: usize, d: usize, dStride: usize, c: usize): void {
  while (m > 0) {
    const rows = min(m, DEPTH);
    let panel = c;
    let from = d;
    let j = n;
    for (; j >= 16; j -= 16) {
      panelTransposed16(rows, k, a, aStride, from, dStride, panel);
      panel += <usize>k << 6;
      from += 64;
    }
    if (j > 0) panelTransposed8(rows, k, a, aStride, from, dStride, panel);
    a += <usize>rows * aStride;
    d += <usize>rows * dStride;
    m -= rows;
  }
}`,
  ].join("\n");
}
