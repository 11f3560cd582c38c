import { padded } from "#num";
import {
  type Block,
  type Parameter,
  type Pass,
  type Shelf,
  type Signal,
  type Taped,
  linearWeight,
} from "../block.ts";
import { type LstmLayer, type LstmStates, forwardLayer, backwardLayer } from "./lstm-layer.ts";
import { lstmTangent } from "./lstm-tangent.ts";

export interface LstmSpec {
  readonly inputs: number;
  readonly hidden: number;
  readonly layers: number;
  /** Share dropped between layers. */
  readonly dropout?: number;
}

/**
 * Layers of long short-term memory (Hochreiter, Schmidhuber 1997, with forget gates): all states of the last layer,
 * from zero states. Inputs of all steps are multiplied at once; only the recurrent product runs step by step.
 */
export function lstm(shelf: Shelf, name: string, spec: LstmSpec): Block {
  const layers: LstmLayer[] = [];
  const parameters: Parameter[] = [];
  const { hidden } = spec;
  const units = padded(hidden);
  const column = (o: number): number => Math.floor(o / hidden) * units + (o % hidden);
  for (let i = 0; i < spec.layers; i++) {
    const input = shelf.matrix(i === 0 ? spec.inputs : hidden, 4 * units);
    const recurrent = shelf.matrix(hidden, 4 * units);
    const bias = shelf.vector(4 * units);
    const start = { bound: 1 / Math.sqrt(hidden) };
    const last = i === spec.layers - 1;
    const dropout = last ? 0 : (spec.dropout ?? 0);
    layers.push({ input, recurrent, bias, hidden, units, dropout, stream: shelf.layer() });
    parameters.push(
      { ...linearWeight(`${name}.weight_ih_l${i}`, input, 4 * hidden, column), start },
      { ...linearWeight(`${name}.weight_hh_l${i}`, recurrent, 4 * hidden, column), start },
      {
        name: `${name}.bias_ih_l${i}`,
        shape: [4 * hidden],
        place: (o) => bias + column(o),
        start,
        twin: `${name}.bias_hh_l${i}`,
      },
    );
  }
  return {
    parameters,
    outputs: hidden,
    workspace: (steps) => 2 * spec.layers * (steps + 2) * (16 * units + padded(spec.inputs) + 64),

    forward(pass: Pass, x: Signal): Taped {
      const states: LstmStates[] = [];
      const inputs: Signal[] = [];
      let signal = x;
      for (const layer of layers) {
        inputs.push(signal);
        const kept = forwardLayer(pass, layer, signal);
        states.push(kept);
        signal = { at: kept.y, steps: x.steps, rows: x.rows, width: hidden };
      }
      return {
        y: signal,
        backward(dy) {
          let d = dy;
          for (let i = layers.length - 1; i >= 0; i--) {
            d = backwardLayer(pass, layers[i]!, { x: inputs[i]!, kept: states[i]!, dy: d });
          }
          return d;
        },
      };
    },

    forwardTangent: (pass, x, xDot) => lstmTangent(pass, layers, { x, xDot }),
  };
}
