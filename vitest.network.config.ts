import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["e2e/network/**/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    // The scenarios share one network and go on where the one before ended.
    bail: 1,
  },
});
