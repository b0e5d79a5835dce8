// One map or number, opened where it stands: how it is added up, with its window, its weights to change and the answer that
// follows; what ReLU does to it; and what it likes to see.

import { figure, made } from "../web/dom.js";
import { className, classesOf } from "../web/networks.js";
import { counted, number } from "../web/numbers.js";
import { largest, picture, unpack } from "../web/paint.js";
import { language, say } from "../web/say.js";
import { answerAloud } from "../web/views.js";
import { convolution } from "./convolution.js";
import { kindOf, nameOf } from "./layers.js";
import { reluShown, softmaxShown } from "./pictorial.js";
import { pooling } from "./pooling.js";
import { weighing } from "./weighing.js";

/** @typedef {import("../web/types.js").InsideAnswer} InsideAnswer */
/** @typedef {import("../web/types.js").LayerShown} LayerShown */
/** @typedef {import("../web/types.js").LikesView} LikesView */
/** @typedef {import("../web/types.js").NetworkView} NetworkView */
/** @typedef {import("../web/types.js").Unit} Unit */

// `turn(layer, channel)` switches a filter off and on, `all()` opens the whole layer.
export function unitSheet({ desk, changes, close, turn, all }) {
	const likesOf = new Map(); // "model layer channel" -> what it likes to see
	const node = made("section", { className: "sheet unit" });
	let parts = null; // made anew for another map or language alone: what is held stays in the hand
	let at = null; // the map that is open: {model, layer, channel}

	const keyOf = (layer, unit) => JSON.stringify([language(), desk.latest.prediction.model, layer?.name, unit?.channel]);

	/** @param {LayerShown} layer @param {NetworkView} view @param {InsideAnswer} answer */
	function show(layer, view, answer) {
		const { unit } = view;
		const { model } = answer.prediction;
		const [after, before] = [unit.after, unit.before].map(unpack);
		const sheet = { unit, after, before, model, view, activation: unit.activation ?? (before ? kindOf(layer) === "activation" && "ReLU" : "") };
		sheet.activation = sheet.activation === "relu" ? "ReLU" : sheet.activation;
		if (node.dataset.key !== keyOf(layer, unit)) {
			node.dataset.key = keyOf(layer, unit);
			at = { model, layer: unit.layer, channel: unit.channel };
			parts = build(layer, sheet);
		}
		parts.facts.textContent = strengthOf(sheet);
		if (parts.off) {
			const off = changes.isOff(unit.layer, unit.channel);
			parts.off.textContent = say(off ? "inside.switch_on" : "inside.switch_off");
			node.classList.toggle("is-off", off);
		}
		parts.work?.(sheet);
		parts.moved.textContent = movedWords(view, answer);
		showLikes();
	}

	/** @param {LayerShown} layer */
	function build(layer, sheet) {
		const { unit, after, view, model } = sheet;
		const what = after.shape.length === 2 ? "map" : "number";
		const isClass = unit.label !== undefined;
		const name = isClass ? say("inside.score_of", { label: className(model, unit.label) }) : nameOf(unit.layer, unit.channel, what);
		const title = made("h3", { textContent: name, tabIndex: -1 });
		const shut = made("button", { type: "button", className: "close", textContent: "×" });
		shut.setAttribute("aria-label", say("inside.close"));
		shut.addEventListener("click", close);
		const facts = made("p", { className: "facts" });
		const moved = made("p", { className: "moved" });
		const whole = made("button", { type: "button", className: "more", textContent: say("inside.whole_layer", { layer: unit.layer }) });
		whole.addEventListener("click", all);
		const off = layer.parameters > 0 && ["conv", "dense"].includes(kindOf(layer)) && layer !== view.layers.at(-1) ? made("button", { type: "button", className: "more" }) : null;
		off?.addEventListener("click", () => turn(unit.layer, unit.channel));
		const actions = made("div", { className: "actions" }, ...[off, whole].filter(Boolean));
		const likes = made("div", { className: "likes", tabIndex: -1 });
		const { content, work } = contentOf(sheet);
		const rest = isClass ? [] : [likes];
		node.replaceChildren(title, shut, facts, moved, ...content, actions, ...rest);
		return { facts, moved, off, likes, work };
	}

	// What there is to show of how it comes about, by what the server says of it.
	function contentOf(sheet) {
		const { unit, model } = sheet;
		const known = { desk, unit, model, changes };
		if (unit.convolved) return withRelu(convolution(known), sheet);
		if (unit.pooled) return pooling(known);
		if (unit.weighed) {
			const found = weighing(known);
			return unit.label === undefined ? withRelu(found, sheet) : withSoftmax(found, model);
		}
		return withRelu(pictured(), sheet);
	}

	// ReLU is explained where it is met.
	function withRelu({ content, work }, sheet) {
		if (sheet.activation !== "ReLU") return { content, work };
		const relu = reluShown();
		const follow = (now, index) => {
			const cut = now.before.values.filter((value) => value <= 0).length / now.before.values.length;
			const share = now.before.values.length > 1 ? say("inside.relu_share", { share: counted(cut) }) : "";
			relu.put(now.before.values[index], now.after.values[index], largest(now.before.values), share);
		};
		return { content: [...content, relu.node], work: (now) => work(now, (index) => follow(now, index)) };
	}

	function withSoftmax({ content, work }, model) {
		const place = made("div");
		return {
			content: [...content, place],
			work(now) {
				work(now);
				const logits = unpack(now.view.layers.at(-1).maps).values;
				const classes = classesOf(model);
				place.replaceChildren(softmaxShown(logits.subarray(0, classes.length), classes, now.view.temperature, place));
			},
		};
	}

	// A map or number of a layer whose arithmetic is not written out.
	function pictured() {
		const place = made("div", { className: "parts" });
		const work = ({ before, after, activation }, follow = null) => {
			const pictures = [before && mapFigure(before, say("inside.before", { function: activation }), true)];
			pictures.push(mapFigure(after, say("inside.map"), after.values.some((value) => value < 0)));
			place.replaceChildren(...(after.shape.length === 2 ? pictures.filter(Boolean) : []));
			if (before) follow?.(after.values.indexOf(Math.max(...after.values)));
		};
		return { content: [place], work };
	}

	// ------------------------------------------------------------------ what it likes to see

	// Sought only when asked for: it takes seconds.
	function showLikes() {
		const place = parts.likes;
		const key = JSON.stringify(at);
		const found = likesOf.get(key);
		const state = `${found === undefined ? "asked" : found ? "found" : "sought"}`;
		if (place.dataset.state === state) return;
		place.dataset.state = state;
		if (found === undefined) {
			const button = made("button", { type: "button", className: "more", textContent: say("inside.likes_ask") });
			button.addEventListener("click", () => {
				likesOf.set(key, null);
				desk.askBeside({ view: "likes", layer: at.layer, channel: at.channel });
				showLikes();
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
	function keepLikes({ layer, channel, preferred, excerpts }, { prediction: { model } }) {
		const unpacked = excerpts.map(({ picture: part, activation }) => ({ picture: unpack(part), activation }));
		const key = JSON.stringify({ model, layer, channel });
		likesOf.set(key, { preferred: unpack(preferred), excerpts: unpacked });
		if (!node.isConnected || key !== JSON.stringify(at)) return;
		showLikes();
		desk.sayAloud(excerpts.length ? `${say("inside.preferred")}. ${say("inside.excerpts")}.` : say("inside.silent"));
	}

	return { node, show, keepLikes, isOther: (layer, unit) => node.dataset.key !== keyOf(layer, unit) };
}

// The answer of the changed network, and that of the one it was; none where nothing is changed.
/** @param {NetworkView} view @param {InsideAnswer} answer */
export function movedWords({ prediction: now }, { prediction: trained }) {
	return now ? say("inside.moved", { now: answerAloud(now), trained: answerAloud(trained) }) : "";
}

function strengthOf({ unit, after, before, activation }) {
	if (after.shape.length === 2) {
		const fires = after.values.filter((value) => value > 0).length / after.values.length;
		return say("inside.fires", { share: counted(fires), most: number(largest(after.values)) });
	}
	const values = before ? [[say("inside.before", { function: activation }), before], [say("inside.after", { function: activation }), after]] : [[say(unit.label === undefined ? "inside.is" : "inside.score"), after]];
	return values.map(([name, { values: [value] }]) => say("inside.value", { name, value: number(value) })).join(" · ");
}

// A map at its own scale, whose ends the caption says.
function mapFigure({ values, shape }, name, signed) {
	const range = { name, least: number(Math.min(...values)), most: number(Math.max(...values)) };
	return figure(picture(values, shape, { signed }, name), say("inside.range", range));
}
