import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Rooms are loaded once a worker, not once a file: no test changes what another reads.
    isolate: false,
    // Its own default leaves one processor idle, which is half of two.
    maxWorkers: "100%",
  },
});
