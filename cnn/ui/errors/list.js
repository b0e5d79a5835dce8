// The errors themselves: a matrix to choose from, tiles, and one digit with its evidence and its neighbours.

import { calm, choices, classChoices, figure, made, renew } from "../web/dom.js";
import { confusionMatrix } from "../web/matrix.js";
import { className, classesOf } from "../web/networks.js";
import { nearly, number } from "../web/numbers.js";
import { inkOf, picture, plane, squareOf, unpack } from "../web/paint.js";
import { language, say } from "../web/say.js";

/** @typedef {import("../web/types.js").Case} Case */

export const FIRST = 24; // pictures shown at once
const ORDERS = ["sure", "unsure", "doubtful"];

// What offers a choice is made anew only where the choice is another: a click is never lost to an answer that comes.
export function whenOther({ state, tables }, place, make) {
	const { model, other, order, digit, cell } = state;
	const key = JSON.stringify([language(), model, other, order, digit, cell, Boolean(tables)]);
	if (place.dataset.made === key) return;
	place.dataset.made = key;
	make();
}

export function listView(desk) {
	const { panel, part, state, known } = desk;

	const ordered = (order) => (order === "doubtful" ? desk.tables.doubtful : order === "sure" ? desk.tables.errors : [...desk.tables.errors].reverse());

	function chosen() {
		const { order, digit, cell } = state;
		// On the diagonal stand right answers: what can be shown of them is the doubtful ones.
		const from = cell && cell[0] === cell[1] ? desk.tables.doubtful : ordered(order);
		return from.filter(({ label, said }) => (cell ? label === cell[0] && said === cell[1] : digit === null || label === digit));
	}

	const named = (label) => className(state.model, label);
	const names = ({ label, said }) => ({ label: named(label), said: named(said) });
	const readAs = (one) => say(one.label === one.said ? "errors.right_as" : "errors.read_as", names(one));

	// The digit, or where its picture cannot be had, what its tables say.
	/** @param {Case} one */
	function pictured(one) {
		const ink = desk.pictures.get(one.index);
		if (ink) return picture(ink, squareOf(ink), { limit: 255 }, "");
		return made("span", { className: "unseen", textContent: one.label === one.said ? named(one.label) : `${named(one.label)}→${named(one.said)}` });
	}

	// `owner` is the network whose error it is.
	/** @param {Case} one @param {string} owner */
	function tile(one, owner) {
		const doubted = known[one.index];
		const button = made("button", { type: "button", className: "tile" }, pictured(one));
		button.append(made("b", { textContent: one.label === one.said ? named(one.label) : `${named(one.label)} → ${named(one.said)}` }), made("span", { textContent: nearly(one.confidence) }));
		if (doubted) button.append(made("em", { textContent: say("errors.known_short") }));
		if (one.label !== one.said) button.append(made("span", { className: "aloud", textContent: readAs(one) })); // an arrow says little
		button.setAttribute("aria-expanded", state.open === one.index);
		button.addEventListener("click", () => openCase(one, owner));
		return button;
	}

	// What the tiles below show now, or that there are none to show.
	function tell() {
		const { cell, order } = state;
		const what = cell ? cellWords(cell) : say(`errors.${order}`);
		desk.sayAloud(desk.tables.errors ? say("errors.shown_below", { what, count: chosen().length }) : say("errors.not_listed"));
	}

	const cellWords = ([label, said]) => say(label === said ? "errors.cell_right" : "errors.cell_wrong", names({ label, said }));

	function showMap() {
		const name = (meant, said, count) => say("errors.cell", { meant: named(meant), said: named(said), count });
		const choose = (meant, said) => {
			const same = state.cell?.[0] === meant && state.cell?.[1] === said;
			Object.assign(state, { cell: same ? null : [meant, said], digit: null, shown: FIRST, open: null });
			desk.show();
			tell();
		};
		const words = { caption: say("errors.matrix_caption"), name, onChoose: choose, chosen: state.cell };
		renew(part("map"), confusionMatrix(desk.tables.confusion, classesOf(state.model), words));
	}

	function showAsks() {
		if (state.cell) {
			const all = made("button", { type: "button", className: "more", textContent: say("errors.all") });
			all.addEventListener("click", () => {
				Object.assign(state, { cell: null, open: null });
				desk.show();
				tell();
			});
			return renew(part("asks"), made("span", { className: "ask", textContent: cellWords(state.cell) }), all);
		}
		const set = (change) => {
			Object.assign(state, change, { shown: FIRST, open: null });
			desk.show();
			tell();
		};
		const orders = choices("errors-order", ORDERS, state.order, { label: say("errors.order"), words: (order) => say(`errors.${order}`) }, (order) => set({ order }));
		const words = { label: say("errors.digit"), any: say("errors.any") };
		const labels = classChoices("errors-digit", classesOf(state.model), state.digit, words, (digit) => set({ digit }));
		renew(part("asks"), orders, labels);
	}

	function showTiles(place, list, owner = state.model) {
		const seen = list.slice(0, state.shown);
		desk.askPictures(seen.map(({ index }) => index));
		const tiles = made("div", { className: "grid" }, ...seen.map((one) => tile(one, owner)));
		const more = made("button", { type: "button", className: "more", textContent: say("errors.more", { count: list.length - seen.length }) });
		more.addEventListener("click", () => {
			state.shown += 2 * FIRST;
			desk.show();
		});
		const none = made("p", { className: "note", textContent: say("errors.none") });
		renew(place, ...(list.length ? [tiles] : [none]), ...(seen.length < list.length ? [more] : []));
	}

	function show() {
		whenOther(desk, part("map"), showMap);
		if (!desk.tables.errors) return part("tiles").replaceChildren(made("p", { className: "note", textContent: say("errors.not_listed") }));
		whenOther(desk, part("asks"), showAsks);
		const list = chosen();
		showCase(list.find(({ index }) => index === state.open));
		showTiles(part("tiles"), list);
	}

	// ------------------------------------------------------------------ one digit

	/** @param {Case} one */
	function openCase(one, owner = state.model) {
		const same = state.open === one.index && state.view === "list";
		desk.opened = null;
		Object.assign(state, { view: "list", open: same ? null : one.index });
		if (panel.querySelector("[data-panel=list]").hidden) fromElsewhere(one, owner);
		if (!same) {
			desk.askCase(one);
			desk.sayAloud([readAs(one), nearly(one.confidence), known[one.index] && knownWords(one.index)].filter(Boolean).join(", "));
		}
		desk.show();
		if (!same) part("case").scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
	}

	// An error of the other network is looked at as that network's.
	function fromElsewhere({ label, said }, owner) {
		Object.assign(state, { cell: [label, said], digit: null, shown: FIRST });
		if (owner !== state.model) {
			Object.assign(state, { model: owner, other: state.model });
			desk.tables = null;
			desk.askTables();
		}
		desk.open("list");
	}

	/** @param {Case | undefined} one */
	function showCase(one) {
		if (!one) return part("case").replaceChildren();
		const close = made("button", { type: "button", className: "close", textContent: "×" });
		close.setAttribute("aria-label", say("errors.close"));
		close.addEventListener("click", () => {
			openCase(one);
			const place = chosen().findIndex(({ index }) => index === one.index);
			part("tiles").querySelectorAll(".tile")[place]?.focus({ preventScroll: true });
		});
		const card = made("section", { className: "opened" }, close);
		card.append(made("h3", { textContent: `${readAs(one)}, ${nearly(one.confidence)}` }), made("p", { className: "note", textContent: say("errors.index", one) }));
		card.append(evidenceOf(one), neighboursOf(one));
		if (known[one.index]) card.append(made("p", { className: "known", textContent: knownWords(one.index) }));
		if (one.label !== one.said) card.append(howToTell());
		renew(part("case"), card);
	}

	/** @param {Case} one */
	function evidenceOf(one) {
		const row = made("div", { className: "row evidence" });
		const ink = desk.pictures.get(one.index);
		if (ink) row.append(figure(picture(ink, squareOf(ink), { limit: 255 }, ""), say("errors.digit_seen")));
		if (!desk.opened || !ink) return row;
		const evidence = unpack(desk.opened.evidence);
		const shares = ink.map((value) => value / 255);
		const maps = one.label === one.said ? [one.said] : [one.said, one.label];
		maps.forEach((label, at) => {
			const words = say("errors.evidence", { label: named(label) });
			row.append(figure(picture(plane(evidence, at), squareOf(ink), { signed: true, ink: shares }, words), words));
		});
		const legend = made("p", { className: "legend" }, say("errors.against"), made("i", { className: "signed" }), say("errors.for"));
		return made("div", {}, row, legend);
	}

	/** @param {Case} one */
	function neighboursOf({ label, said, neighbours, labels, cosines }) {
		if (!neighbours) return made("p", { className: "note", textContent: say("errors.no_neighbours") });
		const near = desk.opened?.neighbours.pixels ?? {};
		const row = made("div", { className: "row near" });
		labels.forEach((digit, at) => {
			const ink = near[neighbours[at]] && inkOf(near[neighbours[at]]);
			const shown = ink ? picture(ink, squareOf(ink), { limit: 255 }, "") : made("span", { className: "unseen", textContent: named(digit) });
			row.append(figure(shown, say("errors.neighbour", { label: named(digit), cosine: number(cosines[at]) })));
		});
		const [ours, theirs] = [labels.filter((digit) => digit === said).length, labels.filter((digit) => digit === label).length];
		const words = say(label === said ? "errors.near_right" : "errors.near", { ...names({ label, said }), ours, theirs });
		return made("div", {}, made("h4", { textContent: say("errors.neighbours") }), row, made("p", { className: "note", textContent: words }));
	}

	function knownWords(index) {
		const { label, proposed, votes } = known[index];
		return say("errors.known", { label: named(label), proposed: named(proposed), given: votes[0], other: votes[1], neither: votes[2] });
	}

	return { show, showTiles };
}

function howToTell() {
	const fold = made("details", { className: "tell" }, made("summary", { textContent: say("errors.tell") }));
	for (const key of ["network", "nobody", "label"]) {
		fold.append(made("p", {}, made("b", { textContent: say(`errors.tell.${key}`) }), " ", say(`errors.because.${key}`)));
	}
	return fold;
}
