// Pen strokes as numbers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { compact, deciphered, edge, fitted, inside, written } from "../../cnn/ui/draw/pad/geometry.js";

/** @type {[number, number]} */
const GRID = [280, 280];
const BUDGET = 360;
const circle = (count) => Array.from({ length: count }, (_, at) => [140 + 100 * Math.cos(at / 9), 140 + 100 * Math.sin(at / 9)]);

test("a line needs its two ends", () => {
	const line = Array.from({ length: 50 }, (_, at) => [10 + at, 20 + 2 * at]);
	assert.deepEqual(compact([line], GRID, BUDGET), { strokes: [[[10, 20], [59, 118]]], width: 280, height: 280 });
});

test("a corner is kept, and a dot", () => {
	assert.deepEqual(compact([[[10, 10], [50, 10], [50, 90]], [[7, 7]]], GRID, BUDGET).strokes, [[[10, 10], [50, 10], [50, 90]], [[7, 7]]]);
});

test("a drawing stays within its budget, whatever is drawn, and near what was drawn", () => {
	const [stroke] = compact([circle(1000)], GRID, BUDGET).strokes;
	assert.ok(stroke.length > 20);
	for (const [x, y] of stroke) assert.ok(Math.abs(Math.hypot(x - 140, y - 140) - 100) < 1);
	const scribble = compact(Array.from({ length: 40 }, (_, at) => circle(300 + at)), GRID, BUDGET);
	assert.ok(JSON.stringify(scribble).length <= BUDGET);
	assert.ok(JSON.stringify(compact([circle(1000)], GRID, BUDGET)).length <= BUDGET);
});

test("what a link shows is the drawing that its sender saw", () => {
	const once = compact([Array.from({ length: 60 }, (_, at) => [40 + 3.3 * at, 140 + 4 * Math.sin(at / 2.3)])], GRID, BUDGET);
	assert.deepEqual(compact(deciphered(written(once.strokes), GRID), GRID, BUDGET), once);
});

test("the way off the pad crosses its edge", () => {
	assert.deepEqual(edge([140, 140], [140, 420], GRID), [140, 280]);
	assert.deepEqual(edge([140, 140], [-140, 0], GRID), [0, 70]);
	assert.ok(inside([0, 280], GRID));
	assert.ok(!inside([0, 281], GRID));
});

test("a drawing of another pad stands in the middle", () => {
	assert.deepEqual(fitted({ strokes: [[[0, 0], [100, 100]], []], width: 100, height: 100 }, [640, 280]), [[[180, 0], [460, 280]]]);
	assert.deepEqual(fitted(null, GRID), []);
});

test("a drawing as a word of an address, and back; what is none is none", () => {
	const strokes = [[[0, 0], [279, 280]], [[5, 6]]];
	assert.equal(written(strokes), "00007r7s.0506");
	assert.deepEqual(deciphered(written(strokes), GRID), strokes);
	assert.deepEqual(deciphered("zzzz", GRID), [[[280, 280]]]); // not beyond the pad
	for (const word of [undefined, "", "zz", "<b>", "________", "0000."]) assert.equal(deciphered(word, GRID), null);
});
