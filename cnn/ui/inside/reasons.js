// Why: the evidence for one digit, by one method, over the drawing.

// From what needs least explaining on; a method that is not named here comes after them.
const LEARNT = ["occlusion", "saliency", "smoothgrad", "integrated_gradients", "grad_cam"];
const why = { method: LEARNT[0], label: null };
const reason = panel.querySelector(".reason");

function offerReasons() {
	const methods = [...LEARNT, ...METHODS].filter((method, index, all) => METHODS.includes(method) && all.indexOf(method) === index);
	panel.querySelector(".methods").replaceChildren(
		...methods.map((method) =>
			choice("inside-method", method, say(`inside.${method}`), method === why.method, () => {
				why.method = method;
				askAgain();
			}),
		),
	);
	const labels = labelChoices("inside-label", why.label, (label) => {
		why.label = label;
		askAgain();
	});
	panel.querySelector(".asks .choice")?.remove();
	panel.querySelector(".asks").append(labels);
}

// The digit that is asked about: the one the network says, or any.
function labelChoices(name, chosen, onChoose) {
	const field = made("fieldset", { className: "choice labels" });
	field.setAttribute("aria-label", say("inside.label"));
	for (const label of [null, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
		field.append(choice(name, label ?? "", label ?? say("inside.predicted"), label === chosen, () => onChoose(label)));
	}
	return field;
}

function showWhy(found, { prediction, pixels }) {
	const evidence = unpack(found.evidence);
	const ink = unpack(pixels).values;
	const words = made("div", { className: "why-words" });
	const chosen = prediction.probabilities[found.label];
	const claim = say("inside.claim", { label: found.label, share: nearly(chosen) });
	words.append(made("p", { className: "claim", textContent: claim }));
	if (found.note) words.append(made("p", { className: "note", textContent: say(found.note) }));
	words.append(made("p", { textContent: say(`explain.${found.method}`) }), made("p", { textContent: say("explain.lead") }));
	if (found.total !== null) {
		const sums = say("inside.complete", { total: number(found.total), expected: number(found.expected) });
		words.append(made("p", { className: "sums", textContent: found.complete ? sums : `${sums} ${say("explain.incomplete")}` }));
	}
	const map = picture(evidence.values, [SIDE, SIDE], { signed: true, ink }, say("inside.evidence", { label: found.label }));
	const legend = made("p", { className: "legend" }, say("inside.against", { label: found.label }), made("i", { className: "signed" }));
	legend.append(say("inside.for", { label: found.label }), made("i", { className: "stroke" }), say("inside.ink"));
	reason.replaceChildren(made("div", { className: "big" }, map, legend), words);
	sayAloud([claim, found.note && say(found.note)].filter(Boolean).join(" "));
}
