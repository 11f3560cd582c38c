import { createRequire } from "node:module";
import { escapeHtml } from "./escape.ts";
import type { Figure } from "./figure.ts";
import { textWidth, wrap } from "./text-width.ts";
import { FONT, INK, MUTED } from "./theme.ts";

// Drawing libraries load when something is drawn, and the chart library as its one-file build: its six hundred
// modules take six times as long to load as it does, longer than most figures take to draw.
const load = createRequire(import.meta.url);
type Charts = typeof import("echarts");
type Raster = typeof import("@resvg/resvg-js");
let loaded: Charts | undefined;

function charts(): Charts {
  if (!loaded) {
    loaded = load("echarts") as Charts;
    // Without a canvas the library guesses widths of Arial; wider guesses keep labels apart in any sans-serif.
    loaded.setPlatformAPI({
      measureText: (text: string, font?: string) => ({
        width: textWidth(text, Number(/([\d.]+)px/.exec(font ?? "")?.[1] ?? 12)),
      }),
    });
  }
  return loaded;
}

/**
 * Figure → one SVG element that scales with its container. Equal figures give equal bytes: the library's
 * process-wide counters in identifiers are replaced by the figure's id. A figure without an option gives its
 * empty state. Throws `RangeError` for an id with other characters than a–z, 0–9 and hyphens.
 */
export function renderSvg(figure: Figure): string {
  if (!/^[a-z][a-z0-9-]*$/.test(figure.id)) throw new RangeError(`not a figure id: ${figure.id}`);
  if (figure.option === null) return emptySvg(figure);
  const chart = charts().init(null, null, {
    renderer: "svg",
    ssr: true,
    width: figure.width,
    height: figure.height,
  });
  try {
    chart.setOption(figure.option);
    return stable(chart.renderToSVGString({ useViewBox: true }), figure);
  } finally {
    chart.dispose();
  }
}

function stable(svg: string, figure: Figure): string {
  const names = new Map<string, string>();
  return (
    svg
      .replace(/zr\d+-[\w-]+/g, (id) => {
        if (!names.has(id)) names.set(id, `${figure.id}-${names.size}`);
        return names.get(id)!;
      })
      // What serves a pointer, and a static picture does not need.
      .replace(/<style ?>[^]*?<\/style>\s*/g, "")
      .replace(
        / (ecmeta_\w+|class|pointer-events|xml:space|baseProfile|version|xmlns:xlink)="[^"]*"/g,
        "",
      )
      .replace(/ d="([^"]*)"/g, (_, path: string) => ` d="${shorten(path)}"`)
      .replace(/>-(?=[\d.$])/g, ">−")
      .replace(/^<svg /, `<svg role="img" aria-label="${escapeHtml(figure.title)}" `)
  );
}

/** A tenth of a pixel is enough. */
function shorten(path: string): string {
  return path.replace(/-?\d*\.\d{3,}(e-?\d+)?/g, (number) =>
    String(Math.round(+number * 100) / 100),
  );
}

function emptySvg(figure: Figure): string {
  const height = Math.min(figure.height, 90);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeHtml(figure.title)}" ` +
    `width="${figure.width}" height="${height}" viewBox="0 0 ${figure.width} ${height}">` +
    `<rect x="0.5" y="0.5" width="${figure.width - 1}" height="${height - 1}" fill="#f7f8fa" stroke="#d5dae0" stroke-dasharray="4 3"/>` +
    `<text x="${figure.width / 2}" y="${height / 2 + 4}" text-anchor="middle" font-family="${escapeHtml(FONT)}" font-size="13" fill="${MUTED}">Nothing to draw</text></svg>`
  );
}

/**
 * Figure → PNG with its title above and its note below, on white. `scale` is pixels a CSS pixel. Glyphs come
 * from the system's fonts (DejaVu Sans where no better one is installed).
 */
export function renderPng(figure: Figure, scale = 2): Uint8Array {
  const { Resvg } = load("@resvg/resvg-js") as Raster;
  return new Resvg(standaloneSvg(figure), {
    fitTo: { mode: "zoom", value: scale },
    background: "#ffffff",
    font: { loadSystemFonts: true, defaultFontFamily: "DejaVu Sans" },
  })
    .render()
    .asPng();
}

/** Figure → SVG document with its title above and its note below. */
export function standaloneSvg(figure: Figure): string {
  const inner = renderSvg(figure);
  const height = Number(/ height="([\d.]+)"/.exec(inner)?.[1] ?? figure.height);
  const margin = 16;
  const notes = wrap(figure.note, 11.5, figure.width);
  const top = margin + 30;
  const total = top + height + 10 + notes.length * 17 + margin;
  const text = (y: number, style: string, words: string) =>
    `<text x="${margin}" y="${y}" font-family="${escapeHtml(FONT)}" ${style}>${escapeHtml(words)}</text>`;
  const width = figure.width + 2 * margin;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}">` +
    text(margin + 13, `font-size="16" font-weight="bold" fill="${INK}"`, figure.title) +
    `<svg x="${margin}" y="${top}" width="${figure.width}" height="${height}">${inner}</svg>` +
    notes
      .map((words, i) =>
        text(top + height + 20 + i * 17, `font-size="11.5" fill="${MUTED}"`, words),
      )
      .join("") +
    `</svg>`
  );
}
