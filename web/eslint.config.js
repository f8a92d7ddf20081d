import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const CONTEXTS = ["access", "customers", "care", "nightly", "oneid", "privacy", "scoring", "segments"];

export default tseslint.config(
  { ignores: ["dist", "src/app/schema.d.ts"] },
  tseslint.configs.recommendedTypeChecked,
  {
    files: ["src/**/*.{ts,tsx}"],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { project: "./tsconfig.json" },
    },
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "max-lines": ["error", { max: 250 }],
      // Every text comes from the locales; a Chinese character in code is a text that forgot its English.
      "no-restricted-syntax": [
        "error",
        { selector: "Literal[value=/[\\u4e00-\\u9fff]/]", message: "Put texts into locale.*.json" },
        { selector: "JSXText[value=/[\\u4e00-\\u9fffA-Za-z]/]", message: "Put texts into locale.*.json" },
      ],
    },
  },
  {
    // Shared parts know no context.
    files: ["src/shared/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: CONTEXTS.map((name) => ({
            group: [`@/${name}/*`],
            message: "shared imports no context",
          })),
        },
      ],
    },
  },
  { files: ["src/**/*.test.{ts,tsx}", "src/shared/format/*.ts"], rules: { "no-restricted-syntax": "off" } },
  { files: ["*.{js,ts}"], extends: [tseslint.configs.disableTypeChecked] },
);
