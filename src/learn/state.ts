import { VolterraError } from "#core";
import type { z } from "zod";

/** A learned part as JSON bytes, for models whose state is a few numbers. */
export function writeState(state: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(state));
}

/** Reads `writeState`'s bytes and checks their shape. */
export function readState<T>(bytes: Uint8Array, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (parsed.success) return parsed.data;
  throw new VolterraError(
    "MODEL",
    `not the state of this model: ${parsed.error.issues[0]!.message}`,
    "Train the model again.",
  );
}
