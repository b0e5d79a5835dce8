// The report card: where each network breaks under every perturbation, a row at a time.

import { made, renew } from "../web/dom.js";
import { className, colourOf, dot } from "../web/networks.js";
import { counted } from "../web/numbers.js";
import { picture, unpack } from "../web/paint.js";
import { networkName, say } from "../web/say.js";
import { broken } from "./breaking.js";
import { bendNames, bends, finely, labelOf } from "./perturbations.js";

/** @typedef {import("../web/types.js").Broken} Broken */
/** @typedef {import("../web/types.js").CardView} CardView */
/** @typedef {import("../web/types.js").StressAnswer} StressAnswer */

const WORST = 5; // rows shown unless all are asked for
const PAGE = { margin: 32, name: 240, column: 300, row: 44, head: 196, scale: 2 }; // of the card as an image

export function cardView(desk) {
	const { panel, bend } = desk;
	const card = { of: "", rows: new Map(), all: false };

	// Rows of another digit, or another seed, are no rows of this card.
	function cardOf(answer) {
		const of = `${answer.pixels.data} ${bend.seed} ${Object.keys(answer.card?.models ?? {})}`;
		if (of === card.of) return;
		card.of = of;
		card.rows.clear();
	}

	const missing = () => bendNames().find((name) => !card.rows.has(name));
	const ask = () => ({ view: "card", name: missing() ?? bendNames()[0], seed: bend.seed });

	/** @param {CardView} row @param {StressAnswer} answer */
	function show(row, answer) {
		if (answer.asked.view !== "card" || answer.asked.seed !== bend.seed) return;
		cardOf(answer);
		card.rows.set(row.name, row.models);
		paintReport();
		if (desk.view === "card" && missing()) desk.askBeside(ask());
	}

	function paintReport() {
		const table = panel.querySelector(".report");
		table.style.setProperty("--networks", desk.models.length);
		const head = made("tr", {}, made("td"), ...desk.models.map((model) => made("th", { scope: "col" }, dot(model), networkName(model))));
		const rows = shownRows().map((name) => {
			const cells = desk.models.map((model) => reportCell(name, model, card.rows.get(name)[model]));
			return made("tr", {}, made("th", { scope: "row" }, rowName(name)), ...cells);
		});
		renew(table, made("thead", {}, head), made("tbody", {}, ...rows));
		const done = !missing();
		const counts = { done: card.rows.size, all: bendNames().length, worst: WORST };
		panel.querySelector("[data-act=download]").disabled = !done;
		const all = panel.querySelector("[data-act=all]");
		all.textContent = say(card.all ? "stress.show_worst" : "stress.show_all", counts);
		all.hidden = false; // it had no words
		panel.querySelector(".which").textContent = say(card.all ? "stress.all_rows" : "stress.worst_rows", counts);
		const summary = panel.querySelector(".summary");
		summary.classList.toggle("working", !done);
		summary.textContent = done ? cardWords() : say("stress.progress", counts);
	}

	// Of what has come, all in the perturbations' order, or those under which least of the range holds, the worst first.
	function shownRows() {
		const names = bendNames().filter((name) => card.rows.has(name));
		if (card.all) return names;
		const held = (name) => mean(scored().map((model) => heldShare(name, card.rows.get(name)[model])));
		return names.sort((one, other) => held(one) - held(other)).slice(0, WORST);
	}

	// The networks that read the digit: what was not read before is not scored.
	const wasRead = (model) => [...card.rows.values()].every((row) => row[model].before !== null);
	const scored = () => desk.models.filter(wasRead);
	// A row's name opens its breaking point.
	function rowName(name) {
		const button = made("button", { type: "button", textContent: labelOf(name) });
		button.addEventListener("click", () => {
			bend.name = name;
			desk.views.breaking.offer();
			const tab = panel.querySelector("[data-view=breaking]");
			tab.click();
			tab.focus({ preventScroll: true });
		});
		return button;
	}

	/** @param {string} name @param {string} model @param {Broken} one */
	function reportCell(name, model, one) {
		const parts = bars(name, one).map(([from, to, again]) => {
			const part = made("i", { className: again ? "again" : "" });
			part.style.cssText = `left: ${100 * from}%; width: ${100 * (to - from)}%; --own: ${colourOf(model)}`;
			return part;
		});
		const bar = made("div", {}, made("span", { className: "track" }, ...parts), made("small", { textContent: shortly(name, model, one) }));
		return made("td", {}, made("div", { className: "cell" }, ...(one.image ? [broken(name, one)] : []), bar));
	}

	// Over how much of all ranges each network's answer holds, how often it broke into a wrong digit rather than none, and
	// which networks have no part in this.
	function cardWords() {
		const names = [...card.rows.keys()];
		const order = scored()
			.map((model) => [model, mean(names.map((name) => heldShare(name, card.rows.get(name)[model])))])
			.sort((a, b) => b[1] - a[1]);
		const broke = order.flatMap(([model]) => {
			const firsts = names.map((name) => card.rows.get(name)[model].breaks[0]).filter(Boolean);
			const wrong = firsts.filter(({ after }) => after !== null).length;
			return firsts.length ? [say("stress.of", { model, wrong, all: firsts.length })] : [];
		});
		const parts = {
			"stress.summary": order.map(([model, share]) => `${networkName(model)} ${counted(share)}`),
			"stress.broke": broke,
			"stress.unscored": desk.models.filter((model) => !wasRead(model)).map(networkName),
		};
		const filled = Object.entries(parts).filter(([, list]) => list.length);
		return filled.map(([key, list]) => say(key, { list: list.join(", ") })).join(" ");
	}

	// ------------------------------------------------------------------ as an image

	function downloadCard() {
		const { margin, name: names, column, row, head, scale } = PAGE;
		const canvas = made("canvas");
		canvas.width = scale * (2 * margin + names + column * desk.models.length);
		canvas.height = scale * (2 * margin + head + row * bendNames().length);
		const context = canvas.getContext("2d");
		const colour = (variable) => getComputedStyle(panel).getPropertyValue(variable);
		context.scale(scale, scale);
		context.fillStyle = colour("--card");
		context.fillRect(0, 0, canvas.width, canvas.height);
		context.imageSmoothingEnabled = false;
		context.textBaseline = "middle";
		const right = canvas.width / scale - margin;
		const write = (text, x, y, font, ink = "--text", room = right - x) => {
			context.font = `${font} ${getComputedStyle(panel).fontFamily}`;
			context.fillStyle = colour(ink);
			const lines = wrapped(text, (words) => context.measureText(words).width <= room);
			lines.forEach((line, at) => context.fillText(line, x, y + 20 * (at - (lines.length - 1) / 2)));
		};
		const draw = (packed, x, y, side) => {
			const { values, shape } = unpack(packed);
			const small = picture(values, shape, { limit: 1 });
			context.drawImage(small, x, y, side, side);
		};
		draw(desk.latest.pixels, margin, margin, 84);
		write(say("stress.card_title"), margin + 104, margin + 18, "600 22px");
		const foot = [say("stress.card_foot", { seed: bend.seed }), desk.fromTest(desk.latest)];
		write(cardWords(), margin + 104, margin + 66, "14px", "--soft");
		write(foot.filter(Boolean).join(" "), margin + 104, margin + 120, "14px", "--soft");
		desk.models.forEach((model, at) => write(networkName(model), margin + names + at * column, margin + head - 22, "600 15px"));
		bendNames().forEach((name, line) => {
			const y = margin + head + line * row;
			write(labelOf(name), margin, y + row / 2, "14px", "--text", names - 12);
			desk.models.forEach((model, at) => {
				const one = card.rows.get(name)[model];
				const x = margin + names + at * column;
				if (one.image) draw(one.image, x, y + 4, 36);
				context.fillStyle = colour("--well");
				context.fillRect(x + 46, y + 10, column - 70, 8);
				context.fillStyle = colour(colourOf(model).slice(4, -1));
				for (const [from, to, again] of bars(name, one)) {
					context.globalAlpha = again ? 0.4 : 1;
					context.fillRect(x + 46 + from * (column - 70), y + 10, Math.max(2, (to - from) * (column - 70)), 8);
				}
				context.globalAlpha = 1;
				write(shortly(name, model, one), x + 46, y + 30, "13px", "--soft", column - 50);
			});
		});
		canvas.toBlob((blob) => {
			const link = made("a", { href: URL.createObjectURL(blob), download: `${say("stress.card_file")}.png` });
			link.click();
			setTimeout(() => URL.revokeObjectURL(link.href));
		});
	}

	return {
		ask,
		show,
		paint: paintReport,
		download: downloadCard,
		toggle() {
			card.all = !card.all;
			paintReport();
		},
	};
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1);

// Where the answer holds, and where it is back after a break, as [from, to, back?] in shares of the range.
/** @param {string} name @param {Broken} one @returns {[number, number, boolean][]} */
function bars(name, { before, held, breaks }) {
	if (before === null) return [];
	const { minimum, maximum } = bends[name];
	const share = (strength) => (strength - minimum) / (maximum - minimum);
	const back = breaks.flatMap(({ again }) => again).map((span) => ({ span, again: true }));
	return [{ span: held, again: false }, ...back].map(({ span: [from, to], again }) => [share(from), share(to), again]);
}

/** @param {string} name @param {Broken} one */
function heldShare(name, one) {
	const [[from, to]] = bars(name, one);
	return to - from;
}

/** @param {string} name @param {string} model @param {Broken} one */
function shortly(name, model, { before, breaks }) {
	if (before === null) return say("stress.unread");
	if (!breaks.length) return say("stress.never");
	const { strength, after, again } = breaks[0];
	const flip = `${finely(name, strength)} → ${after === null ? say("stress.none") : className(model, after)}`;
	if (!again.length) return flip;
	const [from, to] = strength > bends[name].neutral ? again[0] : again.at(-1).toReversed();
	return `${flip}, ${say(from === to ? "stress.back_at" : "stress.back_from", { strength: finely(name, from) })}`;
}

// Words in lines that fit.
function wrapped(text, fits) {
	const lines = [""];
	for (const word of text.split(" ")) {
		const longer = `${lines.at(-1)} ${word}`.trim();
		if (fits(longer)) lines[lines.length - 1] = longer;
		else lines.push(word);
	}
	return lines;
}
