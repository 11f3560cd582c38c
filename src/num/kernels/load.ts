import type { Kernels } from "./kernels.ts";

/** The compiled kernels over a memory. Works wherever WebAssembly does; reads no file. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return instance.exports as unknown as Kernels;
}
