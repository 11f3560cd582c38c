const PAGE = 65536;

/** A shared memory and the addresses handed out of it, upwards. */
export interface Arena {
  readonly memory: WebAssembly.Memory;
  /** Address of `bytes` fresh bytes, aligned to a cache line. Zeroed. */
  reserve(bytes: number): number;
  /** What has been reserved so far, in bytes. */
  readonly used: number;
  /** Takes back everything from address `from` on, an earlier value of `used`, and clears it. */
  release(from: number): void;
  f32(address: number, n: number): Float32Array;
  f64(address: number, n: number): Float64Array;
  u32(address: number, n: number): Uint32Array;
  u8(address: number, n: number): Uint8Array;
}

/** An arena of up to `megabytes`; the system gives a page when it is first written. */
export function createArena(megabytes = 1024): Arena {
  const maximum = megabytes * 16;
  const memory = new WebAssembly.Memory({ initial: 16, maximum, shared: true });
  // The first pages' start is not handed out: address 0 means "none", and the kernels keep their coefficients there.
  let top = 4096;
  return {
    memory,
    get used() {
      return top;
    },
    reserve(bytes) {
      const address = top;
      const next = (top + bytes + 63) & ~63;
      if (next > maximum * PAGE) {
        throw new RangeError(`${next} bytes do not fit the ${megabytes} MB of this engine`);
      }
      const have = memory.buffer.byteLength;
      if (next > have) memory.grow(Math.ceil((next - have) / PAGE));
      top = next;
      return address;
    },
    release(from) {
      new Uint8Array(memory.buffer, from, top - from).fill(0);
      top = from;
    },
    ...viewing(memory),
  };
}

/** The arena of another thread: its memory can be read and written, not reserved. */
export function attachArena(memory: WebAssembly.Memory): Arena {
  return {
    memory,
    used: 0,
    reserve(bytes) {
      throw new RangeError(
        `${bytes} bytes reserved in a worker; memory is handed out by its owner`,
      );
    },
    release(from) {
      throw new RangeError(`memory from ${from} released in a worker; its owner takes it back`);
    },
    ...viewing(memory),
  };
}

function viewing(memory: WebAssembly.Memory): Pick<Arena, "f32" | "f64" | "u32" | "u8"> {
  return {
    f32: (address, n) => new Float32Array(memory.buffer, address, n),
    f64: (address, n) => new Float64Array(memory.buffer, address, n),
    u32: (address, n) => new Uint32Array(memory.buffer, address, n),
    u8: (address, n) => new Uint8Array(memory.buffer, address, n),
  };
}
