import { VolterraError } from "#core";
import { z } from "zod";

/** A named array of a file. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

/** Named arrays, and a few words about them. */
export interface Tensors {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const BYTES = { F32: 4, F64: 8 } as const;

const ENTRY = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const METADATA = z.record(z.string(), z.string());

/**
 * A safetensors file: eight bytes of header length (little endian), a JSON header padded with spaces to eight bytes, the
 * arrays in row-major order. Read by `safetensors.torch.load_file` in Python.
 */
export function writeSafetensors({ tensors, metadata }: Tensors): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header["__metadata__"] = metadata;
  let end = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const dtype = values instanceof Float64Array ? "F64" : "F32";
    header[name] = { dtype, shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = (text.length + 7) & ~7;
  const file = new Uint8Array(8 + length + end).fill(0x20, 8, 8 + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(text, 8);
  let at = 8 + length;
  for (const { values } of Object.values(tensors)) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return file;
}

/** Reads a safetensors file of F32 and F64 arrays. Throws `VolterraError("MODEL")` for one it cannot read. */
export function readSafetensors(file: Uint8Array): Tensors {
  const { header, data } = split(file);
  const tensors: Record<string, Tensor> = {};
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") metadata = METADATA.parse(value);
    else tensors[name] = readTensor(name, value, data);
  }
  return { tensors, metadata };
}

function split(file: Uint8Array): { header: Record<string, unknown>; data: Uint8Array } {
  if (file.length < 8) throw broken(`${file.length} bytes`);
  const length = Number(new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true));
  if (length > file.length - 8) throw broken("cut short in the header");
  try {
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as unknown;
    if (typeof header !== "object" || header === null) throw new SyntaxError("no object");
    return { header: { ...header }, data: file.subarray(8 + length) };
  } catch (cause) {
    throw broken("no JSON header", cause);
  }
}

function readTensor(name: string, value: unknown, data: Uint8Array): Tensor {
  const parsed = ENTRY.safeParse(value);
  if (!parsed.success) throw broken(`entry "${name}": ${parsed.error.issues[0]!.message}`);
  const { dtype, shape, data_offsets: offsets } = parsed.data;
  if (dtype !== "F32" && dtype !== "F64") {
    throw broken(`"${name}" is ${dtype}; only F32 and F64 are read`);
  }
  const [from, to] = offsets;
  const n = shape.reduce((a, b) => a * b, 1);
  if (to - from !== n * BYTES[dtype])
    throw broken(`"${name}" has ${to - from} bytes for ${shape.join(" x ")}`);
  if (to > data.length) throw broken(`cut short in "${name}"`);
  // A Buffer's own `slice` would share its memory.
  const bytes = Uint8Array.from(data.subarray(from, to));
  const values = dtype === "F32" ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer);
  return { shape, values };
}

function broken(why: string, cause?: unknown): VolterraError {
  return new VolterraError(
    "MODEL",
    `not a readable safetensors file: ${why}`,
    "Write the file again.",
    {
      cause,
    },
  );
}
