import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["e2e/**/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 300_000,
    // Each of these starts processes and makes real proofs: one at a time on two cores.
    fileParallelism: false,
  },
});
