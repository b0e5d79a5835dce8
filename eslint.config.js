import js from "@eslint/js";
import globals from "globals";

export default [
	js.configs.recommended,
	{ files: ["tests/web/*.js"], languageOptions: { globals: globals.node } },
	{
		files: ["cnn/ui/**/*.js"],
		languageOptions: { globals: globals.browser },
		rules: {
			eqeqeq: "error",
			"no-var": "error",
			"prefer-const": ["error", { destructuring: "all" }],
			"no-restricted-globals": ["error", "event", "name"],
		},
	},
];
