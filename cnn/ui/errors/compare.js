// Two networks on the same test images: which errors one mends, which it adds, and whether that is chance.

import { choices, made, renew } from "../web/dom.js";
import { counted, number, whole } from "../web/numbers.js";
import { networkName, say } from "../web/say.js";
import { FIRST } from "./list.js";

const SURE = 0.05; // below this, chance is no good explanation

export function compareView(desk, list) {
	const { part, state } = desk;

	function show() {
		const place = part("view[data-panel=compare] .shown");
		const { fixed, added, both, p } = desk.tables.comparison;
		const names = { model: state.model, other: state.other };
		const words = { label: say("errors.other"), words: networkName };
		const others = desk.names.filter((name) => name !== state.model);
		const pick = choices("errors-other", others, state.other, words, (other) => {
			Object.assign(state, { other, shown: FIRST });
			desk.askTables();
		});
		const asks = made("div", { className: "tools asks" }, made("span", { className: "ask", textContent: say("errors.with", names) }), pick);
		const found = [verdict(names, fixed, added, both, p), table(names, desk.tables.images, fixed, added, both)];
		const parts = [["fixes", fixed, desk.tables.errors ?? []], ["adds", added, desk.tables.others, state.other], ["keeps", both, desk.tables.errors ?? []]];
		renew(place, asks, ...found, ...parts.flatMap(([key, ...rest]) => tilesOf(key, names, ...rest)));
	}

	function tilesOf(key, names, indices, from, owner = state.model) {
		const place = made("div", { className: "tiles" });
		const wanted = new Set(indices);
		list.showTiles(place, from.filter(({ index }) => wanted.has(index)), owner);
		return [made("h3", { textContent: say(`errors.${key}`, { ...names, count: indices.length }) }), place];
	}

	return { show };
}

function verdict(names, fixed, added, both, p) {
	const counts = { ...names, fixed: fixed.length, added: added.length, both: both.length };
	const chance = { p: p < 0.001 ? say("errors.tiny") : `p = ${number(p, 3)}`, share: p < 0.001 ? say("errors.tiny_share") : counted(p, p < 0.1 ? 1 : 0) };
	const better = fixed.length > added.length ? names.other : names.model;
	const meaning = p < SURE ? say("errors.not_chance", { ...chance, better }) : say("errors.chance", chance);
	const words = made("div", {}, made("p", { className: "verdict", textContent: say("errors.compared", counts) }));
	words.append(made("p", { textContent: meaning }), made("p", { className: "note", textContent: say("errors.mcnemar") }));
	return words;
}

// McNemar's table of four.
function table({ model, other }, images, fixed, added, both) {
	const right = images - fixed.length - added.length - both.length;
	const cells = (name, ...values) => values.map((value) => made(name, { textContent: value }));
	const head = made("tr", {}, made("td"), ...cells("th", say("errors.reads", { model: other }), say("errors.misreads", { model: other })));
	const rows = [
		[say("errors.reads", { model: model }), whole(right), whole(added.length)],
		[say("errors.misreads", { model: model }), whole(fixed.length), whole(both.length)],
	];
	const body = rows.map(([name, ...values]) => made("tr", {}, made("th", { scope: "row", textContent: name }), ...cells("td", ...values)));
	return made("table", { className: "four" }, head, ...body);
}
