import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/dist/**", "build/**", "**/node_modules/**"] },
  ...tseslint.configs.recommended,
  {
    files: ["packages/*/src/**/*.ts", "packages/*/test/**/*.ts", "bench/**/*.ts"],
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  // Hardhat 2 reads CommonJS only.
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
  { files: ["packages/cli/**", "scripts/**", "bench/**"], rules: { "no-console": "off" } },
);
