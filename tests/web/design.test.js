// A design and its training as a text, and back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { asText, fits, fresh, fromText, orderOf, TRAINING } from "../../cnn/ui/lab/design.js";

const number = (name, usual, least, most, whole = true) => ({ name, default: usual, options: null, least, most, whole });
const choice = (name, options) => ({ name, default: options[0], options, least: null, most: null, whole: false });
const TABLES = {
	convolution: [number("filters", 16, 1, 128), choice("padding", ["valid", "same"])],
	dropout: [number("rate", 0.25, 0.05, 0.9, false)],
	normalisation: [],
	[TRAINING]: [choice("images", [2000, 10000, 60000]), choice("augmentation", [false, true]), number("seed", 0, 0, 9), number("runs", 1, 1, 5)],
};
const DESIGN = {
	blocks: [{ filters: 32, padding: "same", kind: "convolution" }, { kind: "normalisation" }, { rate: 0.5, kind: "dropout" }],
	training: { images: 60000, augmentation: true, seed: 7, runs: 3 },
};
const TEXT = "convolution_32_same~normalisation~dropout_0.5~training_60000_true_7_3";

test("there and back", () => {
	assert.equal(asText(TABLES, DESIGN), TEXT);
	assert.deepEqual(fromText(TABLES, TEXT, 3), DESIGN);
	assert.deepEqual(fromText(TABLES, "training_2000_false_0_1", 3).blocks, []);
	assert.equal(encodeURIComponent(TEXT), TEXT); // it stands in the address as it is
});

test("what is no design is none", () => {
	const training = "~training_60000_true_7_3";
	for (const text of ["", "course", "training_60000_true_7", "convolution_32_same", `convolution_0_same${training}`, `convolution_1.5_same${training}`, `convolution__same${training}`, `convolution_3_full${training}`, `attention${training}`, `toString${training}`, `training_60000_true_7_3${training}`, `dropout_NaN${training}`, `dropout_Infinity${training}`]) {
		assert.equal(fromText(TABLES, text, 3), null, text);
	}
	assert.equal(fromText(TABLES, TEXT, 2), null); // too many blocks
});

test("a new block has its defaults", () => assert.deepEqual(fresh(TABLES, "convolution"), { filters: 16, padding: "valid", kind: "convolution" }));

test("what a number may be", () => {
	const [filters] = TABLES.convolution;
	assert.deepEqual([0, 1, 128, 129, 1.5, NaN].map((value) => fits(filters, value)), [false, true, true, false, false, false]);
});

test("seeds follow one another", () => {
	const { design, seeds, images, augmentation, ...rest } = orderOf(DESIGN);
	assert.deepEqual([design, seeds, images, augmentation, rest], [DESIGN.blocks, [7, 8, 9], 60000, true, {}]);
});
