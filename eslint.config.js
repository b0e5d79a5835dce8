import js from "@eslint/js";
import globals from "globals";

export default [
	js.configs.recommended,
	{ files: ["tests/web/*.js"], languageOptions: { globals: globals.node } },
	{
		files: ["cnn/ui/**/*.js", "assets/course/**/*.js"],
		languageOptions: { globals: globals.browser },
		rules: {
			eqeqeq: "error",
			"no-var": "error",
			"prefer-const": ["error", { destructuring: "all" }],
			"no-restricted-globals": ["error", "event", "name"],
		},
	},
	{
		// Plain scripts, one after the other in a page: what one gives, the next one takes.
		files: ["assets/course/**/*.js"],
		languageOptions: { sourceType: "script", globals: { ort: "readonly", startPad: "writable", speak: "writable" } },
		rules: { "no-unused-vars": ["error", { vars: "local" }], "no-redeclare": ["error", { builtinGlobals: false }] },
	},
];
