/** Room for the intermediate results of a pass, taken from the bottom up and given back all at once. */
export interface Scratch {
  /** Address of `n` floats. Not cleared. */
  take(n: number): number;
  reset(): void;
}

/** Scratch over `bytes` bytes from `address`. */
export function scratchOver(address: number, bytes: number): Scratch {
  let top = address;
  return {
    take(n) {
      const at = top;
      top += (4 * n + 63) & ~63;
      if (top > address + bytes)
        throw new RangeError(`scratch of ${bytes} bytes is too small by ${top - address - bytes}`);
      return at;
    },
    reset() {
      top = address;
    },
  };
}
