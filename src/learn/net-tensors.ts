import { VolterraError, suggest } from "#core";
import { type Net, sizeOf } from "./net.ts";
import type { Tensor } from "./safetensors.ts";

/** The parameters of a net under PyTorch's names and shapes, gates in the order i f g o. */
export function toTensors(net: Net, values: Float32Array): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const parameter of net.parameters) {
    const own = Float32Array.from(
      { length: sizeOf(parameter) },
      (_, i) => values[parameter.place(i)]!,
    );
    tensors[parameter.name] = { shape: parameter.shape, values: own };
    if (parameter.twin !== undefined) {
      tensors[parameter.twin] = { shape: parameter.shape, values: new Float32Array(own.length) };
    }
  }
  return tensors;
}

/** The values of a net from named arrays; a twin is added to its vector. Names that are not the net's are left alone. */
export function fromTensors(net: Net, tensors: Readonly<Record<string, Tensor>>): Float32Array {
  const values = new Float32Array(net.size);
  for (const parameter of net.parameters) {
    const { name, twin } = parameter;
    const own = find(tensors, name, parameter.shape);
    const other =
      twin !== undefined && twin in tensors ? find(tensors, twin, parameter.shape) : undefined;
    for (let i = 0; i < own.length; i++) {
      values[parameter.place(i)] = own[i]! + (other ? other[i]! : 0);
    }
  }
  return values;
}

function find(
  tensors: Readonly<Record<string, Tensor>>,
  name: string,
  shape: readonly number[],
): ArrayLike<number> {
  const tensor = tensors[name];
  if (!tensor) {
    throw new VolterraError(
      "MODEL",
      `the file has no "${name}"`,
      suggest(name, Object.keys(tensors)),
    );
  }
  if (tensor.shape.join() !== shape.join()) {
    throw new VolterraError(
      "MODEL",
      `"${name}" is ${tensor.shape.join(" x ")}, not ${shape.join(" x ")}`,
      "Use the parameters the file was trained with.",
    );
  }
  return tensor.values;
}
