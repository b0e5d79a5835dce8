// What filters and layers buy: the accuracy of networks that were trained beforehand, against their size.

import { choices, made, renew, svg } from "../web/dom.js";
import { day, number, percent, whole } from "../web/numbers.js";
import { say, sayCount } from "../web/say.js";

/** @typedef {import("../web/types.js").SweepView} SweepView */
/** @typedef {import("../web/types.js").SweptNetwork} SweptNetwork */

const SIZES = { parameters: "lab.sweep_parameters", filters: "lab.sweep_filters", multiply_adds: "lab.sweep_multiply_adds" };
const COLUMNS = ["lab.sweep_layers", SIZES.filters, SIZES.parameters, SIZES.multiply_adds, "lab.sweep_right", "errors.range", "lab.sweep_seeds"];
const TICKS = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999];
const CHART = { narrow: 320, wide: 760, height: 320, left: 54, right: 12, top: 14, bottom: 44 };
const COLOURS = 8; // that networks have

export function sweepView(desk) {
	const { panel, latest } = desk;
	const sentence = made("p", { className: "shows" }); // the numbers' answer to what is asked at the head: shown with it
	panel.querySelector("[data-panel=sweep] [data-answers]").append(sentence);
	const [tools, place, numbers, source] = [".tools", ".swept", ".numbers", ".source"].map((name) => panel.querySelector(`[data-panel=sweep] ${name}`));
	let against = "parameters";

	function show() {
		/** @type {SweepView} */
		const sweep = latest.sweep;
		if (!sweep) return;
		sentence.textContent = inShort(sweep);
		const label = say("lab.sweep_against");
		renew(tools, made("span", { className: "ask", textContent: label }), choices("lab-against", Object.keys(SIZES), against, { label, words: (size) => say(SIZES[size]) }, choose));
		const lines = byDepth(sweep);
		place.replaceChildren(keys(lines), chart(lines, against, place.clientWidth));
		numbers.replaceChildren(made("summary", { textContent: say("errors.as_table") }), made("div", { className: "scrolls" }, table(sweep)));
		const values = { trainings: sweep.trainings, epochs: sweep.epochs, images: whole(sweep.training_images), test: whole(sweep.test_images), date: day(sweep.date), processor: sweep.processor };
		source.textContent = say("lab.sweep_source", values);
	}

	function choose(size) {
		against = size;
		show();
	}

	return { show, ask: () => ({ view: "sweep" }) };
}

// ------------------------------------------------------------------ one sentence, of the numbers

/** @param {SweepView} sweep */
function inShort({ networks, gains }) {
	const [filters, depths] = [networks.map((one) => one.filters), networks.map((one) => one.depth)];
	const ends = { fewest: Math.min(...filters), most: Math.max(...filters), shallowest: Math.min(...depths), deepest: Math.max(...depths) };
	const [few_layers, many_layers] = [ends.shallowest, ends.deepest].map((depth) => sayCount("lab.sweep_layers", depth));
	const [shallow, deep] = gains.filters.map((share) => points(share));
	const [narrow, wide] = gains.layers.map((share) => points(share));
	const told = { ...ends, few_layers, many_layers, shallow, deep, narrow, wide, before: gains.last_but_one, last: points(gains.last, 2), spread: number(100 * gains.spread, 2) };
	return say(Math.abs(gains.last) > gains.spread ? "lab.sweep_beyond" : "lab.sweep_within", told);
}

const points = (share, digits = 1) => (100 * share >= 0.5 * 10 ** -digits ? "+" : "") + number(100 * share, digits);

// ------------------------------------------------------------------ the chart

/** @param {SweepView} sweep */
const byDepth = ({ networks }) => [...new Set(networks.map((one) => one.depth))].map((depth) => networks.filter((one) => one.depth === depth));

// The errors are on a logarithmic scale, and so is the size.
/** @param {SweptNetwork[][]} lines @param {string} against @param {number} room */
function chart(lines, against, room) {
	const networks = lines.flat();
	const { narrow, wide, height, left, right, top, bottom } = CHART;
	const width = Math.min(wide, Math.max(narrow, room));
	const sizes = networks.map((one) => one[against]);
	const [least, most] = [Math.min(...sizes), Math.max(...sizes)].map(Math.log2);
	const x = (size) => left + (0.03 + (0.94 * (Math.log2(size) - least)) / (most - least || 1)) * (width - left - right);
	const [low, high] = [Math.min(...networks.map((one) => Math.min(one.low, one.least))), Math.max(...networks.map((one) => Math.max(one.high, one.most)))].map(halvings);
	const y = (share) => top + ((high - halvings(share)) / (high - low)) * (height - top - bottom);
	const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "chart wide", "aria-label": say("lab.sweep_label", { what: say(SIZES[against]) }) });
	for (const share of TICKS.filter((tick) => halvings(tick) >= low && halvings(tick) <= high)) {
		drawing.append(svg("path", { class: "mesh", d: `M${left} ${y(share)}H${width - right}` }));
		drawing.append(svg("text", { x: left - 8, y: y(share) + 4, "text-anchor": "end" }, percent(share, Math.round(1000 * share) % 10 ? 1 : 0)));
	}
	for (const size of ticksOf(against, sizes)) {
		drawing.append(svg("text", { x: x(size), y: height - bottom + 20, "text-anchor": "middle" }, whole(size)));
	}
	drawing.append(svg("text", { class: "axis", x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle" }, say(SIZES[against])));
	lines.forEach((line, at) => drawing.append(lineOf(line, at, (one) => x(one[against]), y)));
	return drawing;
}

// How often the errors were halved, at a share of right answers.
const halvings = (share) => -Math.log2(Math.max(1 - share, 1e-4));

// Of filters those there are; of the others powers of ten and what is between them.
function ticksOf(against, sizes) {
	if (against === "filters") return [...new Set(sizes)];
	const steps = [1, 3].flatMap((step) => Array.from({ length: 9 }, (_, power) => step * 10 ** power));
	return steps.filter((step) => step >= Math.min(...sizes) && step <= Math.max(...sizes)).sort((one, other) => one - other);
}

/** @param {SweptNetwork[]} line */
function lineOf(line, at, x, y) {
	const group = svg("g", { class: `depth d${at}`, style: colourOf(at) });
	for (const one of line) group.append(svg("path", { class: "whisker", d: `M${x(one)} ${y(one.low)}V${y(one.high)}` }));
	group.append(svg("polyline", { class: "line", points: line.map((one) => `${x(one).toFixed(1)},${y(one.mean).toFixed(1)}`).join(" ") }));
	for (const one of line) group.append(...one.accuracies.map((share) => svg("circle", { cx: x(one), cy: y(share), r: 3.5 })));
	return group;
}

const colourOf = (at) => `--own: var(--model-${at % COLOURS})`;

/** @param {SweptNetwork[][]} lines */
function keys(lines) {
	const key = (line, at) => {
		const one = made("span", { className: "key", textContent: sayCount("lab.sweep_layers", line[0].depth) });
		one.style.cssText = colourOf(at);
		return one;
	};
	return made("p", { className: "figures" }, ...lines.map(key));
}

// ------------------------------------------------------------------ its numbers

/** @param {SweepView} sweep */
function table({ networks }) {
	const row = (name, cells) => made("tr", {}, ...cells.map((textContent) => made(name, { textContent })));
	const head = row("th", COLUMNS.map((key) => say(key)));
	const fine = (share) => percent(share, 2);
	const rows = networks.map((one) => row("td", [whole(one.depth), whole(one.filters), whole(one.parameters), whole(one.multiply_adds), fine(one.mean), `${fine(one.low)} – ${fine(one.high)}`, one.accuracies.map(fine).join(" · ")]));
	return made("table", { className: "account" }, head, ...rows);
}
