import { defineConfig } from "vitest/config";

/** The long proofs: hundreds of kills, power tables. `PROVE=reduced` runs fewer of each, enough to fail. */
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["test/prove/**/*.prove.ts"],
    testTimeout: 3_600_000,
    fileParallelism: false,
  },
});
