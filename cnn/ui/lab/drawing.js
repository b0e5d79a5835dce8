// A network as a drawing: maps as stacked sheets, dense layers as columns, to one scale; what one unit sees of the layer
// before it is joined to it. Works out where everything stands, and draws it.

import { svg } from "../web/dom.js";

const UNITS = [5, 4.5, 4, 3.5, 3, 2.5, 2, 1.75, 1.5, 1.25]; // pixels a unit of a map: the first with which it fits
const DEPTH = 0.16; // units that one channel lies behind the next
const SHEET = 3; // pixels between two sheets that are drawn
const LABEL = 33; // pixels that a label needs
const TALLEST = 28; // units of a column, before the next one begins
const BELOW = 30; // for the labels
const EDGE = 2;

/** @typedef {{ shape: number[], window: number, title: string }} Drawn `window` units a side that one unit sees, 0 for all */

// Where each layer stands at a scale: { x, y, width, height, depth } in pixels, `width` and `height` of its front.
/** @param {Drawn[]} layers @param {number} unit */
export function layout(layers, unit) {
	const gap = 6 + 5 * unit;
	const sizes = layers.map(({ shape }) => {
		if (shape.length === 3) return { width: shape[1] * unit, height: shape[0] * unit, depth: shape[2] * DEPTH * unit };
		return { width: Math.max(4, Math.ceil(shape[0] / TALLEST) * unit), height: Math.min(shape[0], TALLEST) * unit, depth: 0 };
	});
	const height = Math.max(...sizes.map((one) => one.height + one.depth));
	let x = EDGE;
	const places = sizes.map((size) => {
		const whole = Math.max(size.width + size.depth, LABEL);
		const place = { ...size, x: x + (whole - size.width - size.depth) / 2, y: EDGE + (height - size.height + size.depth) / 2, middle: x + whole / 2 };
		x += whole + gap;
		return place;
	});
	return { places, width: x - gap + EDGE, height: height + 2 * EDGE };
}

// The drawing, as wide as there is room, or wider where the smallest scale does not fit.
/** @param {Drawn[]} layers @param {number} room @param {string} label */
export function drawing(layers, room, label) {
	const fitting = UNITS.find((unit) => layout(layers, unit).width <= room) ?? UNITS.at(-1);
	const { places, width, height } = layout(layers, fitting);
	const whole = svg("svg", { viewBox: `0 0 ${width} ${height + BELOW}`, width, height: height + BELOW, class: "plan", role: "img", "aria-label": label });
	layers.forEach((layer, at) => {
		const place = places[at];
		if (at) whole.append(joints(layer, places[at - 1], place, layers[at - 1], fitting));
		whole.append(solid(layer, place), caption(layer, place, height));
	});
	return whole;
}

// A layer's sheets, the rearmost first, or its column.
function solid({ shape, title }, { x, y, width, height, depth }) {
	const group = svg("g", { class: shape.length === 3 ? "sheets" : "column" }, svg("title"));
	group.firstChild.textContent = title;
	const count = shape.length === 3 ? Math.min(shape[2], 1 + Math.floor(depth / SHEET)) : 1;
	for (let at = count - 1; at >= 0; at--) {
		const behind = count > 1 ? (depth * at) / (count - 1) : 0;
		group.append(svg("rect", { x: x + behind, y: y - behind, width, height, rx: 1 }));
	}
	return group;
}

// What one unit sees: a window on the front sheet before it and lines to the unit, or, of all, lines from end to end.
function joints({ shape, window }, before, place, from, unit) {
	const group = svg("g", { class: "joints" });
	const line = (x1, y1, x2, y2) => group.append(svg("line", { x1, y1, x2, y2 }));
	const right = before.x + before.width;
	if (shape.length === 3 && window) {
		const size = Math.min(window * unit, before.width);
		const [x, y] = [before.x + (before.width - size) / 2, before.y + (before.height - size) / 2];
		const [toX, toY] = [place.x + place.width / 2, place.y + place.height / 2];
		group.append(svg("rect", { x, y, width: size, height: size }));
		line(x + size, y, toX, toY);
		line(x + size, y + size, toX, toY);
		return group;
	}
	const behind = from.shape.length === 3 ? before.depth : 0;
	line(right + behind, before.y - behind, place.x, place.y);
	line(right, before.y + before.height, place.x, place.y + place.height);
	return group;
}

function caption({ shape }, { middle }, height) {
	const words = shape.length === 3 ? [`${shape[0]}×${shape[1]}`, `× ${shape[2]}`] : [`${shape[0]}`];
	const text = svg("text", { x: middle, y: height + 12, "text-anchor": "middle" });
	text.append(...words.map((_, at) => svg("tspan", { x: middle, dy: at ? 12 : 0 })));
	words.forEach((word, at) => (text.childNodes[at].textContent = word));
	return text;
}
