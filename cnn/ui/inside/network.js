// The network as a picture: its layers from left to right, of each the maps that fire most, joined to what they are made
// from. A layer or one of its maps is opened below; on a narrow card one layer is seen at a time.

import { areWords, made } from "../web/dom.js";
import { classesOf } from "../web/networks.js";
import { nearly, number, whole } from "../web/numbers.js";
import { largest, paintValues, plane, unpack } from "../web/paint.js";
import { onPlace } from "../web/address.js";
import { say, sayCount } from "../web/say.js";
import { get, subscribe } from "../web/store.js";
import { answerAloud } from "../web/views.js";
import { changesMade } from "./changes.js";
import { joining } from "./joins.js";
import { countOf, factsOf, isMap, kindName, kindOf, aboutKind, mapsOf, nameOf, passesOn, shapeWords } from "./layers.js";
import { layerSheet } from "./layer.js";
import { movedWords, unitSheet } from "./unit.js";

/** @typedef {import("../web/types.js").InsideAnswer} InsideAnswer */
/** @typedef {import("../web/types.js").JoinsView} JoinsView */
/** @typedef {import("../web/types.js").LayerShown} LayerShown */
/** @typedef {import("../web/types.js").NetworkView} NetworkView */
/** @typedef {import("../web/types.js").Packed} Packed */
/** @typedef {import("../web/types.js").Prediction} Prediction */

const SHOWN = 8; // maps of a layer, those that fire most
const PICTURE = ""; // the name of what stands before the first layer

export function networkView(desk) {
	const { panel, latest } = desk;
	const place = panel.querySelector("[data-panel=network]");
	const stage = place.querySelector(".stage");
	const list = place.querySelector(".layers");
	const columns = new Map(); // by layer's name, what is shown of it
	const joinsOf = new Map(); // by network its joins, by layer; no drawing changes them
	const choice = { layer: null, channel: null, switching: false, step: 1 };
	const changes = changesMade();
	const lines = joining(stage, columns, share, () => joinsOf.get(latest.prediction?.model)?.size ? latest.prediction.model : null);
	let strongest = false; // whether a convolution is to be opened as soon as there is one
	let painted = null; // the digit by which the maps stand in their order

	const layersOf = () => latest.network?.layers ?? [];
	const layerNamed = (name) => layersOf().find((layer) => layer.name === name);

	// ------------------------------------------------------------------ what an answer shows

	/** @param {NetworkView} view @param {InsideAnswer} answer */
	function show(view, answer) {
		const { layers, parameters, prediction: changed } = view;
		const { prediction, pixels } = answer;
		changes.of(prediction.model);
		const names = JSON.stringify([prediction.model, layers.map(({ name }) => name)]);
		if (list.dataset.names !== names) {
			list.dataset.names = names;
			columns.clear();
			columns.set(PICTURE, pictureColumn());
			for (const layer of layers) columns.set(layer.name, layerColumn(layer));
			list.replaceChildren(...[...columns.values()].map(({ row }) => row));
			list.style.setProperty("--columns", `${layers.filter((layer) => !passesOn(layer)).length}`);
			choice.step = Math.min(choice.step, layers.length);
		}
		askJoins(prediction.model);
		paintPicture(pixels);
		// While the pen is down, or where the network alone was changed, maps keep their places: they are being watched.
		const still = painted === pixels.data || get("pen");
		if (!get("pen")) painted = pixels.data;
		for (const layer of layers) paintColumn(layer, changed ?? prediction, prediction, still);
		place.querySelector(".total").textContent = say("inside.total", { parameters: whole(parameters) });
		showStep();
		showChanges(view, answer);
		showOpened(view, answer);
		requestAnimationFrame(lines.draw);
		if (strongest) openStrongest();
	}

	let waiting = false; // for the pen to lift
	subscribe("pen", (down) => {
		if (down || !waiting) return;
		waiting = false;
		if (latest.network) show(latest.network, latest);
	});

	/** @param {Packed} pixels */
	function paintPicture(pixels) {
		const { row, canvas, about } = columns.get(PICTURE);
		const { values, shape } = unpack(pixels);
		about.textContent = say("inside.shape_input", { side: shape.join("×") });
		row.querySelector(".name").textContent = say("inside.input");
		row.querySelector(".size").replaceChildren(...[shape.join("×"), "\u00a0"].map((textContent) => made("span", { textContent })));
		canvas.setAttribute("aria-label", say("reading.pixels"));
		paintValues(canvas, values, shape, { limit: 1 });
	}

	/** @param {LayerShown} layer @param {Prediction} answer @param {Prediction} trained @param {boolean} still */
	function paintColumn(layer, answer, trained, still) {
		const column = columns.get(layer.name);
		column.layer = layer;
		nameColumn(column, layer);
		if (passesOn(layer)) return;
		if (layer === layersOf().at(-1) && answer) return paintOutputs(column, layer, answer, trained);
		const maps = mapsOf(layer);
		const strengths = Array.from({ length: countOf(layer) }, (_, index) => largest(plane(maps, index)));
		const common = isMap(layer) ? null : Math.max(...strengths); // a number says nothing on a scale of its own
		// One that is switched off stands where it stood.
		column.strengths = strengths.map((most, index) => (isOff(layer.name, index) ? (column.strengths?.[index] ?? 0) : most));
		arrange(column, layer, still);
		for (const [index, button] of column.tiles()) {
			paintValues(button.firstChild, plane(maps, index), maps.shape.slice(1), { limit: common ?? strengths[index], signed: maps.signed });
			nameTile(button, layer, index, strengths[index]);
		}
	}

	// The strongest first, and what is open among them.
	function arrange(column, layer, still) {
		const { strengths, buttons } = column;
		if (!column.order || !still) column.order = [...strengths.keys()].sort((a, b) => strengths[b] - strengths[a]);
		else if (get("pen")) waiting = true;
		const wanted = column.order.slice(0, SHOWN);
		if (choice.layer === layer.name && choice.channel !== null && !wanted.includes(choice.channel)) wanted.splice(-1, 1, choice.channel);
		while (buttons.length < strengths.length) buttons.push(tile(layer.name, buttons.length));
		const nodes = wanted.map((index) => buttons[index]);
		const { children } = column.grid;
		if (nodes.length !== children.length || nodes.some((node, at) => node !== children[at])) {
			const held = column.grid.querySelector(".tile:focus");
			column.grid.replaceChildren(...nodes);
			if (held) (nodes.includes(held) ? held : nodes.at(-1)).focus({ preventScroll: true });
		}
		stopAt(column.grid);
	}

	// Tab reaches one tile of a layer.
	function stopAt(grid) {
		const tiles = [...grid.querySelectorAll(".tile")];
		const stop = tiles.find((button) => button === document.activeElement) ?? tiles[0];
		for (const button of tiles) button.tabIndex = button === stop ? 0 : -1;
	}

	function nameColumn({ row, title, size, all, about }, layer) {
		row.dataset.kind = kindOf(layer);
		title.textContent = layer.name;
		title.title = `${layer.name}: ${kindName(layer)}`;
		const lines = [isMap(layer) ? `${layer.shape[0]}×${layer.shape[1]}` : "\u00a0", layer.parameters ? whole(layer.parameters) : "\u00a0"];
		size.replaceChildren(...lines.map((textContent) => made("span", { textContent })));
		all.textContent = passesOn(layer) ? kindName(layer) : say("inside.all", { count: whole(countOf(layer)) });
		all.setAttribute("aria-label", say("inside.all_of", { shown: all.textContent, layer: layer.name, shape: shapeWords(layer), kind: kindName(layer) }));
		all.setAttribute("aria-expanded", choice.layer === layer.name && choice.channel === null);
		about.textContent = passesOn(layer) ? aboutKind(layer) : `${kindName(layer)} · ${factsOf(layer)}`;
	}

	function nameTile(button, layer, index, most) {
		const what = isMap(layer) ? "map" : "number";
		const name = nameOf(layer.name, index, what);
		const off = isOff(layer.name, index);
		const opened = choice.layer === layer.name && choice.channel === index;
		button.setAttribute("aria-label", off ? say("inside.is_off", { name }) : say("inside.at_most", { name, most: number(most) }));
		button.title = name;
		button.classList.toggle("off", off);
		button.classList.toggle("open", opened);
		state(button, opened, off);
	}

	// A click opens a map, or switches it off.
	function state(button, opened, off) {
		button.removeAttribute(choice.switching ? "aria-expanded" : "aria-pressed");
		if (choice.switching) button.setAttribute("aria-pressed", !off);
		else button.setAttribute("aria-expanded", opened);
	}

	// Bars move: they are not made anew. A stroke marks where a bar ended before the network was changed.
	/** @param {any} column @param {LayerShown} layer @param {Prediction} answer @param {Prediction} trained */
	function paintOutputs(column, layer, { probabilities, best_guess, model }, trained) {
		const classes = classesOf(model);
		if (column.buttons.length !== classes.length) {
			column.buttons = classes.map((name, label) => outputTile(layer.name, label, name));
			column.grid.replaceChildren(made("ol", { className: areWords(classes) ? "outputs words" : "outputs" }, ...column.buttons.map((button) => made("li", {}, button))));
			column.order = [...classes.keys()];
		}
		column.strengths = [...probabilities];
		for (const [label, button] of column.buttons.entries()) {
			button.style.setProperty("--share", `${probabilities[label]}`);
			button.style.setProperty("--before", `${trained.probabilities[label]}`);
			button.querySelector(".share").textContent = nearly(probabilities[label]);
			button.parentNode.classList.toggle("best", label === best_guess);
			const opened = choice.layer === layer.name && choice.channel === label;
			button.classList.toggle("open", opened);
			button.setAttribute("aria-expanded", opened);
		}
		stopAt(column.grid);
	}

	// ------------------------------------------------------------------ what a column is made of

	function pictureColumn() {
		const canvas = made("canvas", { className: "pixels" });
		canvas.setAttribute("role", "img");
		const about = made("p", { className: "about" });
		const row = made("li", { className: "layer", data: { kind: "input" } }, made("h3", {}, made("b", { className: "name" })));
		row.append(made("div", { className: "tiles" }, canvas), made("p", { className: "size" }), about);
		return { row, canvas, about, layer: null, tiles: () => new Map([[0, canvas]]) };
	}

	/** @param {LayerShown} layer */
	function layerColumn(layer) {
		const title = made("b", { className: "name" });
		const grid = made("div", { className: "tiles" });
		const all = made("button", { type: "button", className: "all" });
		const size = made("p", { className: "size" });
		const about = made("p", { className: "about" });
		const row = made("li", { className: "layer", data: { layer: layer.name } }, made("h3", {}, title), grid, all, size, about);
		row.classList.toggle("passing", passesOn(layer));
		all.addEventListener("click", () => open(layer.name, null));
		const column = { row, title, grid, all, size, about, layer, buttons: [], order: null, strengths: null };
		const there = () => [...grid.querySelectorAll(".tile")].map((button) => [Number(button.dataset.channel), button]);
		return { ...column, tiles: () => new Map(/** @type {[number, HTMLElement][]} */ (there())) };
	}

	function tile(name, index) {
		return act(made("button", { type: "button", className: "tile", data: { channel: index } }, made("canvas", { className: "pixels" })), name, index);
	}

	function outputTile(name, label, words) {
		const parts = [made("b", { textContent: words }), made("span", { className: "track" }, made("i"), made("u")), made("span", { className: "share" })];
		return act(made("button", { type: "button", className: "tile", data: { channel: label } }, ...parts), name, label);
	}

	// What a tile does: it is looked at, clicked, left by the arrow keys. Nothing needs a mouse that hovers.
	function act(button, name, index) {
		button.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && lines.light([name, index]));
		button.addEventListener("focus", () => lines.light([name, index]));
		for (const leaving of ["pointerleave", "blur"]) button.addEventListener(leaving, lightOpened);
		button.addEventListener("click", () => press(name, index));
		button.addEventListener("keydown", (event) => {
			const next = neighbour(button, event.key);
			if (!next) return;
			event.preventDefault();
			for (const one of next.closest(".tiles").querySelectorAll(".tile")) one.tabIndex = -1;
			next.tabIndex = 0;
			next.focus();
		});
		return button;
	}

	const lightOpened = () => lines.light(choice.channel === null ? null : [choice.layer, choice.channel]);

	// The tile that an arrow key leads to: within its layer, or, where the layers stand side by side, to the next layer.
	function neighbour(button, key) {
		const grid = button.closest(".tiles");
		const all = [...grid.querySelectorAll(".tile")];
		const at = all.indexOf(button);
		const wide = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
		const step = { ArrowDown: wide, ArrowUp: -wide, ...(wide > 1 && { ArrowRight: 1, ArrowLeft: -1 }) }[key];
		if (step) return all[at + step];
		const side = { ArrowRight: 1, ArrowLeft: -1 }[key];
		if (!side || wide > 1) return null;
		const grids = [...list.querySelectorAll(".tiles:has(.tile)")].filter((one) => one.offsetParent);
		const beside = grids[grids.indexOf(grid) + side]?.querySelectorAll(".tile") ?? [];
		return beside[Math.min(at, beside.length - 1)];
	}

	// ------------------------------------------------------------------ lines

	function askJoins(model) {
		if (joinsOf.has(model)) return;
		joinsOf.set(model, new Map());
		desk.askBeside({ view: "joins" });
	}

	/** @param {JoinsView} view @param {InsideAnswer} answer */
	function keepJoins(view, { prediction }) {
		joinsOf.set(prediction.model, new Map(view.joins.map(({ layer, sizes }) => [layer, { ...unpack(sizes), limits: sizes.limits }])));
		lines.draw();
	}

	// How strongly a channel is joined to one that it may be made from, from 0 to 1.
	function share(layer, channel, source, input) {
		const joins = joinsOf.get(latest.prediction?.model)?.get(layer.name);
		if (joins) return joins.values[channel * joins.shape[1] + input] / (joins.limits[channel] || 1);
		const alike = source === PICTURE ? 1 : countOf(layerNamed(source) ?? layer);
		return layer.parameters === 0 && alike === countOf(layer) && channel === input ? 1 : 0;
	}

	// ------------------------------------------------------------------ what is open

	const shown = {
		layer: layerSheet({ latest, desk, act: press, isOff, switching: () => choice.switching, close, again: () => show(latest.network, latest) }),
		unit: unitSheet({ desk, changes, close, turn, all: () => open(choice.layer, null) }),
	};
	const opened = place.querySelector(".opened");

	let byKeys = false; // whether the last press was a key's: the keyboard goes along to what it opens
	let entering = false;
	place.addEventListener("click", ({ detail }) => (byKeys = detail === 0), { capture: true });
	place.addEventListener("keydown", ({ key }) => key === "Escape" && choice.layer !== null && close());

	function open(layer, channel) {
		if (choice.layer === layer && choice.channel === channel) return close();
		entering = byKeys;
		Object.assign(choice, { layer, channel });
		desk.askAgain();
	}

	function close() {
		const { layer, channel } = choice;
		entering = false;
		Object.assign(choice, { layer: null, channel: null });
		const column = columns.get(layer);
		(column?.tiles().get(channel) ?? column?.all)?.focus();
		desk.askAgain();
	}

	/** @param {NetworkView} view @param {InsideAnswer} answer */
	function showOpened(view, answer) {
		const layer = layerNamed(choice.layer);
		const { unit } = view;
		const sheet = layer && choice.channel === null ? shown.layer : unit && unit.layer === choice.layer && unit.channel === choice.channel ? shown.unit : null;
		if (!layer) {
			opened.replaceChildren();
			return lightOpened();
		}
		if (!sheet) return; // it is on its way
		const fresh = opened.firstChild !== sheet.node || sheet.isOther(layer, unit);
		sheet.show(layer, view, answer);
		if (opened.firstChild !== sheet.node) opened.replaceChildren(sheet.node);
		pointTo(columns.get(layer.name).row);
		if (fresh) bringIn(sheet.node);
		if (fresh && entering) sheet.node.querySelector("h3").focus({ preventScroll: true });
		if (fresh) entering = false;
		lightOpened();
	}

	// Into sight, with the map that it is of.
	function bringIn(node) {
		if (node.getBoundingClientRect().top > 0.6 * window.innerHeight) node.scrollIntoView();
	}

	// A notch points to the column that is open.
	function pointTo(row) {
		const [{ left }, box] = [opened.getBoundingClientRect(), row.getBoundingClientRect()];
		opened.style.setProperty("--notch", `${Math.max(20, box.left + box.width / 2 - left)}px`);
	}

	// The first convolution's map that fires most; so do links to the arithmetic that was a view of its own.
	function openStrongest() {
		const first = layersOf().find((layer) => kindOf(layer) === "conv") ?? layersOf().find((layer) => kindOf(layer) === "dense");
		if (!first) return void (strongest = true);
		strongest = false;
		Object.assign(choice, { layer: first.name, channel: columns.get(first.name).order[0], step: 1 + layersOf().indexOf(first) });
		desk.askAgain();
	}
	onPlace("inside", ({ view }) => view === "hand" && openStrongest());

	// ------------------------------------------------------------------ what is changed by hand

	function press(layer, channel) {
		const filter = choice.switching && filterOf(layer, channel);
		if (filter) turn(...filter);
		else open(layer, channel);
	}

	// The filter that a map is made by: its own, or that of the layer before, where its layer has none; null where it is none.
	function filterOf(name, channel) {
		const layer = layerNamed(name);
		if (!layer || layer === layersOf().at(-1)) return null;
		if (layer.parameters && ["conv", "dense"].includes(kindOf(layer))) return [name, channel];
		return layer.sources.length === 1 && countOf(layerNamed(layer.sources[0])) === countOf(layer) ? filterOf(layer.sources[0], channel) : null;
	}

	function isOff(layer, channel) {
		const filter = changes.count().off && filterOf(layer, channel);
		return Boolean(filter) && changes.isOff(...filter);
	}

	function turn(layer, channel) {
		changes.turn(layer, channel);
		desk.askAgain();
	}

	// How much is changed, in words; none where nothing is.
	function countWords() {
		const { off, kernels } = changes.count();
		return [off && sayCount("inside.off", off), kernels && sayCount("inside.kernels_changed", kernels)].filter(Boolean).join(", ");
	}

	// With the answer, whose place at the head is far off on a phone.
	/** @param {NetworkView} view @param {InsideAnswer} answer */
	function showChanges(view, answer) {
		const words = countWords();
		const bar = place.querySelector(".changed");
		bar.hidden = !words;
		stage.classList.toggle("has-changes", !bar.hidden);
		bar.querySelector("span").textContent = [words && `${words}.`, movedWords(view, answer)].filter(Boolean).join(" ");
	}

	place.querySelector(".restore").addEventListener("click", () => {
		changes.clear();
		place.querySelector("[name=inside-click]:checked").focus(); // the button goes
		desk.askAgain();
	});

	for (const input of place.querySelectorAll("[name=inside-click]")) {
		input.addEventListener("change", () => {
			choice.switching = input.value === "off";
			if (latest.network) show(latest.network, latest);
		});
	}

	// The answer of the changed network beside the trained one's, in words.
	function changedWords({ prediction }) {
		const now = latest.network?.prediction;
		return now ? { now, count: countWords(), words: say("inside.changed_from", { answer: answerAloud(prediction) }) } : null;
	}

	// ------------------------------------------------------------------ one layer at a time

	const steps = place.querySelector(".stepper");
	const [previous, next] = steps.querySelectorAll("button");
	for (const [button, by] of [[previous, -1], [next, 1]]) {
		button.addEventListener("click", () => {
			choice.step = Math.max(0, Math.min(layersOf().length, choice.step + by));
			Object.assign(choice, { layer: null, channel: null });
			show(latest.network, latest);
			const at = [...columns.values()][choice.step];
			desk.sayAloud([at.row.querySelector(".name").textContent, at.about?.textContent].filter(Boolean).join(": "));
		});
	}

	function showStep() {
		const all = [...columns.values()];
		for (const [at, { row }] of all.entries()) row.classList.toggle("current", at === choice.step);
		const name = all[choice.step].row.querySelector(".name").textContent;
		steps.querySelector("b").textContent = name;
		steps.querySelector("span").textContent = say("inside.step", { at: choice.step + 1, count: all.length });
		previous.setAttribute("aria-disabled", choice.step === 0); // where it is disabled, the keyboard would lose it
		next.setAttribute("aria-disabled", choice.step === all.length - 1);
	}

	return {
		show,
		changedWords,
		keepJoins,
		keepFilters: shown.layer.keepFilters,
		keepLikes: shown.unit.keepLikes,
		// Its layers are others.
		leave: () => Object.assign(choice, { layer: null, channel: null }),
		ask: () => ({ view: "network", layer: choice.layer, channel: choice.channel, changes: changes.asked() }),
	};
}
