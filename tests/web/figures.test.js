// Figures of trials, against values that others published.

import assert from "node:assert/strict";
import { test } from "node:test";
import { byMeant, confusions, extremes, rate, student, sureness, tried, wilson } from "../../cnn/ui/trials/figures.js";

const close = (found, expected) => found.forEach((value, at) => assert.ok(Math.abs(value - expected[at]) < 5e-5, `${found} is not ${expected}`));

// Newcombe 1998, Statistics in Medicine 17, 857, method 3: the rows of tests/errors/test_statistics.py.
for (const [hits, count, low, high] of [
	[81, 263, 0.2553, 0.3662],
	[15, 148, 0.0624, 0.1605],
	[0, 20, 0, 0.1611],
	[1, 29, 0.0061, 0.1718],
]) {
	test(`Wilson's interval for ${hits} of ${count}`, () => {
		close(wilson(hits, count), [low, high]);
		close(wilson(count - hits, count), [1 - high, 1 - low]);
	});
}

test("nothing seen says nothing", () => {
	assert.deepEqual(wilson(0, 0), [0, 1]);
	assert.deepEqual(rate([]), { count: 0, hits: 0, share: null, worth: 0, writers: 0, low: 0, high: 1 });
});

test("Student's t as tables have it", () => {
	[[3, 3.182], [11, 2.201], [30, 2.0423], [120, 1.9799]].forEach(([degrees, value]) => assert.ok(Math.abs(student(degrees) - value) < 3e-3));
});

// Two series of right (1) and wrong (0) tests a writer.
const written = (...writers) => writers.flatMap((series, writer) => series.map((right) => ({ meant: 1, said: right, confidence: 0.9, writer: `${writer}` })));

test("tests of one hand are alike: a class's rate is as sure as its writers agree", () => {
	// Ten writers of 20 tests each, half of them read at 100 %, half at 80 %: by hand 0.09 * 200 / (10/9 * 10 * 4) * (Z/2.262)^2 * 200.
	const class_ = written(...Array.from({ length: 10 }, (_, at) => Array.from({ length: 20 }, (_, test) => (at % 2 && test < 4 ? 0 : 1))));
	const found = rate(class_);
	assert.deepEqual([found.count, found.hits, found.writers], [200, 180, 10]);
	const worth = ((0.9 * 0.1) / ((10 / 9) * 10 * 4 / 200 ** 2)) * (1.959964 / 2.262) ** 2;
	assert.ok(Math.abs(found.worth - worth) < 0.01 && worth < 61, `${found.worth} is not ${worth}`);
	close([found.low, found.high], wilson(0.9 * found.worth, found.worth));
	// Of one writer, and of writers who are all alike, each test counts.
	assert.equal(rate(class_.map((one) => ({ ...one, writer: "0" }))).worth, 200);
	assert.equal(rate(class_.map((one) => ({ ...one, writer: undefined }))).worth, 200);
	assert.equal(rate(written([1, 0], [1, 0], [1, 0])).worth, 6);
	assert.deepEqual(rate(written([1, 1], [1, 1])), { ...rate(written([1, 1, 1, 1])), writers: 2 });
	// Two writers tell next to nothing of others.
	const two = rate(written([1, 1, 1, 1], [0, 0, 0, 1]));
	assert.ok(two.worth < 1 && two.low < 0.1 && two.high > 0.9, `${two.low} to ${two.high}`);
});

const trial = (meant, said, confidence = 0.9) => ({ meant, said, confidence });
const TRIALS = [trial(0, 0), trial(0, 1, 0.6), trial(2, 2), trial(1, null, 0.4), trial("not_a_digit", null, 0.1), trial("not_a_digit", 2)];

test("what was meant against what was said, for any number of classes", () => {
	assert.deepEqual(tried(TRIALS, 3), [0, 1, 2, "not_a_digit"]);
	assert.deepEqual(confusions(TRIALS, 3), [
		[1, 1, 0, 0],
		[0, 0, 0, 1],
		[0, 0, 1, 0],
		[0, 0, 1, 1],
	]);
	assert.equal(confusions(TRIALS, 26).length, 27);
});

test("rates: what is no digit is rightly refused", () => {
	assert.deepEqual(byMeant(TRIALS, 3).map(({ meant, hits, count }) => [meant, hits, count]), [[0, 1, 2], [1, 0, 1], [2, 1, 1], ["not_a_digit", 1, 2]]);
	assert.equal(rate(TRIALS).hits, 3);
	assert.deepEqual(extremes(TRIALS, 3), { best: [2], worst: [1] });
	assert.deepEqual(extremes([trial(0, 0), trial(1, 1)], 3), { best: [], worst: [] });
});

test("how sure answers are leaves refusals out, right ones and wrong ones", () => {
	assert.ok(Math.abs(sureness(TRIALS, true) - 0.9) < 1e-9);
	assert.ok(Math.abs(sureness(TRIALS, false) - 0.75) < 1e-9);
	assert.equal(sureness([trial(1, null)], false), null);
	assert.equal(sureness([], false), null);
});
