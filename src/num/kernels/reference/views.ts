/** A memory seen as numbers. */
export interface Views {
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
  readonly u8: Uint8Array;
}

/** Views of a memory, made again when it has grown. */
export function viewsOf(memory: { readonly buffer: ArrayBufferLike }): () => Views {
  let views: Views | undefined;
  return () => {
    const { buffer } = memory;
    if (views?.f32.buffer !== buffer) {
      views = {
        f32: new Float32Array(buffer),
        f64: new Float64Array(buffer),
        u32: new Uint32Array(buffer),
        u8: new Uint8Array(buffer),
      };
    }
    return views;
  };
}
