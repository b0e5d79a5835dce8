// The lines that join each map to what it is made from, in the layer before: faint, and in the accent's colour where a
// map is looked at, the stronger the larger its weights.

import { svg } from "../web/dom.js";

const LEVELS = 4; // of faintness

// `columns` holds, by layer's name, its `layer` and the `tiles` that are shown, a button by channel; "" is the picture.
// `share(layer, channel, source, input)` says how strongly two are joined, from 0 to 1, and `known()` by which network's
// weights; null before they have come.
export function joining(stage, columns, share, known) {
	const still = svg("g", { class: "still" });
	const lit = svg("g", { class: "lit" });
	const drawing = svg("svg", { "class": "joins", "aria-hidden": "true" }, still, lit);
	stage.prepend(drawing);
	let looked = null; // at this [layer, channel]
	let drawn = ""; // which tiles are joined, and where

	const sourcesOf = ({ sources }) => (sources.length ? sources : [""]);
	const shown = (name) => columns.get(name)?.tiles() ?? new Map();

	function curve(from, to, origin) {
		const [a, b] = [from, to].map((node) => node.getBoundingClientRect());
		const [x1, y1, x2, y2] = [a.right, a.top + a.height / 2, b.left, b.top + b.height / 2];
		const [left, top] = [origin.left, origin.top];
		const middle = (x1 + x2) / 2 - left;
		return `M${x1 - left} ${y1 - top}C${middle} ${y1 - top} ${middle} ${y2 - top} ${x2 - left} ${y2 - top}`;
	}

	// What joins a tile to those that are shown of the layers it is made from: [tile there, share].
	function* joinsOf(layer, channel) {
		for (const source of sourcesOf(layer)) {
			for (const [input, tile] of shown(source)) {
				const strength = share(layer, channel, source, input);
				if (strength > 0) yield [tile, strength];
			}
		}
	}

	function draw() {
		const origin = stage.getBoundingClientRect();
		if (!origin.width || getComputedStyle(drawing).display === "none") return;
		const tiles = [...columns.values()].map(({ layer, tiles: there }) => [layer?.name, ...there().keys()]);
		const now = JSON.stringify([origin.width, origin.height, tiles, known()]);
		if (drawn === now) return light(looked);
		drawn = now;
		const paths = Array(LEVELS).fill("");
		for (const { layer } of columns.values()) {
			if (!layer) continue;
			for (const [channel, tile] of shown(layer.name)) {
				for (const [from, strength] of joinsOf(layer, channel)) {
					paths[Math.min(LEVELS - 1, Math.floor(strength * LEVELS))] += curve(from, tile, origin);
				}
			}
		}
		still.replaceChildren(...paths.map((d, level) => svg("path", { d, "data-level": level })));
		light(looked);
	}

	// A map is looked at, or none.
	function light(place) {
		looked = place;
		for (const tile of stage.querySelectorAll(".lit-source")) tile.classList.remove("lit-source");
		const [name, channel] = place ?? [];
		const tile = place && shown(name).get(channel);
		stage.classList.toggle("lighting", Boolean(tile));
		if (!tile) return lit.replaceChildren();
		const origin = stage.getBoundingClientRect();
		const lines = [];
		for (const [from, strength] of joinsOf(columns.get(name).layer, channel)) {
			if (strength > 0.5) from.classList.add("lit-source");
			const line = svg("path", { d: curve(from, tile, origin) });
			line.style.strokeWidth = `${0.25 + 2.75 * strength ** 2}px`;
			line.style.opacity = `${0.15 + 0.85 * strength ** 2}`;
			lines.push(line);
		}
		lit.replaceChildren(...lines);
	}

	new ResizeObserver(draw).observe(stage);
	return { draw, light };
}
