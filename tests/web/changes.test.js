// What is changed of a network by hand, as the server takes it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { changesMade } from "../../cnn/ui/inside/changes.js";

test("filters that are off and kernels of other weights, and all as before", () => {
	const changes = changesMade();
	changes.of("course");
	assert.equal(changes.asked(), null);
	changes.turn("conv 1", 3);
	changes.turn("conv 1", 0);
	changes.turn("conv 1", 3);
	changes.edit("conv2", 5, 1, [[1, 2], [3, 4]]);
	changes.edit("conv2", 5, 1, [[0, 2], [3, 4]]);
	assert.deepEqual(changes.asked(), {
		model: "course",
		off: { "conv 1": [0] },
		kernels: [{ layer: "conv2", channel: 5, input: 1, weights: [[0, 2], [3, 4]] }],
	});
	assert.deepEqual(changes.count(), { off: 1, kernels: 1 });
	assert.ok(changes.isOff("conv 1", 0) && !changes.isOff("conv 1", 3));
	assert.deepEqual([changes.edited("conv2", 5, 1), changes.edited("conv2", 5, 0)], [[[0, 2], [3, 4]], undefined]);
	changes.reset("conv2", 5, 1);
	changes.of("course"); // the same network
	assert.deepEqual(changes.count(), { off: 1, kernels: 0 });
	changes.of("robust"); // another has none of them
	assert.equal(changes.asked(), null);
});
