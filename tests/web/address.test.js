// What an address says, and how it is written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { read, seedOf, usual, written } from "../../cnn/ui/stress/bend.js";
import { learnPerturbations } from "../../cnn/ui/stress/perturbations.js";
import { hashOf, parsed } from "../../cnn/ui/web/address.js";
import { get, set, subscribe } from "../../cnn/ui/web/store.js";

test("a place and its notes", () => {
	const found = parsed("#errors/list/owner%2Fname?drawing=0000.0101&seed=3");
	assert.deepEqual(found, { place: { tab: "errors", view: "list", choice: "owner/name" }, notes: { drawing: "0000.0101", seed: "3" } });
	assert.equal(hashOf(found.place, found.notes), "#errors/list/owner%2Fname?drawing=0000.0101&seed=3");
});

test("what is left out is what opens by itself", () => {
	assert.deepEqual(parsed(""), { place: { tab: "draw", view: "", choice: "" }, notes: {} });
	assert.deepEqual(parsed("#stress").place, { tab: "stress", view: "", choice: "" });
	assert.equal(hashOf({ tab: "stress", view: "", choice: "" }, {}), "#stress");
	assert.equal(hashOf({ tab: "draw", view: "", choice: "photo" }, {}), "#draw//photo");
});

test("what somebody typed is no error", () => {
	assert.deepEqual(parsed("#draw/%E0%A4%A/x").place, { tab: "draw", view: "", choice: "x" });
});

learnPerturbations([
	{ name: "rotation", minimum: -90, maximum: 90, neutral: 0, step: 1 },
	{ name: "noise", minimum: 0, maximum: 1, neutral: 0, step: 0.02 },
]);

test("a stack of perturbations as a word, and back", () => {
	const bend = { ...usual(), stack: [{ name: "noise", strength: 0.5 }, { name: "rotation", strength: -30 }] };
	assert.equal(written(bend), "noise~0.5!rotation~-30");
	const copy = usual();
	read(copy, { bend: "noise~0.5!rotation~-300!noise~0", seed: "7" }, 2);
	assert.deepEqual(copy.stack, [{ name: "noise", strength: 0.5 }, { name: "rotation", strength: -90 }]); // within its range
	assert.deepEqual([copy.name, copy.seed], ["noise", 7]);
	for (const word of [undefined, "", "none~1", "rotation~x", "rotation~"]) {
		const kept = usual();
		read(kept, { bend: word, seed: "x" }, 4);
		assert.deepEqual(kept, usual());
	}
	assert.deepEqual([-1, 2 ** 40, 1.4, NaN].map(seedOf), [0, 2 ** 32 - 1, 1, 0]);
});

test("who listens is told of what changed, and of nothing else", () => {
	const heard = [];
	subscribe("pen", (down) => heard.push(down));
	for (const down of [true, true, false]) set("pen", down);
	assert.deepEqual(heard, [true, false]);
	assert.equal(get("pen"), false);
});
