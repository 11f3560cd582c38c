import { threefry } from "#core";
import { normalQuantile } from "../../normal.ts";
import type { Kernels } from "../kernels.ts";
import type { Views } from "./views.ts";

export function randomKernels(
  views: () => Views,
): Pick<Kernels, "randomBits" | "normals" | "dropout"> {
  const keyAt = (address: number): Uint32Array => {
    return views().u32.slice(address >> 2, (address >> 2) + 4);
  };
  return {
    randomBits(n, key, from, out) {
      const words = keyAt(key);
      for (let i = 0; i < n; i += 4) {
        threefry([from + (i >> 2), 0, 0, 0], [...words], views().u32, (out >> 2) + i);
      }
    },
    normals(n, key, i, out) {
      const words = new Uint32Array(2 * n);
      for (let at = 0; at < 2 * n; at += 4) {
        threefry([(i >> 1) + (at >> 2), 0, 0, 0], [...keyAt(key)], words, at);
      }
      for (let j = 0; j < n; j++) {
        const high = (words[2 * j]! >>> 6) * 67108864;
        const uniform = (high + (words[2 * j + 1]! >>> 6) + 0.5) / 4503599627370496;
        views().f64[(out >> 3) + j] = normalQuantile(uniform);
      }
    },
    dropout(rows, n, key, first, step, threshold, scale, x, y) {
      const { f32 } = views();
      const words = keyAt(key);
      const block = new Uint32Array(4);
      for (let row = 0; row < rows; row++) {
        for (let e = 0; e < n; e++) {
          const counter = 4 * Math.floor(e / 16) + (e & 3);
          threefry([counter, first + row, step, 0], [...words], block);
          const at = row * n + e;
          const kept = block[(e >> 2) & 3]! >= threshold;
          f32[(y >> 2) + at] = kept ? f32[(x >> 2) + at]! * Math.fround(scale) : 0;
        }
      }
    },
  };
}
