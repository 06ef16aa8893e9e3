import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "bench/test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // Two cores: more files at once only make each other slow.
    maxWorkers: 2,
    minWorkers: 1,
    reporters: ["default"],
  },
});
