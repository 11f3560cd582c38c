import { VolterraError, sha256 } from "#core";
import { z } from "zod";

const FORMAT = "volterra-model";
const VERSION = 1;

const HEAD = z.strictObject({
  format: z.literal(FORMAT),
  version: z.number(),
  model: z.string(),
  names: z.array(z.string()).readonly(),
  steps: z.number(),
  task: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("classes"), classes: z.array(z.string()).readonly() }),
    z.strictObject({ kind: z.literal("number") }),
  ]),
  params: z.unknown(),
  training: z.record(z.string(), z.union([z.number().nullable(), z.array(z.number().nullable())])),
  sha256: z.string(),
});

/** What a file says of the model it holds. */
export type Head = z.infer<typeof HEAD>;

/** Eight bytes of header length (little endian), a JSON header, the state: the layout of safetensors. */
export function pack(
  head: Omit<Head, "format" | "version" | "sha256" | "training"> & { training: object },
  state: Uint8Array,
): Uint8Array {
  const text = JSON.stringify({ format: FORMAT, version: VERSION, ...head, sha256: sha256(state) });
  const header = new TextEncoder().encode(text);
  const file = new Uint8Array(8 + header.length + state.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  file.set(state, 8 + header.length);
  return file;
}

/** The header and the state of a file; refuses one cut short, changed or of another version. */
export function unpack(file: Uint8Array): { head: Head; state: Uint8Array } {
  if (file.length < 8) throw broken(`${file.length} bytes`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > file.length - 8) throw broken("cut short in the header");
  const head = readHead(file.subarray(8, 8 + length));
  const state = file.slice(8 + length);
  if (sha256(state) !== head.sha256) throw broken("cut short or changed");
  return { head, state };
}

function readHead(bytes: Uint8Array): Head {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw broken("no header");
  }
  const parsed = HEAD.safeParse(json);
  const version = (json as { version?: unknown } | null)?.version;
  if (parsed.success && version === VERSION) return parsed.data;
  if (version !== undefined && version !== VERSION) {
    throw broken(`version ${String(version)}, not ${VERSION}`, "Train the model again.");
  }
  throw broken(parsed.success ? "no version" : parsed.error.issues[0]!.message);
}

/** The training summary of a header; JSON has no NaN, so `null` is read as one. */
export function readTraining(head: Head): Readonly<Record<string, number | readonly number[]>> {
  return Object.fromEntries(
    Object.entries(head.training).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((x) => x ?? NaN) : (value ?? NaN),
    ]),
  );
}

function broken(why: string, hint = "Save the model again."): VolterraError {
  return new VolterraError("MODEL", `not a readable model file: ${why}`, hint);
}
