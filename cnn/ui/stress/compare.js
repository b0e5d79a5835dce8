// The digit under a stack of perturbations, and every network's answer before and after.

import { choices, figure, made } from "../web/dom.js";
import { className, classesOf, colourOf, dot, networkNote } from "../web/networks.js";
import { paintValues, picture, squareOf, unpack } from "../web/paint.js";
import { language, networkName, say } from "../web/say.js";
import { answerAloud, answerWords, blankFor } from "../web/views.js";
import { amount, bends, descriptionOf, labelOf, picker, start } from "./perturbations.js";

/** @typedef {import("../web/types.js").CompareView} CompareView */
/** @typedef {import("../web/types.js").Look} Look */
/** @typedef {import("../web/types.js").StressAnswer} StressAnswer */

export function compareView(desk) {
	const { panel, bend } = desk;
	const cards = new Map(); // model -> the parts of its card

	function offer() {
		panel.querySelector(".stack").replaceChildren(...bend.stack.map(stackRow));
		panel.querySelector("[data-act=add]").disabled = bend.stack.length >= desk.most;
		desk.showSeed();
		offerAgainst();
	}

	function stackRow(row, place) {
		const { minimum, maximum, step } = bends[row.name];
		const slider = made("input", { type: "range", min: minimum, max: maximum, step, value: row.strength });
		slider.setAttribute("aria-label", say("stress.strength", { name: labelOf(row.name) }));
		const shown = made("output", { textContent: amount(row.name, row.strength) });
		slider.setAttribute("aria-valuetext", shown.textContent);
		slider.addEventListener("input", () => {
			bend.touched = place;
			row.strength = Number(slider.value);
			shown.textContent = amount(row.name, row.strength);
			slider.setAttribute("aria-valuetext", shown.textContent);
			desk.askAgain();
		});
		const select = picker(row.name, (name) => {
			Object.assign(row, { name, strength: start(name) });
			if (place === 0) bend.name = name; // the other view goes on with it
			changeStack(".stack select", place);
		});
		const item = made("li", {}, select, slider, shown);
		if (bend.stack.length > 1) {
			const remove = made("button", { type: "button", className: "remove", textContent: "×", title: say("stress.remove") });
			remove.setAttribute("aria-label", say("stress.remove"));
			remove.addEventListener("click", () => {
				bend.stack.splice(place, 1);
				changeStack(".stack select", Math.max(0, place - 1));
			});
			item.append(remove);
		}
		return item;
	}

	// The keyboard stays where something can be done.
	function changeStack(selector, place) {
		bend.touched = place;
		offer();
		panel.querySelectorAll(selector)[place]?.focus({ preventScroll: true });
		desk.askAgain();
	}

	// A worst case is worked out against one network; the others get the same picture.
	function offerAgainst() {
		const place = panel.querySelector(".against");
		place.replaceChildren();
		if (desk.models.length < 2 || !bend.stack.some(({ name }) => bends[name].worst_case)) return;
		const chosen = bend.against ?? desk.latest.prediction.model;
		const words = { label: say("stress.against"), words: networkName };
		const field = choices("stress-against", desk.models, chosen, words, (model) => {
			bend.against = model;
			desk.askAgain();
		});
		place.append(made("span", { className: "ask", textContent: say("stress.against") }), field);
	}

	/** @param {CompareView} view @param {StressAnswer} answer */
	function show({ image, models: looks }, { pixels }) {
		const ink = { before: unpack(pixels).values, after: unpack(image).values, shape: unpack(image).shape };
		panel.querySelector("[data-panel=compare] .detailed").textContent = descriptionOf((bend.stack[bend.touched] ?? bend.stack.at(-1)).name);
		showDuel(ink);
		const list = panel.querySelector(".answers");
		if ([...cards.keys()].join() !== Object.keys(looks).join() || list.dataset.language !== language()) {
			cards.clear();
			list.dataset.language = language();
			list.replaceChildren(...Object.keys(looks).map(answerCard));
		}
		for (const [model, [before, after]] of Object.entries(looks)) paintCard(cards.get(model), before, after, ink);
		const legend = panel.querySelector("[data-panel=compare] .legend");
		const evidence = made("span", {}, say("stress.evidence_against"), made("i", { className: "signed" }), say("stress.evidence_for"));
		legend.replaceChildren(evidence, made("span", {}, made("i", { className: "before" }), say("stress.bar_before")));
	}

	function showDuel(ink) {
		const place = panel.querySelector(".duel");
		if (place.dataset.language !== language()) {
			place.dataset.language = language();
			const parts = ["before", "after"].map((when) => figure(picture(ink[when], ink.shape, {}, say(`stress.${when}`)), say(`stress.${when}`)));
			place.replaceChildren(parts[0], made("span", { className: "becomes", textContent: "→", ariaHidden: "true" }), parts[1]);
		}
		const canvases = place.querySelectorAll("canvas");
		paintValues(canvases[0], ink.before, ink.shape, { limit: 1 });
		paintValues(canvases[1], ink.after, ink.shape, { limit: 1 });
	}

	function answerCard(model) {
		const signs = made("p", { className: "signs" });
		const bars = made("ol", { className: "bars", ariaHidden: "true" });
		for (const name of classesOf(model)) bars.append(made("li", {}, made("span", { className: "track" }, made("i"), made("u")), made("b", { textContent: name })));
		bars.style.setProperty("--classes", classesOf(model).length);
		const evidence = ["before", "after"].map((when) => figure(picture(blankFor(model), squareOf(blankFor(model))), say(`stress.${when}`)));
		const card = made("li", { data: { model } }, made("h3", {}, dot(model), networkName(model)), made("p", { className: "note", textContent: networkNote(model) }), signs, bars, made("div", { className: "evidence" }, ...evidence));
		card.style.setProperty("--own", colourOf(model));
		cards.set(model, { card, signs, bars: [...bars.children], canvases: evidence.map((one) => one.querySelector("canvas")), model });
		return card;
	}

	/** @param {any} card @param {Look} before @param {Look} after @param {any} ink */
	function paintCard({ card, signs, bars, canvases, model }, before, after, ink) {
		const [was, is] = [before, after].map(({ prediction }) => answerWords(prediction));
		card.classList.toggle("flipped", before.prediction.label !== after.prediction.label);
		const sign = ({ digit, verdict }) => made("span", {}, made("b", { textContent: digit || "–" }), made("small", { textContent: verdict }));
		signs.replaceChildren(sign(was), made("span", { className: "becomes", textContent: "→", ariaHidden: "true" }), sign(is));
		card.setAttribute("aria-label", say("stress.answer", { model, before: answerAloud(before.prediction), after: answerAloud(after.prediction) }));
		bars.forEach((bar, label) => {
			const [height, mark] = [after, before].map(({ prediction }) => 100 * prediction.probabilities[label]);
			bar.querySelector("i").style.height = `${height}%`;
			bar.querySelector("u").style.bottom = `${mark}%`;
			bar.classList.toggle("best", label === after.prediction.label); // none, where it refuses
		});
		[before, after].forEach(({ evidence, prediction }, which) => {
			const under = which ? ink.after : ink.before;
			paintValues(canvases[which], unpack(evidence).values, ink.shape, { signed: true, ink: under });
			canvases[which].setAttribute("aria-label", say("stress.evidence", { label: prediction.best_guess === null ? "–" : className(model, prediction.best_guess) }));
		});
	}

	const aloud = ({ models: looks }) =>
		Object.entries(looks)
			.map(([model, [before, after]]) => say("stress.answer", { model, before: answerAloud(before.prediction), after: answerAloud(after.prediction) }))
			.join(" ");

	return { offer, show, aloud, change: changeStack, ask: () => ({ view: "compare", stack: bend.stack, seed: bend.seed, against: bend.against }) };
}

