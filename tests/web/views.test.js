// What views say of an answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { answerAloud } from "../../cnn/ui/web/views.js";
import { inEach } from "./texts.js";

test("a network that refuses is said to give no answer, and why", () => {
	const prediction = /** @type {any} */ ({ reason: "not_a_digit", best_guess: 3, confidence: 0.4, model: "course" });
	assert.deepEqual(
		inEach(() => answerAloud(prediction)),
		{ en: "no answer (not a digit)", fr: "pas de réponse (pas un chiffre)" },
	);
});
