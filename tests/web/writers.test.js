// A class: many series in one, and what is found over its writers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { letters, written } from "../../cnn/ui/trials/collect.js";
import { asCsv, asZip, fromText } from "../../cnn/ui/trials/files.js";
import { handedIn, hands, hardest, renamed, spread, tidied, together, withSeries } from "../../cnn/ui/trials/writers.js";
import { learnNetworks } from "../../cnn/ui/web/networks.js";
import { unzipped } from "../../cnn/ui/web/zip.js";

learnNetworks({ networks: { fake: { parameters: 1, classes: ["0", "1", "2"], side: 4, framing: "mnist" } } });

let second = 0;
const trial = (meant, said) => ({ at: new Date(1000 * (second += 1)).toISOString(), kind: "drawn", meant, said, reason: null, guess: said ?? 0, confidence: 0.9, model: "fake", pixels: btoa("0".repeat(16)), strokes: null });
const ADA = [trial(0, 0), trial(1, 1), trial(2, 2), trial(2, 1)];
const BOB = [trial(0, 0), trial(2, null)];
const CLASS = withSeries(withSeries([], ADA, "Ada.zip"), BOB, "Bob.zip");
const writers = (trials) => [...new Set(trials.map(({ writer }) => writer))];

test("each file is a writer, called as it is", () => {
	assert.deepEqual(CLASS.map(({ writer }) => writer), ["Ada", "Ada", "Ada", "Ada", "Bob", "Bob"]);
});

test("what is here already counts once, by whatever name it comes again", () => {
	assert.deepEqual(withSeries(CLASS, ADA, "Ada (1).zip"), CLASS);
	assert.equal(withSeries([], [...ADA, ...ADA], "Ada.zip").length, 4);
	const more = withSeries(CLASS, [...BOB, trial(1, 1)], "Bob later.zip");
	assert.deepEqual([more.length, more.at(-1).writer], [7, "Bob later"]);
});

test("two files of one name are two writers, until they are given one name", () => {
	const two = withSeries(CLASS, [trial(1, 0)], "Ada.ZIP");
	assert.deepEqual(writers(two), ["Ada", "Bob", "Ada 2"]);
	assert.deepEqual(writers(renamed(two, "Ada 2", " Ada ")), ["Ada", "Bob"]);
	assert.deepEqual(writers(renamed(two, "Ada 2", " \n")), ["Ada", "Bob", "Ada 2"]);
});

test("a class's file brings its writers back", () => {
	assert.deepEqual(withSeries([], CLASS, "class.zip"), CLASS);
	assert.deepEqual(writers(withSeries([], [{ ...trial(0, 0), writer: "\u202e" }], "class.zip")), ["class"]);
});

const EVES = trial(1, 1);

test("what is handed in stands beside what came by zip, and counts once", () => {
	const all = together(CLASS, [{ writer: "Eve", trials: [EVES, ADA[0], EVES] }, { writer: "Mallory", trials: [EVES] }]);
	assert.deepEqual(all.slice(CLASS.length).map(({ writer }) => writer), ["Eve", "Mallory"]); // who copies is seen, too
});

test("whoever hands in again keeps the name that the teacher gave, and else has their new one", () => {
	const first = handedIn(undefined, "Ada", [], new Set(["Ada"]));
	assert.deepEqual(first, { name: "Ada", called: "Ada 2", writer: "Ada 2", trials: [] });
	assert.equal(handedIn(first, "Ada", ADA, new Set(["Ada"])).writer, "Ada 2");
	assert.equal(handedIn(first, "Ada L.", ADA, new Set()).writer, "Ada L.");
	assert.equal(handedIn({ ...first, writer: "Countess" }, "Ada L.", ADA, new Set()).writer, "Countess");
});

test("a series that was handed in is checked as a file's is", () => {
	assert.deepEqual(fromText(JSON.stringify(ADA)), ADA.map((one) => ({ ...one, writer: undefined })));
	for (const change of [{ pixels: btoa("0") }, { pixels: "<" }, { pixels: 5 }, { guess: 3 }, { at: "=1" }, { meant: "<b>" }]) {
		assert.throws(() => fromText(JSON.stringify([{ ...ADA[0], ...change }])), JSON.stringify(change));
	}
	for (const text of ["", "5", "{}", "[5]", "null"]) assert.throws(() => fromText(text), text);
});

test("a code is typed in any way", () => {
	for (const typed of ["FHJKLMQR", " fhjk-lmqr", "FHJK LMQR.", "fhjklmqrs"]) assert.equal(letters(typed, 8), "FHJKLMQR");
	assert.equal(written("FHJKLMQR"), "FHJK LMQR");
	assert.equal(written("FH"), "FH");
});

test("a name is one line of sixty signs that can be seen", () => {
	assert.equal(tidied(" a\n\u202eb\t c "), "a b c");
	assert.equal(tidied("é".repeat(99)).length, 60);
	assert.deepEqual(writers(withSeries([], [trial(0, 0)], ".zip")), ["?"]);
});

test("the hardest hand first, with what was misread; and how far they lie apart", () => {
	const found = hands(CLASS);
	assert.deepEqual(found.map(({ writer, hits, count, misread }) => [writer, hits, count, misread.length]), [["Bob", 1, 2, 1], ["Ada", 3, 4, 1]]);
	assert.deepEqual(spread(found), { lowest: 0.5, median: 0.625, highest: 0.75 });
	assert.deepEqual(spread([{ share: 1 }, { share: 0 }, { share: 0.2 }]), { lowest: 0, median: 0.2, highest: 1 });
});

test("the hardest of what was tried first", () => {
	assert.deepEqual(hardest([...CLASS, trial("not_a_digit", 1)], 3).map(({ meant, hits, count }) => [meant, hits, count]), [[2, 1, 3], [0, 2, 2], [1, 1, 1]]);
});

test("the writer stands in CSV, as text, and in the zip", async () => {
	const rows = asCsv(renamed(CLASS, "Bob", "=1+1")).trimEnd().split("\r\n");
	assert.ok(rows[0].endsWith(",model,writer"));
	assert.ok(rows[1].endsWith(",fake,Ada"));
	assert.ok(rows[6].endsWith(",fake,'=1+1"));
	const list = JSON.parse(new TextDecoder().decode((await unzipped(asZip(CLASS))).get("series.json")));
	assert.deepEqual(list.map(({ writer }) => writer), CLASS.map(({ writer }) => writer));
});
