import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["e2e/**/*.test.ts"],
    // Networks with a consensus client have a command of their own: npm run test:network.
    exclude: [...configDefaults.exclude, "e2e/network/**"],
    testTimeout: 600_000,
    hookTimeout: 300_000,
    // Two at a time on two cores: most of what each does is one command after another, which uses one.
    maxWorkers: 2,
    minWorkers: 1,
  },
});
