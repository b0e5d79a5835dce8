// The network as a picture: every layer with what it makes of the digit, and one channel opened.

import { figure, made, renew } from "../web/dom.js";
import { classesOf, sideOf } from "../web/networks.js";
import { counted, nearly, number, whole } from "../web/numbers.js";
import { largest, paintValues, picture, plane, unpack } from "../web/paint.js";
import { say } from "../web/say.js";
import { get, subscribe } from "../web/store.js";
import { nameOf } from "./names.js";

/** @typedef {import("../web/types.js").FiltersView} FiltersView */
/** @typedef {import("../web/types.js").InsideAnswer} InsideAnswer */
/** @typedef {import("../web/types.js").LayerShown} LayerShown */
/** @typedef {import("../web/types.js").LikesView} LikesView */
/** @typedef {import("../web/types.js").NetworkView} NetworkView */
/** @typedef {import("../web/types.js").Packed} Packed */
/** @typedef {import("../web/types.js").Prediction} Prediction */
/** @typedef {import("../web/types.js").Unit} Unit */

const SILENT = 1 / 255; // of a layer's strongest: on one scale, less is not told from nothing

const KINDS = {
	Conv2D: "conv",
	MaxPooling2D: "pool",
	AveragePooling2D: "pool",
	Dense: "dense",
	Flatten: "flatten",
	Dropout: "dropout",
};

export function networkView(desk) {
	const { panel, latest } = desk;
	const tilesOf = new Map(); // layer name -> its row's parts
	const filtersOf = new Map(); // "model layer" -> its kernels, which no drawing changes
	const likesOf = new Map(); // "model layer channel" -> what it likes to see
	const choice = { show: "maps", scale: "tile", layer: null, channel: 0 };
	const told = new Set(); // layer names whose kind is explained
	const unfolded = new Set(); // layer names whose silent tiles are shown
	const layersList = panel.querySelector(".layers");
	/** @param {NetworkView} view @param {InsideAnswer} answer */
	function show({ layers, parameters, unit }, { prediction, pixels }) {
		const names = layers.map((layer) => layer.name).join(" ");
		if (layersList.dataset.names !== `${prediction.model} ${names}`) {
			layersList.dataset.names = `${prediction.model} ${names}`;
			tilesOf.clear();
			layersList.replaceChildren(inputRow(), ...layers.map(layerRow));
		}
		paintInput(pixels);
		for (const layer of layers) paintLayer(layer, prediction);
		panel.querySelector(".total").textContent = say("inside.total", { parameters: whole(parameters) });
		const filters = choice.show === "filters";
		panel.querySelector("[data-panel=network] .detailed").textContent = say(filters ? "inside.filters_hint" : "inside.maps_hint");
		showLegend(filters);
		showUnit(unit, prediction.model);
	}

	/** @param {Packed} pixels */
	function paintInput(pixels) {
		const row = layersList.querySelector("[data-kind=input]");
		const canvas = row.querySelector("canvas");
		row.querySelector("b").textContent = say("inside.input");
		const { values, shape } = unpack(pixels);
		row.querySelector(".facts").textContent = say("inside.shape_input", { side: shape.join("×") });
		canvas.setAttribute("role", "img");
		canvas.setAttribute("aria-label", say("reading.pixels"));
		paintValues(canvas, values, shape, { limit: 1 });
	}

	/** @param {LayerShown} layer */
	function layerRow(layer) {
		const name = layer.shape.length === 3 ? enlarger(layer.name) : made("b", { textContent: layer.name });
		const title = made("h3", {}, name, made("span", { className: "kind" }));
		const facts = made("p", { className: "facts" });
		const tiles = made("div", { className: "tiles" });
		const about = made("p", { className: "about", hidden: true });
		const fold = made("button", { type: "button", className: "fold", hidden: true });
		const silent = made("div", { className: "tiles", hidden: true });
		const row = made("li", { className: "layer", data: { layer: layer.name } }, title, about, facts, tiles, fold, silent);
		fold.addEventListener("click", () => {
			if (!unfolded.delete(layer.name)) unfolded.add(layer.name);
			show(latest.network, latest);
		});
		tilesOf.set(layer.name, { row, title, about, facts, tiles, fold, silent, canvases: [], order: null });
		return row;
	}

	// What layers of a kind do is told at a press on the kind's name; at once where there is nothing else to show.
	function nameKind({ title, about }, layer) {
		const kind = KINDS[layer.type];
		const place = title.querySelector(".kind");
		if (kind && !passesOn(layer) && !place.firstChild) {
			const button = made("button", { type: "button", className: "term" });
			button.addEventListener("click", () => {
				if (!told.delete(layer.name)) told.add(layer.name);
				nameKind({ title, about }, layer);
			});
			place.append(button);
		}
		const open = told.has(layer.name) || passesOn(layer);
		const button = place.querySelector(".term");
		button?.setAttribute("aria-expanded", open);
		(button ?? place).textContent = kind ? say(`inside.kind.${kind}`) : layer.type;
		about.textContent = kind ? say(`inside.about.${kind}`) : "";
		about.hidden = !open;
	}

	/** @param {LayerShown} layer @param {Prediction} prediction */
	function paintLayer(layer, prediction) {
		const parts = tilesOf.get(layer.name);
		const { row, facts, tiles, silent, canvases } = parts;
		nameKind(parts, layer);
		facts.textContent = factsOf(layer);
		row.dataset.kind = KINDS[layer.type] ?? "other";
		if (layer === layersOf().at(-1)) return paintOutputs(tiles, layer, prediction);
		if (passesOn(layer)) return;
		const maps = unpack(layer.maps);
		// A number of a dense layer is a map of one pixel, which says nothing on a scale of its own.
		const [count, height, width] = maps.shape.length === 3 ? maps.shape : [maps.shape[0], 1, 1];
		while (canvases.length < count) canvases.push(tile(tiles, layer, canvases.length));
		const filters = choice.show === "filters" ? kernelsFor(layer, prediction.model) : null;
		const shown = filters ?? { values: maps.values, shape: [count, height, width], signed: layer.maps.signed };
		const side = Math.max(width, shown.shape[2]);
		for (const grid of [tiles, silent]) grid.style.setProperty("--tile", `${Math.min(52, Math.max(side === 1 ? 24 : 28, side * 2))}px`);
		const strengths = canvases.map((_, index) => largest(plane(shown, index)));
		const common = choice.scale === "layer" || shown.shape[2] === 1;
		for (const [index, { canvas }] of canvases.entries()) {
			const limit = common ? Math.max(...strengths) : strengths[index];
			paintValues(canvas, plane(shown, index), shown.shape.slice(1), { limit, signed: shown.signed });
		}
		nameTiles(parts, layer, strengths, filters ? "filter" : width > 1 ? "map" : "number");
		arrange(parts, layer, strengths, filters ? -1 : SILENT * Math.max(...strengths));
		row.classList.toggle("kernels-shown", Boolean(filters));
		row.classList.toggle("no-filters", choice.show === "filters" && !filters);
	}

	function nameTiles({ canvases }, layer, strengths, what) {
		for (const [index, { button }] of canvases.entries()) {
			const opened = choice.layer === layer.name && choice.channel === index;
			button.setAttribute("aria-label", say("inside.at_most", { name: nameOf(layer.name, index, what), most: number(strengths[index]) }));
			button.title = nameOf(layer.name, index, what);
			button.setAttribute("aria-expanded", opened);
			button.classList.toggle("open", opened);
		}
	}

	let waiting = false; // for the pen to lift
	subscribe("pen", (down) => {
		if (!waiting || down) return;
		waiting = false;
		show(latest.network, latest);
	});

	// The strongest first, the silent folded away. While the pen is down the tiles keep their places: they are being watched.
	function arrange(parts, layer, strengths, silence) {
		const { tiles, silent, fold, canvases } = parts;
		const kind = `${choice.show} ${canvases.length}`;
		if (parts.arranged === kind && get("pen")) {
			waiting = true;
			return;
		}
		parts.arranged = kind;
		const order = [...strengths.keys()].sort((a, b) => strengths[b] - strengths[a]);
		const loud = order.filter((index) => strengths[index] > silence);
		const held = /** @type {HTMLElement} */ (document.activeElement);
		for (const [grid, indices] of [[tiles, loud], [silent, order.slice(loud.length)]]) {
			const wanted = indices.map((index) => canvases[index].button);
			if (wanted.length !== grid.children.length || wanted.some((button, at) => button !== grid.children[at])) grid.replaceChildren(...wanted);
			for (const button of wanted) button.tabIndex = -1;
			const first = wanted.find((button) => button === held) ?? wanted[0];
			if (first) first.tabIndex = 0;
		}
		if (held !== document.activeElement) held.focus({ preventScroll: true });
		fold.hidden = loud.length === order.length;
		silent.hidden = fold.hidden || !unfolded.has(layer.name);
		fold.setAttribute("aria-expanded", !silent.hidden);
		fold.textContent = say("inside.fold", { silent: order.length - loud.length, count: order.length });
	}

	const layersOf = () => latest.network?.layers ?? [];

	// Tab reaches one tile of a layer; the arrow keys go on from there.
	function tile(tiles, { name }, index) {
		const canvas = made("canvas", { className: "pixels" });
		const button = made("button", { type: "button", className: "tile", data: { channel: index }, tabIndex: -1 }, canvas);
		button.addEventListener("click", () => openUnit(name, index));
		button.addEventListener("keydown", (event) => {
			if (event.key === "Escape" && button.classList.contains("open")) return openUnit(name, index);
			const all = [...button.parentNode.children];
			const wide = getComputedStyle(button.parentNode).gridTemplateColumns.split(" ").length;
			const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: wide, ArrowUp: -wide }[event.key];
			if (!step) return;
			event.preventDefault();
			const next = all[all.indexOf(button) + step];
			if (!next) return;
			for (const one of all) one.tabIndex = -1;
			next.tabIndex = 0;
			next.focus();
		});
		tiles.append(button);
		return { button, canvas };
	}

	// Bars move: they are not made anew.
	/** @param {HTMLElement} tiles @param {LayerShown} layer @param {Prediction} prediction */
	function paintOutputs(tiles, layer, { probabilities, best_guess, model }) {
		const { values } = unpack(layer.maps);
		const classes = classesOf(model);
		if (!tiles.querySelector(".outputs")) {
			const head = outputRow("");
			head.className = "head";
			const rows = made("ol", { className: "outputs" }, head, ...classes.map(outputRow));
			tiles.replaceChildren(rows, made("p", { className: "passes" }), made("p", { className: "passes" }));
		}
		/** @type {NodeListOf<HTMLElement>} */
		const rows = tiles.querySelectorAll(".outputs li");
		const [head, ...items] = rows;
		head.querySelector(".share").textContent = say("inside.probability");
		head.querySelector(".logit").textContent = say("inside.score");
		items.forEach((item, digit) => {
			item.style.setProperty("--share", `${probabilities[digit]}`);
			item.querySelector(".share").textContent = nearly(probabilities[digit]);
			item.querySelector(".logit").textContent = number(values[digit]);
			item.classList.toggle("best", digit === best_guess);
		});
		const [compared, rejecting] = tiles.querySelectorAll(".passes");
		const [best, second] = [...values.subarray(0, classes.length).keys()].sort((a, b) => values[b] - values[a]);
		compared.textContent = say("inside.compared", { best: classes[best], second: classes[second], lead: number(values[best] - values[second]) });
		rejecting.textContent = values.length > classes.length ? say("inside.rejecting", { score: number(values[classes.length]) }) : "";
	}

	// ------------------------------------------------------------------ kernels

	function kernelsFor(layer, model) {
		if (!hasPictures(layer, model)) return null;
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
		if (latest.network && desk.view === "network") show(latest.network, latest);
	}

	// On a scale of its own a tile's full colour is its own most.
	function showLegend(signed) {
		const bar = made("i", { className: signed ? "signed" : "ink" });
		const ends = signed ? [say("inside.negative"), "0", say("inside.positive")] : ["0", "", say("inside.most")];
		panel.querySelector(".legend").replaceChildren(ends[0], bar, ends[2]);
	}

	// ------------------------------------------------------------------ one channel, opened

	const card = made("div", { className: "unit" });

	function openUnit(layer, channel) {
		const closing = choice.layer === layer && choice.channel === channel;
		choice.layer = closing ? null : layer;
		choice.channel = closing ? 0 : channel;
		desk.askAgain();
	}

	/** @param {Unit | undefined} unit @param {string} model */
	function showUnit(unit, model) {
		if (!unit || unit.layer !== choice.layer) return card.remove();
		const { row, canvases } = tilesOf.get(unit.layer);
		const [after, before, kernel] = [unit.after, unit.before, unit.kernel].map(unpack);
		const what = after.shape.length === 2 ? "map" : "number";
		const title = made("h4", { textContent: nameOf(unit.layer, unit.channel, what) });
		const close = made("button", { type: "button", className: "close", textContent: "×" });
		close.setAttribute("aria-label", say("inside.close"));
		close.addEventListener("click", () => {
			openUnit(unit.layer, unit.channel);
			canvases[unit.channel]?.button.focus();
		});
		const parts = made("div", { className: "parts" });
		if (kernel) parts.append(kernelFigure(kernel, unit, what));
		if (after.shape.length === 2) {
			if (before) parts.append(mapFigure(before, say("inside.before"), true));
			parts.append(mapFigure(after, say(before ? "inside.after" : "inside.map"), after.values.some((value) => value < 0)));
		}
		const likes = made("div", { className: "likes", tabIndex: -1 });
		const first = card.parentNode !== row;
		renew(card, close, title, made("p", { className: "facts", textContent: strengthOf(before, after) }), parts, likes);
		if (first) row.append(card);
		showLikes(likes, unit, model);
		if (first) card.scrollIntoView({ block: "nearest" });
	}

	// Sought only when asked for: it takes seconds.
	function showLikes(place, { layer, channel }, model) {
		const key = `${model} ${layer} ${channel}`;
		const found = likesOf.get(key);
		if (found === undefined) {
			const button = made("button", { type: "button", className: "more", textContent: say("inside.likes_ask") });
			button.addEventListener("click", () => {
				likesOf.set(key, null);
				desk.askBeside({ view: "likes", layer, channel });
				showLikes(place, { layer, channel }, model);
				place.focus(); // the button is gone
				desk.sayAloud(say("inside.likes_wait"));
			});
			return place.replaceChildren(button);
		}
		if (found === null) return place.replaceChildren(made("p", { className: "working", textContent: say("inside.likes_wait") }));
		const { preferred, excerpts } = found;
		const best = figure(picture(preferred.values, preferred.shape, {}, say("inside.preferred")), say("inside.preferred"));
		const list = made("div", { className: "excerpts" });
		for (const { picture: part, activation } of excerpts) {
			list.append(figure(picture(part.values, part.shape, { limit: 1 }, say("inside.excerpt", { value: number(activation) })), number(activation)));
		}
		place.replaceChildren(best, excerpts.length ? figure(list, say("inside.excerpts")) : made("p", { textContent: say("inside.silent") }));
	}

	/** @param {LikesView} view @param {InsideAnswer} answer */
	function keepLikes({ layer, channel, preferred, excerpts }, { prediction }) {
		const unpacked = excerpts.map(({ picture: part, activation }) => ({ picture: unpack(part), activation }));
		likesOf.set(`${prediction.model} ${layer} ${channel}`, { preferred: unpack(preferred), excerpts: unpacked });
		const place = card.querySelector(".likes");
		if (!place || choice.layer !== layer || choice.channel !== channel) return;
		showLikes(place, { layer, channel }, prediction.model);
		desk.sayAloud(excerpts.length ? `${say("inside.preferred")}. ${say("inside.excerpts")}.` : say("inside.silent"));
	}

	for (const name of ["show", "scale"]) {
		for (const input of panel.querySelectorAll(`[name=inside-${name}]`)) {
			input.addEventListener("change", () => {
				choice[name] = input.value;
				if (latest.network) show(latest.network, latest);
			});
		}
	}

	return {
		show,
		keepFilters,
		keepLikes,
		// Its layers are others.
		leave: () => (choice.layer = null),
		ask: () => ({ view: "network", layer: choice.layer, channel: choice.channel }),
	};
}

function shapeWords({ shape }) {
	if (shape.length === 3) return say("inside.shape_maps", { count: shape[2], side: `${shape[0]}×${shape[1]}` });
	return say("inside.shape_numbers", { count: whole(shape.at(-1)) });
}

function inputRow() {
	const picture = made("div", { className: "entry" }, made("canvas", { className: "pixels" }));
	return made("li", { className: "layer", data: { kind: "input" } }, made("h3", {}, made("b")), made("p", { className: "facts" }), picture);
}

// A layer's name opens the layer: its maps are shown so large that their pixels can be told apart.
function enlarger(name) {
	const button = made("button", { type: "button", className: "enlarge" }, made("b", { textContent: name }));
	button.setAttribute("aria-expanded", false);
	button.addEventListener("click", () => {
		button.setAttribute("aria-expanded", button.closest(".layer").classList.toggle("large"));
	});
	return button;
}

/** @param {LayerShown} layer */
function factsOf(layer) {
	const facts = [shapeWords(layer)];
	if (layer.parameters) facts.push(say("inside.parameters", { count: whole(layer.parameters) }));
	if (layer.shape.length === 3) facts.push(say("inside.sees", { side: layer.receptive_field }));
	if (layer.by_relu !== null) facts.push(say("inside.by_relu", { share: counted(layer.by_relu) }));
	if (layer.by_pooling !== null) facts.push(say("inside.by_pooling", { share: counted(layer.by_pooling) }));
	return facts.join(" · ");
}

// What only passes on a row of numbers has nothing to show: that its kind's name explains.
const passesOn = ({ type, shape }) => ["Flatten", "Dropout"].includes(type) && shape.length === 1;

function outputRow(digit) {
	const item = made("li", {}, made("b", { textContent: digit }), made("span", { className: "track" }, made("i")));
	item.append(made("span", { className: "share" }), made("span", { className: "logit" }));
	return item;
}

function strengthOf(before, after) {
	if (after.shape.length === 2) {
		const fires = after.values.filter((value) => value > 0).length / after.values.length;
		return say("inside.fires", { share: counted(fires), most: number(largest(after.values)) });
	}
	return [before && [say("inside.before"), before], [say("inside.after"), after]]
		.filter(Boolean)
		.map(([name, { values }]) => say("inside.value", { name, value: number(values[0]) }))
		.join(" · ");
}

// A map at its own scale, whose ends the caption says.
function mapFigure({ values, shape }, name, signed) {
	const range = { name, least: number(Math.min(...values)), most: number(Math.max(...values)) };
	return figure(picture(values, shape, { signed }, name), say("inside.range", range));
}

function kernelFigure(kernel, unit, what) {
	const [inputs, height, width] = kernel.shape;
	const limit = largest(kernel.values);
	const name = say(what === "map" ? "inside.kernel" : "inside.weights");
	const strip = made("div", { className: "kernels" });
	for (let index = 0; index < inputs; index++) {
		const canvas = picture(plane(kernel, index), [height, width], { signed: true, limit }, name);
		strip.append(inputs > 1 ? figure(canvas, `← ${unit.inputs[index]}`) : canvas);
	}
	return figure(strip, inputs > 1 ? say("inside.kernels") : name);
}

// A convolution's weights are pictures, and those of a dense layer that sees the whole picture.
function hasPictures({ type, parameters, shape }, model) {
	return type === "Conv2D" || (type === "Dense" && parameters === (sideOf(model) ** 2 + 1) * shape[0]);
}
