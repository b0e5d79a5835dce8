// What travels, written for people and for other programs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { curl, drawingIn, overhear, pretty, python, readable, shortened } from "../../cnn/ui/course/wire.js";

const POINTS = Array.from({ length: 34 }, (_, at) => [at, 2 * at]);
const DRAWING = { strokes: [POINTS, [[1, 2]]], width: 280, height: 280 };

test("long texts, most points and most digits of a number are left out", () => {
	assert.equal(readable(JSON.stringify(DRAWING)), '{\n  "strokes": [[[0, 0], [1, 2], … 32], [[1, 2]]],\n  "width": 280,\n  "height": 280\n}');
	assert.deepEqual(shortened({ pixels: "A".repeat(1048), time: 1.23456, label: null }), { pixels: `${"A".repeat(40)}… (1048)`, time: 1.23, label: null });
	assert.equal(pretty(shortened([1, 2, 3, 4, 5])), "[1, 2, 3, 4, 5]"); // no points
	assert.equal(readable("<h1>502</h1>"), "<h1>502</h1>");
});

test("other programs send the drawing as the page did", () => {
	const drawing = drawingIn(JSON.stringify({ data: [{ ...DRAWING, lifted: true }], fn_index: 3 }));
	assert.deepEqual(drawing, DRAWING);
	assert.ok(curl("http://here", drawing).includes(`-d '${JSON.stringify({ data: [DRAWING, "default"] })}'`));
	assert.ok(python("http://here", drawing).includes(JSON.stringify(DRAWING)));
});

test("only drawings that nothing stands beside are told of, and whoever asked has the answer too", async () => {
	const told = [];
	const answers = (address) => Object.assign(new Response(`answer of ${address}`));
	globalThis.window = /** @type {any} */ ({ fetch: async (address) => answers(address) });
	overhear((exchange) => told.push(exchange));
	const send = async (address, body) => (await globalThis.window.fetch(address, { method: "POST", body })).text();
	const sent = JSON.stringify({ data: [DRAWING] });
	assert.equal(await send("/run", sent), "answer of /run");
	await send("/other", JSON.stringify({ data: [{ view: "film" }] }));
	await globalThis.window.fetch("/page");
	await new Promise((done) => setTimeout(done));
	assert.deepEqual(told.map(({ sent: body, received, method }) => [body, received, method]), [[sent, "answer of /run", "POST"]]);
});
