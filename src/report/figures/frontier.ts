import type { Figure } from "../figure.ts";
import { textWidth } from "../text-width.ts";
import { BASE, FONT, INK, MUTED, PANEL, STRATEGY, segments, xAxis, yAxis } from "../theme.ts";

export interface NamedPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

export interface FrontierData {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly xName: string;
  readonly yName: string;
  /** One pair of axes each, two in a row. */
  readonly panels: readonly { readonly name: string; readonly points: readonly NamedPoint[] }[];
}

const WIDTH = 900;
const HEIGHT = 340;
const GAP = 36;

/** Named points of two risks, both better when smaller, the non-dominated joined: one panel a family. */
export function frontierFigure(data: FrontierData): Figure {
  const panels = data.panels
    .map(({ name, points }) => ({ name, points: points.filter(isKnown) }))
    .filter(({ points }) => points.length > 0);
  const columns = Math.min(2, panels.length);
  const height = HEIGHT * Math.ceil(panels.length / 2);
  const figure = { id: data.id, title: data.title, width: WIDTH, height };
  if (panels.length === 0) return { ...figure, height: 90, note: "No values.", option: null };
  const width = (WIDTH - GAP * (columns - 1)) / columns;
  const parts = panels.map(({ points }, k) => {
    const place = {
      left: (k % columns) * (width + GAP) + PANEL.left,
      top: Math.floor(k / columns) * HEIGHT + 46,
      width: width - PANEL.left - PANEL.right,
      height: HEIGHT - 46 - 50,
    };
    return panelOf(points, place, k, data);
  });
  const option = {
    ...BASE,
    title: parts.map(({ grid }, k) => ({
      text: panels[k]!.name,
      left: grid.left - PANEL.left - 5,
      top: grid.top - 51,
      textStyle: { fontSize: 12, fontWeight: "bold", color: INK, fontFamily: FONT },
    })),
    grid: parts.map(({ grid }) => grid),
    xAxis: parts.map((part) => part.xAxis),
    yAxis: parts.map((part) => part.yAxis),
    series: parts.flatMap(({ series }) => series),
  };
  return { ...figure, note: data.note, option };
}

function isKnown({ x, y }: NamedPoint): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}

/** Points that no other is as good as on both axes and better on one, from left to right. */
export function nonDominated<P extends { readonly x: number; readonly y: number }>(
  points: readonly P[],
): P[] {
  const beats = (a: P, b: P) => a.x <= b.x && a.y <= b.y && (a.x < b.x || a.y < b.y);
  return points
    .filter((point) => !points.some((other) => beats(other, point)))
    .toSorted((a, b) => a.x - b.x || b.y - a.y);
}

interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function panelOf(
  points: readonly NamedPoint[],
  place: Place,
  k: number,
  { xName, yName }: Pick<FrontierData, "xName" | "yName">,
) {
  const xs = padded(points.map(({ x }) => x));
  const ys = padded(points.map(({ y }) => y));
  const toX = (pixel: number) => xs.min + (pixel / place.width) * (xs.max - xs.min);
  const toY = (pixel: number) => ys.max - (pixel / place.height) * (ys.max - ys.min);
  const spotOf = ({ name, x, y }: NamedPoint) => ({
    name,
    x: ((x - xs.min) / (xs.max - xs.min)) * place.width,
    y: ((ys.max - y) / (ys.max - ys.min)) * place.height,
  });
  const best = nonDominated(points);
  const labels = placeLabels(points.map(spotOf), best.map(spotOf), place);
  const ends = { axisLabel: { color: MUTED, fontSize: 11, fontFamily: FONT, ...NO_ENDS } };
  const on = { xAxisIndex: k, yAxisIndex: k };
  return {
    grid: { ...place, outerBoundsMode: PANEL.outerBoundsMode },
    xAxis: xAxis({ name: xName, gridIndex: k }, { ...xs, ...ends }),
    yAxis: yAxis({ name: yName, gridIndex: k }, { ...ys, ...ends }),
    series: [
      {
        type: "line",
        ...on,
        silent: true,
        symbol: "none",
        lineStyle: { color: STRATEGY, width: 1.3 },
        data: best.map(({ x, y }) => [x, y]),
      },
      segments(
        { color: "#aab2bb", width: 0.8 },
        labels.flatMap(({ from, x, y, led }) =>
          !led
            ? []
            : [
                {
                  coords: [
                    [toX(from.x), toY(from.y)],
                    [toX(x), toY(y)],
                  ],
                },
              ],
        ),
        on,
      ),
      {
        type: "scatter",
        ...on,
        silent: true,
        symbolSize: 7,
        itemStyle: { color: STRATEGY, opacity: 1, borderColor: "#ffffff", borderWidth: 1 },
        data: points.map(({ x, y }) => [x, y]),
      },
      {
        type: "scatter",
        ...on,
        silent: true,
        symbolSize: 0,
        data: labels.map(({ name, x, y, side }) => ({
          value: [toX(x), toY(y)],
          label: {
            show: true,
            formatter: name,
            position: side,
            distance: 2,
            color: INK,
            fontSize: 11,
            fontFamily: FONT,
          },
        })),
      },
    ],
  };
}

/** The ends of the axes are no round numbers. */
const NO_ENDS = { showMinLabel: false, showMaxLabel: false, hideOverlap: true };

function padded(values: readonly number[]): { min: number; max: number } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low) * 0.1 || Math.abs(low) * 0.05 || 1;
  return { min: low - margin, max: high + margin };
}

interface Spot {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}
interface Label extends Spot {
  readonly side: "left" | "right" | "inside";
  readonly from: Spot;
  /** Too far from its point to be taken for its own. */
  readonly led: boolean;
}

const LINE = 13;
const AWAY = 8;

/**
 * Pixels of the names: beside, above or below their points, farther up or down where that is taken by another name, a
 * point or the line.
 */
export function placeLabels(
  spots: readonly Spot[],
  line: readonly Omit<Spot, "name">[],
  area: { readonly width: number; readonly height: number },
): Label[] {
  const taken = [
    ...spots.map(({ x, y }) => boxOf(x - 4, y, 8, 8)),
    ...alongLine(line).map(({ x, y }) => boxOf(x - 1, y, 2, 2)),
  ];
  const names: ReturnType<typeof boxOf>[] = [];
  return spots
    .toSorted((a, b) => a.y - b.y || a.x - b.x)
    .map((from) => {
      const width = textWidth(from.name, 11) + 4;
      const tries = placesOf(from);
      const box = ({ side, x, y }: (typeof tries)[number]) =>
        boxOf(side === "right" ? x : side === "left" ? x - width : x - width / 2, y, width, LINE);
      const isFree = (one: (typeof tries)[number]) => {
        const own = box(one);
        const inside =
          own.left >= 0 && own.right <= area.width && own.top >= 0 && own.bottom <= area.height;
        const leader = one.led ? alongLine([one, from]).map(({ x, y }) => boxOf(x, y, 1, 1)) : [];
        return (
          inside &&
          !taken.some((other) => overlap(own, other)) &&
          !leader.some((bit) => names.some((other) => overlap(bit, other)))
        );
      };
      const found = tries.find(isFree) ?? tries[0]!;
      taken.push(box(found));
      names.push(box(found));
      return { name: from.name, from, ...found };
    });
}

/** Where a name may stand, the best first. */
function placesOf({ x, y }: Spot): Omit<Label, "name" | "from">[] {
  const beside = (offset: number) =>
    (["right", "left"] as const).map((side) => ({
      side,
      x: x + (side === "right" ? AWAY : -AWAY),
      y: y + LINE * offset,
      led: offset !== 0,
    }));
  const over = [-1, 1].map((up) => ({ side: "inside" as const, x, y: y + LINE * up, led: false }));
  const farther = Array.from({ length: 20 }, (_, i) => [...beside(-i - 1), ...beside(i + 1)]);
  return [...beside(0), ...over, ...farther.flat()];
}

/** Points of a broken line, some pixels apart. */
function alongLine(line: readonly Omit<Spot, "name">[]): Omit<Spot, "name">[] {
  return line.slice(1).flatMap((to, i) => {
    const from = line[i]!;
    const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 4);
    return Array.from({ length: steps }, (_, k) => ({
      x: from.x + ((to.x - from.x) * k) / steps,
      y: from.y + ((to.y - from.y) * k) / steps,
    }));
  });
}

function boxOf(left: number, middle: number, width: number, height: number) {
  return { left, right: left + width, top: middle - height / 2, bottom: middle + height / 2 };
}

function overlap(a: ReturnType<typeof boxOf>, b: ReturnType<typeof boxOf>): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
