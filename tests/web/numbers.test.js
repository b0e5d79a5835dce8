// Numbers and words as the visitor's language has them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, exact, fromField, inField, inUnit, nearly, number, percent, small, whole } from "../../cnn/ui/web/numbers.js";
import { languages, offered, say, sayCount } from "../../cnn/ui/web/say.js";
import { inEach } from "./texts.js";

const plain = (found) => Object.fromEntries(Object.entries(found).map(([language, words]) => [language, words.replace(/[\u00a0\u202f]/g, "_")]));

test("a share in per cent", () => {
	assert.deepEqual(plain(inEach(() => percent(0.256))), { en: "26%", fr: "26_%" });
	assert.deepEqual(plain(inEach(() => percent(0.256, 1))), { en: "25.6%", fr: "25,6_%" });
});

test("a probability never rounds to certainty, nor to nothing", () => {
	assert.deepEqual(plain(inEach(() => nearly(0.9999))), { en: ">_99.9%", fr: ">_99,9_%" });
	assert.deepEqual(plain(inEach(() => nearly(0.9994))), { en: "99.9%", fr: "99,9_%" });
	assert.deepEqual(plain(inEach(() => nearly(0, 0))), { en: "<_1%", fr: "<_1_%" });
	assert.deepEqual(plain(inEach(() => nearly(0.5, 0))), { en: "50%", fr: "50_%" });
});

test("a counted share is all or nothing only where it is", () => {
	assert.deepEqual(plain(inEach(() => [1, 0.999, 0.5, 0.001, 0].map((share) => counted(share)).join(" "))), {
		en: "100% >_99% 50% <_1% 0%",
		fr: "100_% >_99_% 50_% <_1_% 0_%",
	});
});

test("a number in a field is what was written there, by either sign", () => {
	for (const value of [0, 0.00001, 0.004, 0.25, 1, 4294967295]) {
		const shown = inEach(() => inField(value));
		assert.deepEqual(Object.values(shown).map(fromField), [value, value]);
	}
	assert.deepEqual(inEach(() => inField(0.004)), { en: "0.004", fr: "0,004" });
	for (const none of ["", " ", "x", "1,2.3", "1 000"]) assert.ok(Number.isNaN(fromField(none)), none);
});

test("numbers", () => {
	assert.deepEqual(plain(inEach(() => number(-1.005, 1))), { en: "−1.0", fr: "−1,0" });
	assert.deepEqual(plain(inEach(() => number(-0.001))), { en: "0.00", fr: "0,00" });
	assert.deepEqual(plain(inEach(() => whole(12345))), { en: "12,345", fr: "12_345" });
	assert.deepEqual(plain(inEach(() => exact(0.12345))), { en: "0.123", fr: "0,123" });
});

test("a number in its unit", () => {
	assert.deepEqual(plain(inEach(() => inUnit(number(-30, 0), "°"))), { en: "−30°", fr: "−30°" });
	assert.deepEqual(plain(inEach(() => inUnit(number(30, 0), "%"))), { en: "30%", fr: "30_%" });
	assert.deepEqual(plain(inEach(() => inUnit(number(2, 0), "px"))), { en: "2_px", fr: "2_px" });
});

test("so many of something, by the language's own rule", () => {
	assert.deepEqual(plain(inEach(() => sayCount("number.doubts", 1))), {
		en: "One digit to check, marked with_?",
		fr: "Un chiffre à vérifier, marqué d’un_?",
	});
	assert.match(inEach(() => sayCount("number.doubts", 1_000_000)).fr, /^1000000 chiffres/); // French has a form for it, we have not
	assert.deepEqual(plain(inEach(() => sayCount("number.doubts", 2))), {
		en: "2 digits to check, marked with_?",
		fr: "2 chiffres à vérifier, marqués d’un_?",
	});
});

test("the language that is spoken where ours may not be", () => {
	assert.deepEqual(languages(), ["en", "fr"]);
	assert.deepEqual(["fr", "fr-CA", "FR-ca", "en-GB", "de", ""].map(offered), ["fr", "fr", "fr", "en", "en", "en"]);
});

test("a network has its name in a sentence", () => {
	const found = inEach(() => say("pane.by", { model: "robust" }));
	assert.match(found.en, /Robust/);
	assert.match(found.fr, /Robuste/);
});

test("a small number has three digits that say something", () => {
	assert.deepEqual(plain(inEach(() => [0, 12.345, 1.2345, -0.0123456, 0.00123, 0.000123, -4.5e-12].map((value) => small(value)).join(" "))), {
		en: "0 12.3 1.23 −0.0123 0.00123 1.23_×_10⁻⁴ −4.50_×_10⁻¹²",
		fr: "0 12,3 1,23 −0,0123 0,00123 1,23_×_10⁻⁴ −4,50_×_10⁻¹²",
	});
});
