// Where each network's answer flips as one perturbation grows.

import { made } from "../web/dom.js";
import { className, dot } from "../web/networks.js";
import { counted } from "../web/numbers.js";
import { picture, unpack } from "../web/paint.js";
import { language, networkName, say } from "../web/say.js";
import { chart } from "./chart.js";
import { descriptionOf, finely, picker, start } from "./perturbations.js";

/** @typedef {import("../web/types.js").BreakingView} BreakingView */
/** @typedef {import("../web/types.js").Broken} Broken */
/** @typedef {import("../web/types.js").BrokenCurve} BrokenCurve */

const HALF = 0.05; // a share so close to a half is about one

export function breakingView(desk) {
	const { panel, bend } = desk;

	function offer() {
		panel.querySelector(".pick-one").replaceChildren(
			picker(bend.name, (name) => {
				bend.name = name;
				Object.assign(bend.stack[0], { name, strength: start(name) });
				bend.touched = 0;
				desk.views.compare.offer();
				desk.askAgain();
			}),
		);
	}

	/** @param {BreakingView} view */
	function show({ name, models: found }) {
		const [first, second] = Object.values(found)[0].strengths;
		const hint = `${descriptionOf(name)} ${say("stress.steps", { step: finely(name, second - first) })}`;
		panel.querySelector("[data-panel=breaking] .detailed").textContent = hint;
		const rows = Object.entries(found).map(([model, one]) => verdictRow(name, model, one));
		panel.querySelector(".verdicts").replaceChildren(...rows);
		/** @type {any[]} */
		const lines = Object.entries(found).flatMap(([model, one]) => [
			...(one.before === null ? [] : [{ model, strengths: one.strengths, shares: one.kept, ...turns(one) }]), // no first answer, no curve
			...(one.test ? [{ model, strengths: one.test.strengths, shares: one.test.accuracy, dashed: true }] : []),
		]);
		const bands = Object.entries(found).map(([model, { strengths, labels, before }]) => ({ model, strengths, labels, before }));
		const sign = (className, key) => made("span", {}, made("i", { className }), say(key));
		const key = made("p", { className: "legend" }, sign("solid", "stress.this_digit"));
		if (lines.some(({ dashed }) => dashed)) key.append(sign("dashes", "stress.test_digits"));
		key.append(sign("dot", "stress.breaks_here"));
		if (lines.some(({ back }) => back?.length)) key.append(sign("dot back", "stress.back_here"));
		key.append(sign("band", "stress.band"));
		const words = rows.map((row) => row.textContent).join(" ");
		panel.querySelector(".chart").replaceChildren(chart(name, lines, bands, words, panel.clientWidth), key);
	}

	return { offer, show, ask: () => ({ view: "breaking", name: bend.name, seed: bend.seed }) };
}

// The places on a curve at which the answer flips, and at which it is back: seen from the neutral strength.
/** @param {BrokenCurve} curve */
function turns({ strengths, breaks, held }) {
	const back = breaks.flatMap(({ again }) => again.map(([from, to]) => (from > held[1] ? from : to)));
	return { flips: breaks.map(({ strength }) => strengths.indexOf(strength)), back: back.map((strength) => strengths.indexOf(strength)) };
}

/** @param {string} name @param {string} model @param {BrokenCurve} one */
function verdictRow(name, model, one) {
	const words = made("p", {}, made("b", { textContent: networkName(model) }), " ", ...breakWords(name, model, one));
	const row = made("li", { data: { model } }, dot(model), words);
	if (one.image) row.append(broken(name, one));
	return row;
}

// The digit where an answer flips.
/** @param {string} name @param {Broken} curve */
export function broken(name, { image, breaks: [{ strength }] }) {
	const { values, shape } = unpack(image);
	return picture(values, shape, { limit: 1 }, say("stress.at", { strength: finely(name, strength) }));
}

/** @param {string} name @param {string} model @param {BrokenCurve} one */
function breakWords(name, model, { before, breaks, test }) {
	const named = (label) => (label === null ? null : className(model, label));
	const [nearest, other] = breaks;
	if (before === null && !nearest) return [say("stress.never_read")];
	if (!nearest) return [say("stress.holds", { label: named(before) })];
	const values = ({ strength, after }) => ({ before: named(before), after: named(after), strength: finely(name, strength) });
	if (before === null) return [say("stress.starts", values(nearest))];
	const words = [say(nearest.after === null ? "stress.gives_up" : "stress.flips", values(nearest))];
	if (other) words.push(say(other.after === null ? "stress.gives_up_too" : "stress.flips_too", values(other)));
	const back = breaks.flatMap(({ again }) => again);
	if (back.length) words.push(say("stress.again", { before: named(before), where: listed(back.map((span) => spanWords(name, span))) }));
	if (test) {
		const right = between(test.strengths, test.accuracy, nearest.strength);
		const compared = Math.abs(right - 0.5) < HALF ? "stress.usual" : right > 0.5 ? "stress.weaker" : "stress.stronger";
		words.push(made("small", { textContent: say(compared, { share: counted(right) }) }));
	}
	return words.flatMap((one) => [one, " "]).slice(0, -1);
}

const listed = (words) => new Intl.ListFormat(language()).format(words);

/** @param {string} name @param {number[]} span */
function spanWords(name, [from, to]) {
	const ends = { from: finely(name, from), to: finely(name, to) };
	return say(from === to ? "stress.where" : "stress.from_to", ends);
}

// The value at x of what is known at the ascending xs, along straight lines.
function between(xs, ys, x) {
	const after = Math.max(1, xs.findIndex((one) => one >= x));
	const share = (x - xs[after - 1]) / (xs[after] - xs[after - 1]);
	return ys[after - 1] + share * (ys[after] - ys[after - 1]);
}
