import { padded } from "#num";
import {
  type Pass,
  type Signal,
  type TapedTangent,
  product,
  productBack,
  productGradient,
} from "../block.ts";
import { type LstmLayer, type LstmStates, dropSteps, forwardLayer } from "./lstm-layer.ts";

/**
 * The directional derivative of the layers and the way back through it. Products use the kernels; the cells are plain
 * loops, since no study trains on this path. Notation of one cell, with a˙ the derivative of a:
 *   c = f·c₋ + i·g,  c˙ = f˙c₋ + f·c₋˙ + i˙g + i·g˙,  h = o·t,  h˙ = o˙t + o·(1−t²)·c˙,  t = tanh c
 */
export function lstmTangent(
  pass: Pass,
  layers: readonly LstmLayer[],
  { x, xDot }: { x: Signal; xDot: number },
): TapedTangent {
  const done: { x: Signal; xDot: number; kept: LstmStates; dots: LstmStates }[] = [];
  let signal = x;
  let dot = xDot;
  for (const layer of layers) {
    const kept = forwardLayer(pass, layer, signal);
    const dots = tangentLayer(pass, layer, { x: signal, xDot: dot, kept });
    done.push({ x: signal, xDot: dot, kept, dots });
    signal = { at: kept.y, steps: x.steps, rows: x.rows, width: layer.hidden };
    dot = dots.y;
  }
  return {
    y: signal,
    dot,
    backward(dy, dDot) {
      let back = { dx: dy, dDot };
      for (let i = layers.length - 1; i >= 0; i--) {
        back = backwardTangentLayer(pass, layers[i]!, {
          ...done[i]!,
          dy: back.dx,
          dyDot: back.dDot,
        });
      }
      return back;
    },
  };
}

/** Derivatives laid out as the states: gates hold the derivatives of the gates' inputs. */
function tangentLayer(
  pass: Pass,
  layer: LstmLayer,
  { x, xDot, kept }: { x: Signal; xDot: number; kept: LstmStates },
): LstmStates {
  const { arena, scratch, values, direction, kernels } = pass;
  const { units, input, recurrent } = layer;
  const { steps, rows } = x;
  const n = rows * units;
  const gates = scratch.take(4 * steps * n);
  const cells = scratch.take((steps + 1) * n);
  const outputs = scratch.take(steps * n);
  arena.f32(cells, n).fill(0);
  const stride = 4 * padded(input.inputs);
  const all = { rows: steps * rows, stride };
  product(pass, "matmulZero", { at: xDot, ...all }, { matrix: input, base: values }, { at: gates });
  if (direction) {
    const along = { matrix: input, base: direction.values };
    product(pass, "matmulAccumulate", { at: x.at, ...all }, along, { at: gates });
    for (let row = 0; row < all.rows; row++) {
      kernels.addMany(4 * units, direction.values + 4 * layer.bias, gates + 16 * row * units);
    }
  }
  for (let t = 0; t < steps; t++) {
    const z = gates + 16 * t * n;
    if (t > 0) {
      const before = 4 * (t - 1) * n;
      const size = { rows, stride: 4 * units };
      const at = outputs + before;
      product(
        pass,
        "matmulAccumulate",
        { at, ...size },
        { matrix: recurrent, base: values },
        { at: z },
      );
      if (direction) {
        const along = { matrix: recurrent, base: direction.values };
        product(pass, "matmulAccumulate", { at: kept.outputs + before, ...size }, along, { at: z });
      }
    }
    tangentCell(pass, layer, { t, rows, kept, gates, cells, outputs });
  }
  return { gates, cells, squashed: 0, outputs, y: dropSteps(pass, layer, x, outputs) };
}

/** Index of gate `g` of element e among the gates of a step. */
function gateOf(units: number, e: number, g: number): number {
  return Math.floor(e / units) * 4 * units + g * units + (e % units);
}

interface CellAt {
  readonly t: number;
  readonly rows: number;
  readonly kept: LstmStates;
  readonly gates: number;
  readonly cells: number;
  readonly outputs: number;
}

function tangentCell(pass: Pass, { units }: LstmLayer, at: CellAt): void {
  const { t, rows, kept } = at;
  const { arena } = pass;
  const n = rows * units;
  const gate = arena.f32(kept.gates + 16 * t * n, 4 * n);
  const zDot = arena.f32(at.gates + 16 * t * n, 4 * n);
  const before = arena.f32(kept.cells + 4 * t * n, n);
  const squashed = arena.f32(kept.squashed + 4 * t * n, n);
  const cellDot = arena.f32(at.cells + 4 * t * n, 2 * n);
  const outDot = arena.f32(at.outputs + 4 * t * n, n);
  for (let e = 0; e < n; e++) {
    const [i, f, g, o] = [0, 1, 2, 3].map((k) => gate[gateOf(units, e, k)]!) as Four;
    const [zi, zf, zg, zo] = [0, 1, 2, 3].map((k) => zDot[gateOf(units, e, k)]!) as Four;
    const tau = squashed[e]!;
    const dot =
      f * (1 - f) * zf * before[e]! + f * cellDot[e]! + i * (1 - i) * zi * g + i * (1 - g * g) * zg;
    cellDot[n + e] = dot;
    outDot[e] = o * (1 - o) * zo * tau + o * (1 - tau * tau) * dot;
  }
}

type Four = [number, number, number, number];

interface LayerBack {
  readonly x: Signal;
  readonly xDot: number;
  readonly kept: LstmStates;
  readonly dots: LstmStates;
  readonly dy: number;
  readonly dyDot: number;
}

function backwardTangentLayer(
  pass: Pass,
  layer: LstmLayer,
  { x, xDot, kept, dots, dy, dyDot }: LayerBack,
): { dx: number; dDot: number } {
  const { kernels, scratch, transposed, gradient, direction } = pass;
  const { units, input, recurrent } = layer;
  const { steps, rows } = x;
  const n = rows * units;
  dropSteps(pass, layer, x, dy, dy);
  dropSteps(pass, layer, x, dyDot, dyDot);
  const dc = new Float64Array(n);
  const dcDot = new Float64Array(n);
  for (let t = steps - 1; t >= 0; t--) {
    const d = dy + 4 * t * n;
    const dDot = dyDot + 4 * t * n;
    if (t < steps - 1) {
      const next = { at: kept.gates + 16 * (t + 1) * n, rows };
      const nextDot = { at: dots.gates + 16 * (t + 1) * n, rows };
      const weights = { matrix: recurrent, base: transposed };
      productBack(pass, "matmulAccumulate", next, weights, { at: d });
      productBack(pass, "matmulAccumulate", nextDot, weights, { at: dDot });
      if (direction) {
        const along = { matrix: recurrent, base: direction.transposed };
        productBack(pass, "matmulAccumulate", nextDot, along, { at: d });
      }
    }
    backwardTangentCell(pass, layer, { t, rows, kept, dots, d, dDot, dc, dcDot });
  }
  const all = steps * rows;
  const stride = 4 * padded(input.inputs);
  productGradient(pass, { at: x.at, rows: all, stride }, kept.gates, input);
  productGradient(pass, { at: xDot, rows: all, stride }, dots.gates, input);
  const later = { rows: all - rows, stride: 4 * units };
  productGradient(pass, { at: kept.outputs, ...later }, kept.gates + 16 * n, recurrent);
  productGradient(pass, { at: dots.outputs, ...later }, dots.gates + 16 * n, recurrent);
  kernels.columnSums(all, 4 * units, kept.gates, 16 * units, gradient + 4 * layer.bias);
  const dx = scratch.take((all * stride) / 4);
  const dxDot = scratch.take((all * stride) / 4);
  const weights = { matrix: input, base: transposed };
  productBack(pass, "matmulZero", { at: kept.gates, rows: all }, weights, { at: dx });
  productBack(pass, "matmulZero", { at: dots.gates, rows: all }, weights, { at: dxDot });
  if (direction) {
    const along = { matrix: input, base: direction.transposed };
    productBack(pass, "matmulAccumulate", { at: dots.gates, rows: all }, along, { at: dx });
  }
  return { dx, dDot: dxDot };
}

interface CellBack {
  readonly t: number;
  readonly rows: number;
  readonly kept: LstmStates;
  readonly dots: LstmStates;
  readonly d: number;
  readonly dDot: number;
  readonly dc: Float64Array;
  readonly dcDot: Float64Array;
}

/** Replaces gates and their inputs' derivatives by the gradients of both; carries dc and dc˙ to the step before. */
function backwardTangentCell(pass: Pass, { units }: LstmLayer, at: CellBack): void {
  const { t, rows, kept, dots, dc, dcDot } = at;
  const { arena } = pass;
  const n = rows * units;
  const gate = arena.f32(kept.gates + 16 * t * n, 4 * n);
  const zDot = arena.f32(dots.gates + 16 * t * n, 4 * n);
  const before = arena.f32(kept.cells + 4 * t * n, n);
  const beforeDot = arena.f32(dots.cells + 4 * t * n, n);
  const cellDot = arena.f32(dots.cells + 4 * (t + 1) * n, n);
  const squashed = arena.f32(kept.squashed + 4 * t * n, n);
  const dh = arena.f32(at.d, n);
  const dhDot = arena.f32(at.dDot, n);
  for (let e = 0; e < n; e++) {
    const places = [0, 1, 2, 3].map((k) => gateOf(units, e, k)) as Four;
    const [i, f, g, o] = places.map((place) => gate[place]!) as Four;
    const [zi, zf, zg, zo] = places.map((place) => zDot[place]!) as Four;
    const tau = squashed[e]!;
    const flat = 1 - tau * tau;
    const slopes = { i: i * (1 - i), f: f * (1 - f), g: 1 - g * g, o: o * (1 - o) };
    const dots4 = { i: slopes.i * zi, f: slopes.f * zf, g: slopes.g * zg, o: slopes.o * zo };
    // h = o·t, h˙ = o˙t + o(1−t²)c˙
    const [a, b] = [dh[e]!, dhDot[e]!];
    const byO = a * tau + b * flat * cellDot[e]!;
    const byODot = b * tau;
    const byTau = a * o + b * (dots4.o - 2 * o * tau * cellDot[e]!);
    const byC = dc[e]! + byTau * flat;
    const byCDot = dcDot[e]! + b * o * flat;
    // c = f·c₋ + i·g and its derivative
    const by = {
      i: byC * g + byCDot * dots4.g,
      f: byC * before[e]! + byCDot * beforeDot[e]!,
      g: byC * i + byCDot * dots4.i,
      o: byO,
    };
    const byDot = { i: byCDot * g, f: byCDot * before[e]!, g: byCDot * i, o: byODot };
    dc[e] = byC * f + byCDot * dots4.f;
    dcDot[e] = byCDot * f;
    // σ and tanh: a = s(z), a˙ = s′(z)·z˙; s″ = s′(1−2s) for σ, −2s·s′ for tanh
    const bend = { i: 1 - 2 * i, f: 1 - 2 * f, g: -2 * g, o: 1 - 2 * o };
    gate[places[0]] = slopes.i * (by.i + byDot.i * bend.i * zi);
    gate[places[1]] = slopes.f * (by.f + byDot.f * bend.f * zf);
    gate[places[2]] = slopes.g * (by.g + byDot.g * bend.g * zg);
    gate[places[3]] = slopes.o * (by.o + byDot.o * bend.o * zo);
    zDot[places[0]] = slopes.i * byDot.i;
    zDot[places[1]] = slopes.f * byDot.f;
    zDot[places[2]] = slopes.g * byDot.g;
    zDot[places[3]] = slopes.o * byDot.o;
  }
}
