import { padded } from "#num";
import {
  type Block,
  type Pass,
  type Shelf,
  type Signal,
  linearWeight,
  plainVector,
  product,
  productBack,
  productGradient,
} from "../block.ts";

/**
 * Additive attention over the steps of a sequence (Bahdanau, Cho, Bengio 2015, eq. 6, without a query):
 *   score_t = v·tanh(W·h_t + b),  share = softmax over t of score,  y = Σ share_t·h_t
 */
export function attentionPool(shelf: Shelf, name: string, inputs: number): Block {
  const width = padded(inputs);
  const matrix = shelf.matrix(inputs, inputs);
  const bias = shelf.vector(width);
  const vector = shelf.vector(width);
  const bound = 1 / Math.sqrt(inputs);
  const parameters = [
    linearWeight(`${name}.project.weight`, matrix, inputs),
    plainVector(`${name}.project.bias`, bias, inputs, { bound }),
    { ...plainVector(`${name}.score.weight`, vector, inputs, { bound }), shape: [1, inputs] },
  ];

  /** u = tanh(W·h + b), the shares and the context. */
  const look = (pass: Pass, x: Signal): { u: number; shares: number; context: number } => {
    const { steps, rows } = x;
    const { kernels, scratch, values } = pass;
    const all = steps * rows;
    const u = scratch.take(all * width);
    const shares = scratch.take(all);
    const context = scratch.take(rows * width);
    const from = { at: x.at, rows: all, stride: 4 * width };
    const extra = values + 4 * bias;
    product(pass, "matmulBias", from, { matrix, base: values }, { at: u, extra });
    kernels.squash(all * width, u, u, 1, 1, 0);
    kernels.attentionForward(
      ...([steps, rows, width, u, values + 4 * vector, x.at, shares, context] as const),
    );
    return { u, shares, context };
  };

  return {
    parameters,
    outputs: inputs,
    workspace: (steps) => 8 * (steps + 2) * (width + 16),

    forward(pass, x) {
      const { steps, rows } = x;
      const { kernels, scratch, values, transposed, gradient } = pass;
      const all = steps * rows;
      const { u, shares, context } = look(pass, x);
      return {
        y: { at: context, steps: 1, rows, width: inputs },
        backward(dy) {
          const dx = scratch.take(all * width);
          const room = scratch.take(steps);
          kernels.attentionBackward(
            ...([steps, rows, width, u, values + 4 * vector, x.at] as const),
            ...([shares, dy, dx, gradient + 4 * vector, room] as const),
          );
          const states = { at: x.at, rows: all, stride: 4 * width };
          productGradient(pass, states, u, matrix);
          kernels.columnSums(all, width, u, 4 * width, gradient + 4 * bias);
          const weights = { matrix, base: transposed };
          productBack(pass, "matmulAccumulate", { at: u, rows: all }, weights, { at: dx });
          return dx;
        },
      };
    },

    forwardTangent(pass, x, xDot) {
      const { steps, rows } = x;
      const { kernels, arena, scratch, values, transposed, gradient, direction } = pass;
      const all = steps * rows;
      const { u, shares, context } = look(pass, x);
      const zDot = scratch.take(all * width);
      const states = { at: x.at, rows: all, stride: 4 * width };
      const weights = { matrix, base: values };
      product(pass, "matmulZero", { ...states, at: xDot }, weights, { at: zDot });
      if (direction) {
        const along = { matrix, base: direction.values };
        product(pass, "matmulAccumulate", states, along, { at: zDot });
        for (let r = 0; r < all; r++) {
          kernels.addMany(width, direction.values + 4 * bias, zDot + 4 * r * width);
        }
      }
      const dot = scratch.take(rows * width);
      const tangent = attentionTangent({
        steps,
        rows,
        width,
        u: arena.f32(u, all * width),
        zDot: arena.f32(zDot, all * width),
        h: arena.f32(x.at, all * width),
        hDot: arena.f32(xDot, all * width),
        shares: arena.f32(shares, all),
        v: arena.f32(values + 4 * vector, width),
        vDot: direction ? arena.f32(direction.values + 4 * vector, width) : undefined,
        dot: arena.f32(dot, rows * width),
      });
      return {
        y: { at: context, steps: 1, rows, width: inputs },
        dot,
        backward(dy, dDot) {
          const dx = scratch.take(all * width);
          const dxDot = scratch.take(all * width);
          tangent({
            dy: arena.f32(dy, rows * width),
            dDot: arena.f32(dDot, rows * width),
            dh: arena.f32(dx, all * width),
            dhDot: arena.f32(dxDot, all * width),
            dv: arena.f32(gradient + 4 * vector, width),
          });
          // u and zDot now hold the gradients by W·h + b and its derivative.
          productGradient(pass, states, u, matrix);
          productGradient(pass, { ...states, at: xDot }, zDot, matrix);
          kernels.columnSums(all, width, u, 4 * width, gradient + 4 * bias);
          const back = { matrix, base: transposed };
          productBack(pass, "matmulAccumulate", { at: u, rows: all }, back, { at: dx });
          productBack(pass, "matmulAccumulate", { at: zDot, rows: all }, back, { at: dxDot });
          if (direction) {
            const along = { matrix, base: direction.transposed };
            productBack(pass, "matmulAccumulate", { at: zDot, rows: all }, along, { at: dx });
          }
          return { dx, dDot: dxDot };
        },
      };
    },
  };
}

interface Attended {
  readonly steps: number;
  readonly rows: number;
  readonly width: number;
  readonly u: Float32Array;
  readonly zDot: Float32Array;
  readonly h: Float32Array;
  readonly hDot: Float32Array;
  readonly shares: Float32Array;
  readonly v: Float32Array;
  readonly vDot: Float32Array | undefined;
  readonly dot: Float32Array;
}

interface AttendedBack {
  readonly dy: Float32Array;
  readonly dDot: Float32Array;
  readonly dh: Float32Array;
  readonly dhDot: Float32Array;
  readonly dv: Float32Array;
}

/**
 * ẏ = Σ share˙_t·h_t + share_t·h˙_t with share˙ = share·(score˙ − Σ share·score˙) and
 * score˙ = v·(1−u²)·z˙ + v˙·u. Plain loops: no study trains on this path. Returns the way back, which replaces u and z˙ by
 * their gradients.
 */
function attentionTangent(given: Attended): (back: AttendedBack) => void {
  const { steps, rows, width, u, zDot, h, hDot, shares, v, vDot, dot } = given;
  const scoreDot = new Float64Array(steps * rows);
  const mean = new Float64Array(rows);
  const place = (t: number, row: number): number => (t * rows + row) * width;
  dot.fill(0);
  for (let row = 0; row < rows; row++) {
    for (let t = 0; t < steps; t++) {
      const at = place(t, row);
      let sum = 0;
      for (let i = 0; i < width; i++) {
        const y = u[at + i]!;
        sum += v[i]! * (1 - y * y) * zDot[at + i]! + (vDot ? vDot[i]! * y : 0);
      }
      scoreDot[t * rows + row] = sum;
      mean[row]! += shares[t * rows + row]! * sum;
    }
    for (let t = 0; t < steps; t++) {
      const share = shares[t * rows + row]!;
      const shareDot = share * (scoreDot[t * rows + row]! - mean[row]!);
      const at = place(t, row);
      for (let i = 0; i < width; i++) {
        dot[row * width + i]! += shareDot * h[at + i]! + share * hDot[at + i]!;
      }
    }
  }
  return ({ dy, dDot, dh, dhDot, dv }) => {
    const byShare = new Float64Array(steps);
    const byShareDot = new Float64Array(steps);
    for (let row = 0; row < rows; row++) {
      const own = row * width;
      let carried = 0;
      for (let t = 0; t < steps; t++) {
        const at = place(t, row);
        const share = shares[t * rows + row]!;
        const shareDot = share * (scoreDot[t * rows + row]! - mean[row]!);
        let [s, sDot] = [0, 0];
        for (let i = 0; i < width; i++) {
          const [a, b] = [dy[own + i]!, dDot[own + i]!];
          s += a * h[at + i]! + b * hDot[at + i]!;
          sDot += b * h[at + i]!;
          dh[at + i] = share * a + shareDot * b;
          dhDot[at + i] = share * b;
        }
        byShare[t] = s;
        byShareDot[t] = sDot;
        carried += sDot * share;
      }
      // share˙ = share·(score˙ − mean), mean = Σ share·score˙
      let total = 0;
      for (let t = 0; t < steps; t++) {
        const score = scoreDot[t * rows + row]!;
        byShare[t]! += byShareDot[t]! * (score - mean[row]!) - carried * score;
        total += byShare[t]! * shares[t * rows + row]!;
      }
      for (let t = 0; t < steps; t++) {
        const at = place(t, row);
        const share = shares[t * rows + row]!;
        const byScore = share * (byShare[t]! - total);
        const byScoreDot = share * (byShareDot[t]! - carried);
        for (let i = 0; i < width; i++) {
          const y = u[at + i]!;
          const flat = 1 - y * y;
          const z = zDot[at + i]!;
          dv[i]! += byScore * y + byScoreDot * flat * z;
          const along = vDot ? vDot[i]! : 0;
          const byU = byScore * v[i]! + byScoreDot * (along - 2 * v[i]! * y * z);
          u[at + i] = byU * flat;
          zDot[at + i] = byScoreDot * v[i]! * flat;
        }
      }
    }
  };
}
