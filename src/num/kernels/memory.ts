const PAGE = 65536;

/** A shared memory and the addresses handed out of it, upwards from `base`. Fresh memory is zero. */
export interface Arena {
  readonly memory: WebAssembly.Memory;
  /** Address of `bytes` fresh bytes, aligned to a cache line. Zeroed. */
  reserve(bytes: number): number;
  /** What has been reserved so far, in bytes. */
  readonly used: number;
  f32(address: number, n: number): Float32Array;
  f64(address: number, n: number): Float64Array;
  u32(address: number, n: number): Uint32Array;
  u8(address: number, n: number): Uint8Array;
}

/** An arena of up to `megabytes`; pages are taken from the system as they are reserved. */
export function createArena(megabytes = 1024): Arena {
  const maximum = megabytes * 16;
  const memory = new WebAssembly.Memory({ initial: 16, maximum, shared: true });
  // The first kilobyte stays unused: address 0 means "none", and the kernels' own globals lie low.
  let top = 1024;
  return {
    memory,
    get used() {
      return top;
    },
    reserve(bytes) {
      const address = top;
      const next = (top + bytes + 63) & ~63;
      const have = memory.buffer.byteLength;
      if (next > maximum * PAGE) {
        throw new RangeError(`${next} bytes do not fit the ${megabytes} MB of this engine`);
      }
      if (next > have) memory.grow(Math.ceil((next - have) / PAGE));
      top = next;
      return address;
    },
    f32: (address, n) => new Float32Array(memory.buffer, address, n),
    f64: (address, n) => new Float64Array(memory.buffer, address, n),
    u32: (address, n) => new Uint32Array(memory.buffer, address, n),
    u8: (address, n) => new Uint8Array(memory.buffer, address, n),
  };
}
