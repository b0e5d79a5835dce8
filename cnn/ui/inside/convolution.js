// One convolution, by hand: the patch under the kernel, their products, what the filter's other kernels add, the bias, ReLU,
// the pixel it becomes. The window slides by itself, or is moved; the weights can be changed. All numbers are the
// network's own.

import { grid, sign } from "../web/cells.js";
import { calm, figure, made, renew } from "../web/dom.js";
import { number } from "../web/numbers.js";
import { largest, paintValues, plane, unpack } from "../web/paint.js";
import { say } from "../web/say.js";
import { framed, placeOn } from "./framed.js";
import { nameOf } from "./layers.js";

/** @typedef {import("../web/types.js").Unit} Unit */

const PACE = 90; // milliseconds at each place where the window slides
const MOST = 2; // times the kernel's own largest weight: how far a weight can be moved

export function convolution({ desk, unit, changes }) {
	const hand = { row: null, column: null, source: null, weight: null }; // null: where there is most to see
	let sheet = null; // the answer that lies on the desk
	let follow = null; // told which place is worked out
	let sliding = null; // the timer of the window that slides by itself
	const side = unpack(unit.convolved.kernels).shape[1];
	const count = unit.convolved.inputs.length;
	const reads = unit.convolved.reads;

	const at = () => placeOn(sheet.after, hand);

	function goTo(row, column) {
		Object.assign(hand, { row, column });
		Object.assign(hand, at()); // not beyond the edge
		lay();
	}

	function move(row, column) {
		halt();
		goTo(row, column);
		const index = hand.row * sheet.after.shape[1] + hand.column;
		const [before, after] = [sheet.before ?? sheet.after, sheet.after].map(({ values }) => number(values[index]));
		desk.sayAloud(say("inside.place", { row: hand.row + 1, column: hand.column + 1, before, after }));
	}
	const step = (down, across) => move(at().row + down, at().column + across);

	// ------------------------------------------------------------------ the parts

	const input = framed(
		say("inside.input"),
		(row, column) => {
			// The pointer is at the middle of the patch; the map's own place is its upper left.
			const toMap = (place) => Math.round((place + sheet.padding - (side - 1) / 2) / sheet.stride);
			move(toMap(row), toMap(column));
		},
		step,
	);
	const map = framed(say("inside.map"), move, step);
	const read = made("figcaption");
	const name = made("figcaption", { textContent: nameOf(unit.layer, unit.channel, "map") });
	const products = made("div", { className: "products" });
	const sums = made("div", { className: "sums" });
	const slide = made("button", { type: "button", className: "more" });
	const bench = made("div", { className: "bench" }, made("figure", {}, input.holder, read), made("figure", {}, map.holder, name), products, sums);
	const sources = strip();
	const editor = weights();

	// The maps that it reads, strongest kernels first: one of them lies on the bench.
	function strip() {
		if (count === 1) return null;
		const list = made("div", { className: "sources" });
		const buttons = unit.convolved.inputs.map((index, at) => {
			const button = made("button", { type: "button", className: "source" }, made("canvas", { className: "pixels" }), made("canvas", { className: "pixels" }));
			button.setAttribute("aria-label", say("inside.source", { index }));
			button.addEventListener("click", () => {
				Object.assign(hand, { source: at, weight: null });
				lay();
			});
			list.append(figure(button, `${index}`));
			return button;
		});
		return { list, buttons, words: made("p", { className: "hint", textContent: say("inside.sources", { shown: count, reads }) }) };
	}

	// A weight is chosen in the kernel's table; a slider moves it.
	function weights() {
		const slider = made("input", { type: "range", step: "any" });
		const shown = made("output");
		const label = made("label", { className: "chooser" }, made("span"), slider, shown);
		const flip = made("button", { type: "button", className: "more", textContent: say("inside.flip") });
		const reset = made("button", { type: "button", className: "more", textContent: say("inside.reset") });
		const place = () => [unit.layer, unit.channel, sheet.inputs[hand.source]];
		const edit = (values) => {
			changes.edit(...place(), Array.from({ length: side }, (_, row) => Array.from(values.slice(row * side, (row + 1) * side))));
			desk.askAgain();
		};
		slider.addEventListener("input", () => {
			const values = Array.from(kernel());
			values[chosen()] = Number(slider.value);
			kernel().set(values);
			lay();
			edit(values);
		});
		flip.addEventListener("click", () => edit(Array.from(kernel(), (value) => -value)));
		reset.addEventListener("click", () => {
			changes.reset(...place());
			desk.askAgain();
			slider.focus(); // the button goes
		});
		const hint = made("p", { className: "hint" });
		return { label, slider, shown, flip, reset, hint, place };
	}

	const kernel = () => plane(sheet.kernels, hand.source);
	// A filter that is switched off is zero, whatever its weights are: there is nothing to change.
	const isOff = () => changes.isOff(unit.layer, unit.channel);
	const chosen = () => hand.weight ?? Math.floor((side * side) / 2);

	// ------------------------------------------------------------------ the window, sliding

	function halt() {
		clearInterval(sliding);
		sliding = null;
		slide.textContent = say("inside.slide");
	}

	slide.addEventListener("click", () => {
		if (sliding) return halt();
		const [rows, columns] = sheet.after.shape;
		let index = 0;
		slide.textContent = say("inside.halt");
		sliding = setInterval(
			() => {
				if (index === rows * columns || !bench.offsetParent) return halt();
				goTo(Math.floor(index / columns), index % columns);
				index += 1;
			},
			calm() ? 4 * PACE : PACE,
		);
	});

	// ------------------------------------------------------------------ what is worked out

	function lay() {
		const { before, after, stride, padding, rest, bias } = sheet;
		const { row, column } = at();
		const index = row * after.shape[1] + column;
		hand.source ??= weightiest();
		const entered = { values: plane(sheet.sources, hand.source), shape: sheet.sources.shape.slice(1) };
		const window = { row: row * stride - padding, column: column * stride - padding, height: side, width: side };
		const signed = after.values.some((value) => value < 0);
		// Where the window slides, the map is what it has been over.
		const made_so_far = sliding ? after.values.map((value, place) => (place > index ? 0 : value)) : after.values;
		const limit = largest(kernel()) || 1;
		const patch = patchAt(entered, side, window);
		const parts = patch.map((value, place) => value * kernel()[place]);
		const sum = parts.reduce((total, part) => total + part, 0);
		input.paint(entered.values, entered.shape, { limit: largest(entered.values), signed: entered.values.some((value) => value < 0) }, window);
		map.paint(made_so_far, after.shape, { limit: largest(after.values), signed }, { row, column, height: 1, width: 1 });
		read.textContent = sources ? say("inside.source", { index: sheet.inputs[hand.source] }) : say("inside.input");
		renew(
			products,
			grid(patch, [side, side], say("inside.patch"), false, largest(entered.values)),
			sign("×"),
			editable(grid(Array.from(kernel()), [side, side], say("inside.kernel"), true, limit)),
			sign("="),
			grid(parts, [side, side], say("inside.products"), true, limit * largest(entered.values)),
		);
		const others = summed().reduce((total, one, source) => total + (source === hand.source ? 0 : one), rest.values[index]);
		const steps = [
			[say("inside.sum"), sum],
			reads > 1 && [say("inside.others", { count: reads - 1 }), others],
			[say("inside.bias"), bias],
			before && [`= ${say("inside.before", { function: sheet.activation })}`, before.values[index]],
			[before ? `→ ${say("inside.after", { function: sheet.activation })}` : `= ${say("inside.pixel")}`, after.values[index]],
		];
		sums.replaceChildren(
			...steps.filter(Boolean).map(([words, value]) => made("p", {}, made("span", { textContent: words }), made("b", { textContent: number(value, 3) }))),
		);
		sums.dataset.place = `${row},${column}`;
		sums.dataset.channel = unit.channel;
		follow?.(index);
		for (const [place, button] of sources?.buttons.entries() ?? []) {
			const [from, by] = button.children;
			paintValues(from, plane(sheet.sources, place), entered.shape);
			paintValues(by, plane(sheet.kernels, place), [side, side], { signed: true, limit: largest(sheet.kernels.values) });
			button.setAttribute("aria-pressed", place === hand.source);
		}
		layWeight();
	}

	// What each of the kernels that are shown adds at the place that is worked out.
	function summed() {
		const { row, column } = at();
		const window = { row: row * sheet.stride - sheet.padding, column: column * sheet.stride - sheet.padding };
		return Array.from({ length: count }, (_, source) => {
			const weights = plane(sheet.kernels, source);
			const entered = { values: plane(sheet.sources, source), shape: sheet.sources.shape.slice(1) };
			return patchAt(entered, side, window).reduce((total, value, place) => total + value * weights[place], 0);
		});
	}

	function weightiest() {
		const sizes = summed().map(Math.abs);
		return sizes.indexOf(Math.max(...sizes));
	}

	function layWeight() {
		const value = kernel()[chosen()];
		const most = Math.max(1, MOST * largest(sheet.kernels.values));
		if (document.activeElement !== editor.slider) Object.assign(editor.slider, { min: -most, max: most });
		editor.slider.value = `${value}`;
		editor.shown.textContent = number(value);
		editor.slider.setAttribute("aria-valuetext", number(value));
		editor.label.firstChild.textContent = placeWords(chosen());
		editor.reset.hidden = !changes.edited(...editor.place());
		editor.hint.textContent = say(isOff() ? "inside.edit_off" : "inside.edit_hint");
		for (const control of [editor.slider, editor.flip, editor.reset]) control.disabled = isOff();
	}

	const placeWords = (place) => say("inside.weight", { row: Math.floor(place / side) + 1, column: (place % side) + 1 });

	// A kernel's numbers as buttons, by which one is chosen to be changed.
	function editable(table) {
		for (const [place, cell] of [...table.querySelectorAll("td")].entries()) {
			const button = made("button", { type: "button", className: "weight", textContent: cell.textContent });
			button.setAttribute("aria-label", say("inside.value", { name: placeWords(place), value: cell.textContent }));
			button.setAttribute("aria-pressed", place === chosen());
			button.disabled = isOff();
			button.addEventListener("click", () => {
				hand.weight = place;
				lay();
			});
			cell.replaceChildren(button);
		}
		return table;
	}

	// An answer may be to what was asked a while ago: the weights are those that the visitor has set since.
	function keepEdits() {
		if (isOff()) return;
		for (const [source, input] of sheet.inputs.entries()) {
			const weights = changes.edited(unit.layer, unit.channel, input);
			if (weights) plane(sheet.kernels, source).set(weights.flat());
		}
	}

	function work(now, told) {
		const { kernels, sources: entered, rest, ...others } = now.unit.convolved;
		sheet = { ...now, ...others, kernels: unpack(kernels), sources: unpack(entered), rest: unpack(rest) };
		keepEdits();
		follow = told;
		lay();
	}

	halt();
	const change_it = made("div", { className: "editor" }, editor.hint, editor.label, editor.flip, editor.reset);
	const shown = sources ? [sources.words, sources.list] : [];
	return { content: [made("p", { className: "hint", textContent: say("inside.hand_hint") }), ...shown, bench, made("div", { className: "actions" }, slide), change_it], work };
}

// What a window lies on: pixels outside are padding, zero.
function patchAt({ values, shape: [rows, columns] }, side, { row, column }) {
	return Array.from({ length: side * side }, (_, at) => {
		const [y, x] = [row + Math.floor(at / side), column + (at % side)];
		return y >= 0 && x >= 0 && y < rows && x < columns ? values[y * columns + x] : 0;
	});
}
