// What results of trainings say.

import assert from "node:assert/strict";
import { test } from "node:test";
import { deviation, differ, inShort, score } from "../../cnn/ui/lab/results.js";

const result = (hits, pictures = 10000, low = 0, high = 1) => {
	const share = { hits, pictures, low, high };
	return { seed: 0, mnist: share, made: share, perturbed: share, further: null, parameters: 1, milliseconds: 1, seconds: 1 };
};

test("one seed has the interval that came with it, several their own", () => {
	const one = score([result(9800, 10000, 0.977, 0.983)], "mnist");
	assert.deepEqual([one.share, one.low, one.high, one.spread, one.seeds], [0.98, 0.977, 0.983, 0, 1]);
	const three = score([result(9790), result(9800), result(9810)], "mnist");
	assert.ok(Math.abs(three.spread - 0.001) < 1e-12);
	// 0.98 * 0.02 / 10000 + 0.001 ** 2 / 3, by hand
	assert.ok(Math.abs(three.error - Math.sqrt(1.96e-6 + 3.3333e-7)) < 1e-7);
	assert.ok(Math.abs(three.high - three.low - 2 * 1.96 * three.error) < 1e-12);
});

test("a deviation is the sample's", () => {
	assert.equal(deviation([5]), 0);
	assert.ok(Math.abs(deviation([2, 4, 4, 4, 5, 5, 7, 9]) - 2.138089935) < 1e-9);
});

test("what chance explains is not told apart", () => {
	const at = (...hits) => score(hits.map((one) => result(one)), "mnist");
	assert.equal(differ(at(9800), at(9830)), false); // 0.3 points; 1.96 * sqrt(1.96e-6 + 1.67e-6) is 0.37
	assert.equal(differ(at(9800), at(9840)), true);
	assert.equal(differ(at(9760, 9840), at(9840, 9840)), false); // seeds that differ so much say little
});

test("a design in a line", () => {
	const design = [{ kind: "convolution", filters: 8, kernel: 3, stride: 2 }, { kind: "activation", function: "relu" }, { kind: "pooling", by: "max", size: 2 }, { kind: "dense", units: 16 }];
	assert.equal(inShort(design), "conv 8 × 3×3 / 2 · relu · max 2 · dense 16");
	assert.equal(inShort([{ kind: "dropout", rate: 0.5 }], (value) => `${value}`.replace(".", ",")), "dropout 0,5");
});
