// Why: the evidence for one digit, by one method, over the drawing.

const why = { method: "occlusion", label: null }; // the method that needs least explaining
const reason = panel.querySelector(".reason");

function choice(name, value, text, checked, onChoose) {
	const input = made("input", { type: "radio", name, value, checked });
	input.addEventListener("change", onChoose);
	return made("label", {}, input, made("span", { textContent: text }));
}

function offerReasons() {
	panel.querySelector(".methods").replaceChildren(
		...METHODS.map((method) =>
			choice("inside-method", method, say(`inside.${method}`), method === why.method, () => {
				why.method = method;
				askAgain();
			}),
		),
	);
	const labels = [null, ...Array.from({ length: 10 }, (_, digit) => digit)];
	panel.querySelector(".labels").replaceChildren(
		...labels.map((label) =>
			choice("inside-label", label ?? "", label ?? say("inside.predicted"), label === why.label, () => {
				why.label = label;
				askAgain();
			}),
		),
	);
}

function showWhy(found, { prediction, pixels }) {
	const evidence = unpack(found.evidence);
	const ink = unpack(pixels).values;
	const words = made("div", { className: "why-words" });
	const chosen = prediction.probabilities[found.label];
	words.append(made("p", { className: "claim", textContent: say("inside.claim", { label: found.label, share: percent(chosen, 1) }) }));
	if (found.note) words.append(made("p", { className: "note", textContent: say(found.note) }));
	words.append(made("p", { textContent: say(`explain.${found.method}`) }));
	if (found.total !== null) {
		const sums = { total: number(found.total), expected: number(found.expected) };
		words.append(made("p", { className: "sums", textContent: say("inside.complete", sums) }));
	}
	const nothing = found.note === "explain.nothing" || found.note === "explain.no_maps" || found.note === "explain.none_for";
	const values = nothing && found.note !== "explain.none_for" ? new Float32Array(SIDE * SIDE) : evidence.values;
	const map = picture(values, [SIDE, SIDE], { signed: true, ink }, say("inside.evidence", { label: found.label }));
	const legend = made("p", { className: "legend" }, say("inside.against"), made("i", { className: "signed" }), say("inside.for"));
	reason.replaceChildren(made("div", { className: "big" }, map, legend), words);
}
