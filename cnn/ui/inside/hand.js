// One convolution by hand: the patch under the kernel, nine products, their sum, the bias, ReLU, the pixel it becomes;
// then one pooling window, and one digit's output. All numbers are the network's own.

const hand = { channel: null, label: null, row: null, column: null }; // null: where there is most to see
const desk = panel.querySelector(".hand");

function showHand(found, { prediction, pixels }) {
	if (!found) return desk.replaceChildren(made("p", { className: "note", textContent: say("inside.hand_none") }));
	const parts = Object.fromEntries(
		["kernel", "before", "after", "pooled", "features", "weights", "logits"].map((key) => [key, unpack(found[key])]),
	);
	const sheet = { ...found, ...parts, input: unpack(pixels).values, prediction };
	const [rows, columns] = sheet.before.shape;
	const most = sheet.after.values.indexOf(Math.max(...sheet.after.values));
	hand.row = Math.min(hand.row ?? Math.floor(most / columns), rows - 1);
	hand.column = Math.min(hand.column ?? most % columns, columns - 1);
	desk.replaceChildren(convolution(sheet), pooling(sheet), output(sheet));
}

// What the kernel lies on: pixels outside the picture are padding, zero.
function patchAt({ input, kernel, stride, padding }, row, column) {
	const [height, width] = kernel.shape;
	const patch = [];
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			const [top, left] = [row * stride - padding + y, column * stride - padding + x];
			const within = top >= 0 && left >= 0 && top < SIDE && left < SIDE;
			patch.push(within ? input[top * SIDE + left] : 0);
		}
	}
	return patch;
}

function grid(values, [, width], name, signed, limit) {
	const table = made("table", { className: "cells" });
	table.setAttribute("aria-label", name);
	for (let at = 0; at < values.length; at += width) {
		const row = made("tr");
		for (const value of values.slice(at, at + width)) {
			const cell = made("td", { textContent: number(value) });
			const [red, green, blue] = shade(value, limit, signed).map(Math.round);
			cell.style.background = `rgb(${red} ${green} ${blue})`;
			cell.style.color = 0.3 * red + 0.59 * green + 0.11 * blue > 140 ? "#111" : "#fff";
			row.append(cell);
		}
		table.append(row);
	}
	return figure(table, name);
}

// A picture with a frame that the mouse, a finger or the arrow keys move.
function framed(values, shape, how, label, frame, onMove) {
	const canvas = picture(values, shape, how, label);
	const mark = made("i", { className: "mark" });
	const holder = made("div", { className: "framed", tabIndex: 0 }, canvas, mark);
	holder.setAttribute("role", "application");
	holder.setAttribute("aria-label", label);
	const [rows, columns] = shape;
	const place = ({ top, left, height, width }) => {
		Object.assign(mark.style, {
			top: `${(100 * top) / rows}%`,
			left: `${(100 * left) / columns}%`,
			height: `${(100 * height) / rows}%`,
			width: `${(100 * width) / columns}%`,
		});
	};
	place(frame);
	if (!onMove) return { holder, place };
	const point = (event) => {
		const box = canvas.getBoundingClientRect();
		onMove(Math.floor(((event.clientY - box.top) / box.height) * rows), Math.floor(((event.clientX - box.left) / box.width) * columns));
	};
	holder.addEventListener("pointermove", point);
	holder.addEventListener("pointerdown", point);
	holder.addEventListener("keydown", (event) => {
		const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
		if (!step) return;
		event.preventDefault();
		onMove(null, null, step);
	});
	return { holder, place };
}

function chooser(name, value, count, onChoose) {
	const input = made("input", { type: "range", min: 0, max: count - 1, value });
	const shown = made("output", { textContent: value });
	input.addEventListener("input", () => {
		shown.textContent = input.value;
		onChoose(Number(input.value));
	});
	return made("label", { className: "chooser" }, made("span", { textContent: name }), input, shown);
}

function convolution(sheet) {
	const [height, width] = sheet.kernel.shape;
	const [rows, columns] = sheet.before.shape;
	const limit = largest(sheet.kernel.values);
	const sums = made("div", { className: "sums" });
	const products = made("div", { className: "products" });
	const move = (row, column, step = [0, 0]) => {
		// The mouse is at the middle of the patch; the map's own place is its upper left.
		if (row !== null) {
			hand.row = Math.round((row + sheet.padding - (height - 1) / 2) / sheet.stride);
			hand.column = Math.round((column + sheet.padding - (width - 1) / 2) / sheet.stride);
		}
		hand.row = Math.max(0, Math.min(rows - 1, hand.row + step[0]));
		hand.column = Math.max(0, Math.min(columns - 1, hand.column + step[1]));
		work();
	};
	const window = () => ({
		top: hand.row * sheet.stride - sheet.padding,
		left: hand.column * sheet.stride - sheet.padding,
		height,
		width,
	});
	const pixel = () => ({ top: hand.row, left: hand.column, height: 1, width: 1 });
	const input = framed(sheet.input, [SIDE, SIDE], { limit: 1 }, say("inside.input"), window(), move);
	const map = framed(sheet.after.values, [rows, columns], { signed: sheet.after.values.some((v) => v < 0) }, say("inside.after"), pixel(), (row, column, step) => {
		if (row !== null) [hand.row, hand.column] = [Math.max(0, Math.min(rows - 1, row)), Math.max(0, Math.min(columns - 1, column))];
		move(null, null, step);
	});

	function work() {
		input.place(window());
		map.place(pixel());
		const patch = patchAt(sheet, hand.row, hand.column);
		const parts = patch.map((value, at) => value * sheet.kernel.values[at]);
		const sum = parts.reduce((total, part) => total + part, 0);
		const at = hand.row * columns + hand.column;
		products.replaceChildren(
			grid(patch, sheet.kernel.shape, say("inside.patch"), false, 1),
			made("b", { className: "sign", textContent: "×" }),
			grid([...sheet.kernel.values], sheet.kernel.shape, say("inside.kernel"), true, limit),
			made("b", { className: "sign", textContent: "=" }),
			grid(parts, sheet.kernel.shape, say("inside.products"), true, limit),
		);
		const steps = [
			[say("inside.sum"), sum],
			[say("inside.bias"), sheet.bias],
			[say("inside.before"), sheet.before.values[at]],
			[say("inside.after"), sheet.after.values[at]],
		];
		sums.replaceChildren(...steps.map(([name, value]) => made("p", {}, made("span", { textContent: name }), made("b", { textContent: number(value, 3) }))));
		sums.dataset.place = `${hand.row},${hand.column}`;
		desk.dispatchEvent(new Event("moved"));
	}

	const section = made("section", {}, made("h4", { textContent: say("inside.step_conv", { layer: sheet.layer }) }));
	section.append(
		chooser(say("inside.filter"), sheet.channel, sheet.filters, (channel) => {
			hand.channel = channel;
			askAgain();
		}),
		made("div", { className: "flow" }, figure(input.holder, say("inside.input")), made("div", { className: "sum" }, products, sums), figure(map.holder, say("inside.map_of", { index: sheet.channel }))),
	);
	work();
	return section;
}

function pooling({ after, pooled, pool }) {
	const section = made("section", {}, made("h4", { textContent: say("inside.step_pool") }));
	if (!pooled) {
		section.append(made("p", { className: "note", textContent: say("inside.pool_none") }));
		return section;
	}
	const [rows, columns] = pooled.shape;
	const width = after.shape[1];
	const limit = largest(after.values);
	const cells = made("div", { className: "products" });
	const whereIs = () => [Math.min(rows - 1, Math.floor(hand.row / pool)), Math.min(columns - 1, Math.floor(hand.column / pool))];
	const pixel = () => ({ top: whereIs()[0], left: whereIs()[1], height: 1, width: 1 });
	const map = framed(pooled.values, pooled.shape, {}, say("inside.pooled"), pixel());
	const work = () => {
		const [row, column] = whereIs();
		const window = [];
		for (let y = 0; y < pool; y++) for (let x = 0; x < pool; x++) window.push(after.values[(row * pool + y) * width + column * pool + x]);
		map.place(pixel());
		cells.replaceChildren(
			grid(window, [pool, pool], say("inside.window", { side: pool }), false, limit),
			made("b", { className: "sign", textContent: say("inside.largest") }),
			grid([pooled.values[row * columns + column]], [1, 1], say("inside.pooled"), false, limit),
		);
	};
	desk.addEventListener("moved", () => section.isConnected && work());
	section.append(made("div", { className: "flow" }, cells, figure(map.holder, say("inside.pooled"))));
	work();
	return section;
}

const SHOWN = 6; // products of a digit's output that are written out

function output(sheet) {
	const section = made("section", {}, made("h4", { textContent: say("inside.step_dense", { label: sheet.label }) }));
	const labels = made("fieldset", { className: "choice labels" });
	labels.append(
		...Array.from({ length: 10 }, (_, digit) =>
			choice("hand-label", digit, digit, digit === sheet.label, () => {
				hand.label = digit;
				askAgain();
			}),
		),
	);
	const parts = Array.from(sheet.features.values, (feature, at) => ({ at, feature, weight: sheet.weights.values[at], product: feature * sheet.weights.values[at] }));
	parts.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
	const rest = parts.slice(SHOWN).reduce((total, { product }) => total + product, 0);
	const table = made("table", { className: "account" });
	const line = (...cells) => table.append(made("tr", {}, ...cells.map((cell) => made("td", { textContent: cell }))));
	for (const { at, feature, weight, product } of parts.slice(0, SHOWN)) {
		line(say("inside.feature", { at }), `${number(feature)} × ${number(weight)}`, number(product, 3));
	}
	line(say("inside.rest", { count: Math.max(0, parts.length - SHOWN) }), "", number(rest, 3));
	line(say("inside.bias"), "", number(sheet.output_bias, 3));
	line(say("inside.score"), "", number(sheet.logits.values[sheet.label], 3));
	table.lastChild.className = "result";
	const exponentials = Array.from(sheet.logits.values.subarray(0, 10), (logit) => Math.exp(logit / sheet.temperature));
	const total = exponentials.reduce((sum, value) => sum + value, 0);
	const softmax = made("p", {
		className: "softmax",
		textContent: say("inside.softmax", {
			top: number(exponentials[sheet.label], 3),
			total: number(total, 3),
			share: percent(exponentials[sheet.label] / total, 2),
			temperature: number(sheet.temperature),
		}),
	});
	section.append(labels, table, softmax);
	return section;
}
