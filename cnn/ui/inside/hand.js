// One convolution by hand: the patch under the kernel, nine products, their sum, the bias, ReLU, the pixel it becomes;
// then one pooling window, and one digit's output. All numbers are the network's own.

import { grid, sign } from "../web/cells.js";
import { figure, made } from "../web/dom.js";
import { classesOf } from "../web/networks.js";
import { nearly, number } from "../web/numbers.js";
import { largest, paintValues, picture, unpack } from "../web/paint.js";
import { language, say } from "../web/say.js";
import { nameOf } from "./names.js";
import { labelChoices } from "./reasons.js";

/** @typedef {import("../web/types.js").Hand} Hand */
/** @typedef {import("../web/types.js").InsideAnswer} InsideAnswer */

const SHOWN = 6; // products of a digit's output that are written out

export function handView(desk) {
	const { panel } = desk;
	const hand = { channel: null, label: null, row: null, column: null }; // null: where there is most to see
	const place = panel.querySelector(".hand");
	let sheet = null; // the answer that lies on the desk
	let stations = null; // its three parts, made anew only for another network or language: what is held stays in the hand

	/** @param {Hand | null} found @param {InsideAnswer} answer */
	function show(found, { prediction, pixels }) {
		if (!found) {
			stations = null;
			return place.replaceChildren(made("p", { className: "note", textContent: say("inside.hand_none") }));
		}
		const { model } = prediction;
		const { values: input, shape } = unpack(pixels);
		const pooled = found.pooling && unpacked(found.pooling);
		sheet = { ...unpacked(found), pooling: pooled, input, side: shape[0], classes: classesOf(model), model };
		const made_for = `${language()} ${prediction.model}`;
		if (place.dataset.madeFor !== made_for) stations = null;
		place.dataset.madeFor = made_for;
		if (!stations) {
			stations = [convolution(), pooling(), output()];
			place.replaceChildren(...stations.map(({ section }) => section));
		}
		for (const { work } of stations) work();
	}

	// The place on the map that is worked out: the one chosen, or the brightest.
	function at() {
		const [rows, columns] = sheet.before.shape;
		const most = sheet.after.values.indexOf(Math.max(...sheet.after.values));
		const within = (index, count) => Math.max(0, Math.min(count - 1, index));
		return {
			row: within(hand.row ?? Math.floor(most / columns), rows),
			column: within(hand.column ?? most % columns, columns),
		};
	}

	function goTo(row, column) {
		Object.assign(hand, { row, column });
		Object.assign(hand, at()); // not beyond the edge
		for (const { work } of stations) work();
		const index = hand.row * sheet.before.shape[1] + hand.column;
		const [before, after] = [sheet.before, sheet.after].map(({ values }) => number(values[index]));
		desk.sayAloud(say("inside.place", { row: hand.row, column: hand.column, before, after }));
	}

	// A picture with a frame that the mouse, a finger or the arrow keys move.
	function framed(label, onMove) {
		const canvas = picture([0], [1, 1], {}, label);
		const mark = made("i", { className: "mark" });
		const holder = made("div", { className: "framed" }, canvas, mark);
		const paint = (values, [rows, columns], how, { row, column, height, width }) => {
			paintValues(canvas, values, [rows, columns], how);
			Object.assign(mark.style, {
				top: `${(100 * row) / rows}%`,
				left: `${(100 * column) / columns}%`,
				height: `${(100 * height) / rows}%`,
				width: `${(100 * width) / columns}%`,
			});
		};
		if (!onMove) return { holder, paint };
		const point = (event) => {
			const box = canvas.getBoundingClientRect();
			const [across, down] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
			onMove(Math.floor(down * canvas.height), Math.floor(across * canvas.width));
		};
		Object.assign(holder, { tabIndex: 0 }).classList.add("movable");
		holder.setAttribute("role", "application");
		holder.setAttribute("aria-label", say("inside.move", { picture: label }));
		holder.addEventListener("pointermove", point);
		holder.addEventListener("pointerdown", point);
		holder.addEventListener("keydown", (event) => {
			const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
			if (!step) return;
			event.preventDefault();
			goTo(at().row + step[0], at().column + step[1]);
		});
		return { holder, paint };
	}

	function convolution() {
		const section = made("section", {}, made("h4", { textContent: say("inside.step_conv", { layer: sheet.layer }) }));
		const filter = chooser(say("inside.filter"), sheet.filters, (channel) => {
			hand.channel = channel;
			desk.askAgain();
		});
		const input = framed(say("inside.input"), (row, column) => {
			// The pointer is at the middle of the patch; the map's own place is its upper left.
			const [height, width] = sheet.kernel.shape;
			const toMap = (place, size) => Math.round((place + sheet.padding - (size - 1) / 2) / sheet.stride);
			goTo(toMap(row, height), toMap(column, width));
		});
		const map = framed(say("inside.map"), goTo);
		const name = made("figcaption");
		const products = made("div", { className: "products" });
		const sums = made("div", { className: "sums" });
		const bench = made("div", { className: "bench" }, figure(input.holder, say("inside.input")), made("figure", {}, map.holder, name));
		bench.append(products, sums);
		section.append(filter.label, bench);

		function work() {
			const { input: pixels, side, kernel, before, after, stride, padding } = sheet;
			const { row, column } = at();
			const [height, width] = kernel.shape;
			const limit = largest(kernel.values);
			const patch = patchAt(sheet, row, column);
			const parts = patch.map((value, index) => value * kernel.values[index]);
			const sum = parts.reduce((total, part) => total + part, 0);
			const index = row * before.shape[1] + column;
			if (hand.channel === null) filter.set(sheet.channel);
			name.textContent = nameOf(sheet.layer, sheet.channel, "map");
			input.paint(pixels, [side, side], { limit: 1 }, { row: row * stride - padding, column: column * stride - padding, height, width });
			map.paint(after.values, after.shape, { signed: after.values.some((value) => value < 0) }, { row, column, height: 1, width: 1 });
			products.replaceChildren(
				grid(patch, kernel.shape, say("inside.patch"), false, 1),
				sign("×"),
				grid([...kernel.values], kernel.shape, say("inside.kernel"), true, limit),
				sign("="),
				grid(parts, kernel.shape, say("inside.products"), true, limit),
			);
			const steps = [
				[say("inside.sum"), sum],
				[say("inside.bias"), sheet.bias],
				[`= ${say("inside.before")}`, before.values[index]],
				[`→ ${say("inside.after")}`, after.values[index]],
			];
			sums.replaceChildren(...steps.map(([step, value]) => made("p", {}, made("span", { textContent: step }), made("b", { textContent: number(value, 3) }))));
			sums.dataset.place = `${row},${column}`;
			sums.dataset.channel = sheet.channel;
		}
		return { section, work };
	}

	function pooling() {
		const section = made("section", {}, made("h4", { textContent: say("inside.pooling") }));
		if (!sheet.pooling) {
			section.append(made("p", { className: "note", textContent: say("inside.pool_none") }));
			return { section, work: () => {} };
		}
		const title = section.querySelector("h4");
		const cells = made("div", { className: "products" });
		const map = framed(say("inside.pooled"));
		section.append(made("div", { className: "flow" }, cells, figure(map.holder, say("inside.pooled"))));

		// The window is where the patch is, on a map that may be another layer's.
		function work() {
			const { layer, channel, window: side, entered, pooled } = sheet.pooling;
			const place = [at().row, at().column].map((index, axis) => {
				const entering = Math.floor((index * entered.shape[axis]) / sheet.before.shape[axis]);
				return Math.min(pooled.shape[axis] - 1, Math.floor(entering / side));
			});
			const [row, column] = place;
			const [limit, signed] = [largest(entered.values), entered.values.some((value) => value < 0)];
			const values = [];
			for (let y = 0; y < side; y++) {
				for (let x = 0; x < side; x++) values.push(entered.values[(row * side + y) * entered.shape[1] + column * side + x]);
			}
			title.textContent = say("inside.step_pool", { name: nameOf(layer, channel, "map") });
			map.paint(pooled.values, pooled.shape, { limit, signed }, { row, column, height: 1, width: 1 });
			cells.replaceChildren(
				grid(values, [side, side], say("inside.window", { side }), signed, limit),
				sign(say("inside.largest")),
				grid([pooled.values[row * pooled.shape[1] + column]], [1, 1], say("inside.pixel"), signed, limit),
			);
		}
		return { section, work };
	}

	// Only what sets two digits apart says anything: their scores, and each product of one, may all lie far below zero.
	function output() {
		const title = made("h4");
		const text = made("p", { className: "hint" });
		const labels = labelChoices("hand-label", sheet.model, hand.label, (label) => {
			hand.label = label;
			desk.askAgain();
		});
		const table = made("table", { className: "account" });
		const softmax = made("p", { className: "softmax" });
		const section = made("section", {}, title, text, labels, table, softmax);

		function work() {
			const { label, rival, classes, features, weights, rival_weights: others, logits } = sheet;
			const names = { label: classes[label], rival: classes[rival] };
			const count = features.values.length;
			title.textContent = say("inside.step_dense", names);
			text.textContent = say("inside.between", { count, ...names });
			const parts = Array.from(features.values, (feature, index) => {
				const [weight, other] = [weights.values[index], others.values[index]];
				return { index, feature, weight, other, product: feature * (weight - other) };
			});
			parts.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
			const lines = parts
				.slice(0, SHOWN)
				.map(({ index, feature, weight, other, product }) => [say("inside.feature", { at: index }), `${number(feature)} × (${minus(weight, other)})`, signed(product, 3)]);
			const rest = parts.slice(SHOWN);
			if (rest.length) lines.push([say("inside.rest", { count: rest.length }), "", signed(rest.reduce((total, { product }) => total + product, 0), 3)]);
			lines.push([say("inside.biases"), minus(sheet.output_bias, sheet.rival_bias), signed(sheet.output_bias - sheet.rival_bias, 3)]);
			const [own, best] = [logits.values[label], logits.values[rival]];
			lines.push([say("inside.difference", names), minus(own, best), signed(own - best, 3)]);
			table.replaceChildren(...lines.map((cells) => made("tr", {}, ...cells.map((textContent) => made("td", { textContent })))));
			table.lastChild.className = "result";
			softmax.textContent = softmaxWords(sheet, sheet.classes);
		}
		return { section, work };
	}

	return { show, ask: () => ({ view: "hand", channel: hand.channel, label: hand.label }) };
}

const unpacked = (found) => Object.fromEntries(Object.entries(found).map(([key, value]) => [key, value?.data ? unpack(value) : value]));

// What the kernel lies on: pixels outside the picture are padding, zero.
function patchAt({ input, side, kernel, stride, padding }, row, column) {
	const [height, width] = kernel.shape;
	const patch = [];
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			const [top, left] = [row * stride - padding + y, column * stride - padding + x];
			const within = top >= 0 && left >= 0 && top < side && left < side;
			patch.push(within ? input[top * side + left] : 0);
		}
	}
	return patch;
}

function chooser(name, count, onChoose) {
	const input = made("input", { type: "range", min: 0, max: count - 1 });
	const shown = made("output");
	const set = (value) => {
		input.value = value;
		shown.textContent = value;
	};
	input.addEventListener("input", () => {
		shown.textContent = input.value;
		onChoose(Number(input.value));
	});
	return { label: made("label", { className: "chooser" }, made("span", { textContent: name }), input, shown), set };
}

// Which way a number counts is seen before how much.
const signed = (value, digits = 2) => (value > 0.5 * 10 ** -digits ? "+" : "") + number(value, digits);
const minus = (value, less, digits = 2) => `${number(value, digits)} − ${less < 0 ? `(${number(less, digits)})` : number(less, digits)}`;

// The best digit counts 1, so that no number is out of sight.
function softmaxWords({ label, rival, temperature, logits }, classes) {
	const scores = logits.values.subarray(0, classes.length);
	const most = Math.max(...scores);
	const counts = Array.from(scores, (score) => Math.exp((score - most) / temperature));
	const total = counts.reduce((sum, value) => sum + value, 0);
	const own = counts[label] < 0.0005 ? say("inside.tiny") : number(counts[label], 3);
	const words = { label: classes[label], rival: classes[rival], own, total: number(total, 3), share: nearly(counts[label] / total), temperature: number(temperature) };
	return say(scores[label] === most ? "inside.softmax_best" : "inside.softmax", words);
}
