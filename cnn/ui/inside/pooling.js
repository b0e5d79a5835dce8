// One pooling, by hand: a window of the map that enters, and the one number that is kept of it.

import { grid, sign } from "../web/cells.js";
import { figure, made } from "../web/dom.js";
import { largest, unpack } from "../web/paint.js";
import { say } from "../web/say.js";
import { framed, placeOn } from "./framed.js";

export function pooling({ unit }) {
	const hand = { row: null, column: null };
	let sheet = null;
	const { window: side, by } = unit.pooled;

	const at = () => placeOn(sheet.after, hand);

	function goTo(row, column) {
		Object.assign(hand, { row, column });
		Object.assign(hand, at());
		lay();
	}
	const step = (down, across) => goTo(at().row + down, at().column + across);
	const cells = made("div", { className: "products" });
	const input = framed(say("inside.entering"), (row, column) => goTo(Math.floor(row / side), Math.floor(column / side)), step);
	const map = framed(say("inside.pooled"), goTo, step);
	const bench = made("div", { className: "flow pooling" }, figure(input.holder, say("inside.entering")), cells, figure(map.holder, say("inside.pooled")));

	function lay() {
		const { entered, after } = sheet;
		const { row, column } = at();
		const [limit, signed] = [largest(entered.values), entered.values.some((value) => value < 0)];
		const wide = entered.shape[1];
		const values = Array.from({ length: side * side }, (_, place) => entered.values[(row * side + Math.floor(place / side)) * wide + column * side + (place % side)]);
		input.paint(entered.values, entered.shape, { limit, signed }, { row: row * side, column: column * side, height: side, width: side });
		map.paint(after.values, after.shape, { limit, signed }, { row, column, height: 1, width: 1 });
		cells.replaceChildren(
			grid(values, [side, side], say("inside.window", { side }), signed, limit),
			sign(say(by === "max" ? "inside.largest" : "inside.mean")),
			grid([after.values[row * after.shape[1] + column]], [1, 1], say("inside.pixel"), signed, limit),
		);
		cells.dataset.place = `${row},${column}`;
	}

	function work(now) {
		sheet = { ...now, entered: unpack(now.unit.pooled.entered) };
		lay();
	}

	return { content: [made("p", { className: "hint", textContent: say("inside.hand_hint") }), bench], work };
}
