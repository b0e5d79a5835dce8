// One layer, opened: what it does, all its maps or filters, and of the last layer all scores, and how they become
// probabilities.

import { made } from "../web/dom.js";
import { classesOf } from "../web/networks.js";
import { nearly, number } from "../web/numbers.js";
import { largest, paintValues, plane, unpack } from "../web/paint.js";
import { language, say } from "../web/say.js";
import { get } from "../web/store.js";
import { aboutKind, countOf, factsOf, hasPictures, isMap, kindName, mapsOf, nameOf, passesOn } from "./layers.js";
import { softmaxShown } from "./pictorial.js";

/** @typedef {import("../web/types.js").FiltersView} FiltersView */
/** @typedef {import("../web/types.js").InsideAnswer} InsideAnswer */
/** @typedef {import("../web/types.js").LayerShown} LayerShown */
/** @typedef {import("../web/types.js").NetworkView} NetworkView */

const SILENT = 1 / 255; // of a layer's strongest: on one scale, less is not told from nothing

// `act(layer, channel)` does what a click on a map does, and `again()` shows the view once more.
export function layerSheet({ latest, desk, act, isOff, switching, close, again }) {
	const filtersOf = new Map(); // "model layer" -> its kernels, which no drawing changes
	const choice = { show: "maps", scale: "scale_tile" };
	const node = made("section", { className: "sheet layer-sheet" });
	let parts = null;

	const keyOf = (layer) => JSON.stringify([language(), latest.prediction.model, layer.name]);

	/** @param {LayerShown} layer @param {NetworkView} view @param {InsideAnswer} answer */
	function show(layer, view, answer) {
		if (node.dataset.key !== keyOf(layer)) {
			node.dataset.key = keyOf(layer);
			parts = build(layer, answer.prediction.model);
		}
		parts.facts.textContent = factsOf(layer);
		if (layer === view.layers.at(-1)) parts.scores.replaceChildren(...scores(layer, view, answer));
		else if (!passesOn(layer)) paint(layer, answer.prediction.model);
	}

	/** @param {LayerShown} layer @param {string} model */
	function build(layer, model) {
		const title = made("h3", { textContent: `${layer.name} · ${kindName(layer)}`, tabIndex: -1 });
		const shut = made("button", { type: "button", className: "close", textContent: "×" });
		shut.setAttribute("aria-label", say("inside.close"));
		shut.addEventListener("click", close);
		const about = made("p", { className: "about", textContent: aboutKind(layer) });
		const facts = made("p", { className: "facts" });
		const legend = made("p", { className: "legend" });
		const tools = made("div", { className: "tools" });
		const grid = made("div", { className: "tiles" });
		const scores = made("div", { className: "scores" });
		if (isMap(layer) || hasPictures(layer, model)) tools.append(...offered(layer, model), legend);
		node.replaceChildren(title, shut, facts, about, tools, grid, scores);
		return { facts, about, legend, grid, scores, buttons: [], filters: null, digit: null };
	}

	// What the tiles show, and on which scale.
	function offered(layer, model) {
		const options = { show: ["maps", "filters"], scale: ["scale_tile", "scale_layer"] };
		if (!hasPictures(layer, model)) delete options.show;
		const called = { show: say("inside.show"), scale: say("inside.scale") };
		return Object.entries(options).map(([name, values]) => {
			const field = made("fieldset", { className: "choice" });
			field.setAttribute("aria-label", called[name]);
			for (const value of values) {
				const input = made("input", { type: "radio", name: `inside-${name}`, value, checked: choice[name] === value });
				input.addEventListener("change", () => {
					choice[name] = value;
					again();
				});
				field.append(made("label", {}, input, made("span", { textContent: say(`inside.${value}`) })));
			}
			return field;
		});
	}

	/** @param {LayerShown} layer @param {string} model */
	function paint(layer, model) {
		const { grid, buttons, legend } = parts;
		const maps = mapsOf(layer);
		const filters = choice.show === "filters" && hasPictures(layer, model) ? kernelsFor(layer, model) : null;
		const found = filters ?? maps;
		const [, height, width] = found.shape;
		while (buttons.length < countOf(layer)) buttons.push(tile(layer.name, buttons.length));
		const strengths = buttons.map((_, index) => largest(plane(found, index)));
		const most = Math.max(...strengths);
		const common = choice.scale === "scale_layer" || width === 1;
		const order = [...strengths.keys()].sort((a, b) => strengths[b] - strengths[a]);
		// The strongest first; while they are being watched or switched off, they keep their places.
		const watched = get("pen") || parts.digit === latest.pixels.data || grid.contains(document.activeElement);
		if (parts.filters !== Boolean(filters) || !watched) {
			grid.replaceChildren(...order.map((index) => buttons[index]));
			Object.assign(parts, { filters: Boolean(filters), digit: latest.pixels.data });
		}
		grid.classList.toggle("kernels-shown", Boolean(filters));
		grid.style.setProperty("--tile", width === 1 ? "1.75rem" : `${Math.min(72, Math.max(44, 2 * width))}px`);
		for (const [index, button] of buttons.entries()) {
			paintValues(button.firstChild, plane(found, index), [height, width], { limit: common ? most : strengths[index], signed: found.signed });
			const name = nameOf(layer.name, index, filters ? "filter" : isMap(layer) ? "map" : "number");
			const off = isOff(layer.name, index);
			button.setAttribute("aria-label", off ? say("inside.is_off", { name }) : say("inside.at_most", { name, most: number(strengths[index]) }));
			button.title = name;
			button.classList.toggle("off", off);
			button.classList.toggle("silent", !filters && !off && strengths[index] <= SILENT * most);
			if (switching()) button.setAttribute("aria-pressed", !off);
			else button.removeAttribute("aria-pressed");
		}
		const silent = buttons.filter((button) => button.classList.contains("silent")).length;
		if (silent) parts.facts.textContent += ` · ${say("inside.silent_of", { silent, count: buttons.length })}`;
		parts.about.textContent = filters ? say("inside.filters_hint") : aboutKind(layer);
		// On a scale of its own a tile's full colour is its own most.
		const bar = made("i", { className: found.signed ? "signed" : "ink" });
		legend.replaceChildren(found.signed ? say("inside.negative") : "0", bar, say(found.signed ? "inside.positive" : "inside.most"));
	}

	// Tab reaches one tile; the arrow keys go on from there.
	function tile(name, index) {
		const button = made("button", { type: "button", className: "tile", data: { channel: index }, tabIndex: index ? -1 : 0 }, made("canvas", { className: "pixels" }));
		button.addEventListener("click", () => act(name, index));
		button.addEventListener("keydown", (event) => {
			const all = /** @type {HTMLElement[]} */ ([...parts.grid.children]);
			const wide = getComputedStyle(parts.grid).gridTemplateColumns.split(" ").length;
			const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: wide, ArrowUp: -wide }[event.key];
			const next = step && all[all.indexOf(button) + step];
			if (!next) return;
			event.preventDefault();
			for (const one of all) one.tabIndex = -1;
			next.tabIndex = 0;
			next.focus();
		});
		return button;
	}

	// ------------------------------------------------------------------ filters

	function kernelsFor(layer, model) {
		const key = `${model} ${layer.name}`;
		if (!filtersOf.has(key)) {
			filtersOf.set(key, null);
			desk.askBeside({ view: "filters", layer: layer.name });
		}
		return filtersOf.get(key);
	}

	/** @param {FiltersView} view @param {InsideAnswer} answer */
	function keepFilters({ layer, weights }, { prediction }) {
		filtersOf.set(`${prediction.model} ${layer}`, { ...unpack(weights), signed: true });
		if (latest.network && desk.view === "network") again();
	}

	// ------------------------------------------------------------------ scores

	/** @param {LayerShown} layer @param {NetworkView} view @param {InsideAnswer} answer */
	function scores(layer, view, answer) {
		const { probabilities, best_guess, model } = view.prediction ?? answer.prediction;
		const { values } = unpack(layer.maps);
		const classes = classesOf(model);
		const head = made("tr", {}, ...["", say("inside.score"), say("inside.probability")].map((textContent) => made("th", { textContent, scope: "col" })));
		const rows = classes.map((name, label) => {
			const cells = [name, number(values[label]), nearly(probabilities[label])].map((textContent) => made("td", { textContent }));
			return made("tr", { className: label === best_guess ? "best" : "" }, ...cells);
		});
		const [best, second] = [...classes.keys()].sort((a, b) => values[b] - values[a]);
		const compared = say("inside.compared", { best: classes[best], second: classes[second], lead: number(values[best] - values[second]) });
		const words = [compared, values.length > classes.length && say("inside.rejecting", { score: number(values[classes.length]) })];
		const table = made("table", { className: "account" }, made("thead", {}, head), made("tbody", {}, ...rows));
		const said = words.filter(Boolean).map((textContent) => made("p", { className: "passes", textContent }));
		return [table, made("div", {}, ...said, softmaxShown(values.subarray(0, classes.length), classes, view.temperature, parts.scores))];
	}

	return { node, show, keepFilters, isOther: (layer) => node.dataset.key !== keyOf(layer) };
}
