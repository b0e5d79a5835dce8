// One filter, applied in the page: worked out by hand on a picture of one bright pixel.

import assert from "node:assert/strict";
import { test } from "node:test";
import { filtered } from "../../cnn/ui/draw/reading/filter.js";

const pixels = new Uint8Array(16); // 4x4
pixels[5] = 255; // row 1, column 1
const kernel = [
	[1, 2, 3],
	[4, 5, 6],
	[7, 8, -9],
];

test("a map without padding is the kernel, turned about the pixel", () => {
	const map = filtered(pixels, { model: "", layer: "", channel: 0, most: 1, kernel, bias: 0, start: 0, side: 2 });
	assert.deepEqual([...map], [5, 4, 2, 1]);
});

test("with padding it begins outside, and what is below zero is zero", () => {
	const map = filtered(pixels, { model: "", layer: "", channel: 0, most: 1, kernel, bias: 0.5, start: -1, side: 4 });
	assert.deepEqual([...map], [0, 8.5, 7.5, 0.5, 6.5, 5.5, 4.5, 0.5, 3.5, 2.5, 1.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
});
