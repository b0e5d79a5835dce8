// Why: the evidence for one digit, by one method, over the drawing.

import { choice, classChoices, made } from "../web/dom.js";
import { className, classesOf } from "../web/networks.js";
import { nearly, number } from "../web/numbers.js";
import { picture, unpack } from "../web/paint.js";
import { language, say } from "../web/say.js";

/** @typedef {import("../web/types.js").InsideAnswer} InsideAnswer */
/** @typedef {import("../web/types.js").WhyView} WhyView */

// From what needs least explaining on; a method that is not named here comes after them.
const LEARNT = ["occlusion", "saliency", "smoothgrad", "integrated_gradients", "grad_cam"];

// The class that is asked about: the one the network says, or any.
const labelChoices = (name, model, chosen, onChoose) =>
	classChoices(name, classesOf(model), chosen, { label: say("inside.label"), any: say("inside.predicted") }, onChoose);

export function whyView(desk) {
	const { panel } = desk;
	const why = { method: LEARNT[0], label: null };
	const reason = panel.querySelector(".reason");

	function offer() {
		const methods = [...LEARNT, ...desk.methods].filter((method, index, all) => desk.methods.includes(method) && all.indexOf(method) === index);
		panel.querySelector(".methods").replaceChildren(
			...methods.map((method) =>
				choice("inside-method", method, say(`inside.${method}`), method === why.method, () => {
					why.method = method;
					desk.askAgain();
				}),
			),
		);
		offerLabels(desk.latest.prediction?.model);
	}

	// The classes to ask about are the network's; a click is never lost to an answer that comes.
	function offerLabels(model) {
		const place = panel.querySelector(".asks");
		const key = `${language()} ${classesOf(model)}`;
		if (place.dataset.classes === key) return;
		place.dataset.classes = key;
		const labels = labelChoices("inside-label", model, why.label, (label) => {
			why.label = label;
			desk.askAgain();
		});
		place.querySelector(".choice")?.remove();
		place.append(labels);
	}

	/** @param {WhyView} found @param {InsideAnswer} answer */
	function show(found, { prediction, pixels }) {
		offerLabels(prediction.model);
		const evidence = unpack(found.evidence);
		const ink = unpack(pixels).values;
		const label = className(prediction.model, found.label);
		const words = made("div", { className: "why-words" });
		const chosen = prediction.probabilities[found.label];
		const claim = say("inside.claim", { label, share: nearly(chosen) });
		words.append(made("p", { className: "claim", textContent: claim }));
		if (found.note) words.append(made("p", { className: "note", textContent: say(found.note) }));
		words.append(made("p", { textContent: say(`explain.${found.method}`) }), made("p", { textContent: say("explain.lead") }));
		if (found.total !== null) {
			const sums = say("inside.complete", { total: number(found.total), expected: number(found.expected) });
			words.append(made("p", { className: "sums", textContent: found.complete ? sums : `${sums} ${say("explain.incomplete")}` }));
		}
		const map = picture(evidence.values, evidence.shape, { signed: true, ink }, say("inside.evidence", { label }));
		const legend = made("p", { className: "legend" }, say("inside.against", { label }), made("i", { className: "signed" }));
		legend.append(say("inside.for", { label }), made("i", { className: "stroke" }), say("inside.ink"));
		reason.replaceChildren(made("div", { className: "big" }, map, legend), words);
		desk.sayAloud([claim, found.note && say(found.note)].filter(Boolean).join(" "));
	}

	return { offer, show, ask: () => ({ view: "why", method: why.method, label: why.label }) };
}
