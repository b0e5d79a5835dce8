// What views say of an answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { learnNetworks } from "../../cnn/ui/web/networks.js";
import { pictureOf } from "../../cnn/ui/web/paint.js";
import { set } from "../../cnn/ui/web/store.js";
import { answerAloud, looksNote } from "../../cnn/ui/web/views.js";
import { inEach } from "./texts.js";

test("a network that refuses is said to give no answer, and why", () => {
	const prediction = /** @type {any} */ ({ reason: "not_a_digit", best_guess: 3, confidence: 0.4, model: "course" });
	assert.deepEqual(
		inEach(() => answerAloud(prediction)),
		{ en: "no answer (not a digit)", fr: "pas de réponse (pas un chiffre)" },
	);
});

test("two certainties of one drawing stand side by side, and no others", () => {
	learnNetworks({ networks: { course: { classes: [..."0123456789"] } } });
	const pixels = { data: Buffer.from(new Float32Array([0, 0.5, 1, 0]).buffer).toString("base64"), shape: [2, 2] };
	const answer = { pixels, prediction: /** @type {any} */ ({ reason: null, best_guess: 3, confidence: 0.91, model: "course" }) };
	const read = { ...answer.prediction, confidence: 0.88, pixels: pictureOf([0, 0.5, 1, 0]) };
	const note = (told) => {
		set("read", told);
		return inEach(() => looksNote(answer) && looksNote(answer).replace(/\s/g, " "));
	};
	assert.deepEqual(note(read), {
		en: "at one look; Read looks again where it is unsure: 3, 88.0%",
		fr: "en un seul regard ; Lire regarde encore en cas de doute : 3, 88,0 %",
	});
	for (const told of [null, { ...read, confidence: 0.91 }, { ...read, model: "robust" }, { ...read, pixels: pictureOf([1, 0, 0, 0]) }]) {
		assert.deepEqual(note(told), { en: false, fr: false });
	}
});
