import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import ts from "typescript-eslint";

export default defineConfig(
  { ignores: ["build/", "dist/", "src/protocol/generated.ts"] },
  {
    files: ["src/**/*.ts", "test/**/*.ts"],
    extends: [js.configs.recommended, ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      complexity: ["error", 10],
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", 80],
      "max-params": ["error", 6],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // The editor's own class Disposable is an interface to everybody, its own event emitters too.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Node's own test runner looks after what `test` returns.
      "@typescript-eslint/no-floating-promises": [
        "error",
        { allowForKnownSafeCalls: [{ from: "package", package: "node:test", name: "test" }] },
      ],
    },
  },
  {
    files: ["scripts/*.mjs", "*.mjs"],
    extends: [js.configs.recommended],
    languageOptions: { globals: { Buffer: "readonly", console: "readonly", process: "readonly" } },
    rules: { complexity: ["error", 10], "max-lines": ["error", 400], "max-lines-per-function": ["error", 80] },
  },
);
