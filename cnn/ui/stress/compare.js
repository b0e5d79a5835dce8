// The digit under a stack of perturbations, and every network's answer before and after.

const cards = new Map(); // model -> the parts of its card

function offerStack() {
	panel.querySelector(".stack").replaceChildren(...bend.stack.map(stackRow));
	panel.querySelector("[data-act=add]").disabled = bend.stack.length >= STACK;
	showSeed();
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
		askAgain();
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
	offerStack();
	panel.querySelectorAll(selector)[place]?.focus({ preventScroll: true });
	askAgain();
}

// A worst case is worked out against one network; the others get the same picture.
function offerAgainst() {
	const place = panel.querySelector(".against");
	place.replaceChildren();
	if (models.length < 2 || !bend.stack.some(({ name }) => bends[name].worst_case)) return;
	const chosen = bend.against ?? latest.prediction.model;
	const words = labelled(say("stress.against"), networkName);
	const field = choices("stress-against", models, chosen, words, (model) => {
		bend.against = model;
		askAgain();
	});
	place.append(made("span", { className: "ask", textContent: say("stress.against") }), field);
}

function showCompare({ image, models: looks }, { pixels }) {
	const ink = { before: unpack(pixels).values, after: unpack(image).values };
	panel.querySelector("[data-panel=compare] .hint").textContent = descriptionOf((bend.stack[bend.touched] ?? bend.stack.at(-1)).name);
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
		const parts = ["before", "after"].map((when) => figure(picture(ink[when], [SIDE, SIDE], {}, say(`stress.${when}`)), say(`stress.${when}`)));
		place.replaceChildren(parts[0], made("span", { className: "becomes", textContent: "→", ariaHidden: "true" }), parts[1]);
	}
	const canvases = place.querySelectorAll("canvas");
	paintValues(canvases[0], ink.before, [SIDE, SIDE], { limit: 1 });
	paintValues(canvases[1], ink.after, [SIDE, SIDE], { limit: 1 });
}

function answerCard(model) {
	const signs = made("p", { className: "signs" });
	const bars = made("ol", { className: "bars", ariaHidden: "true" });
	for (let label = 0; label < 10; label++) bars.append(made("li", {}, made("span", { className: "track" }, made("i"), made("u")), made("b", { textContent: label })));
	const evidence = ["before", "after"].map((when) => figure(picture(new Float32Array(SIDE * SIDE), [SIDE, SIDE]), say(`stress.${when}`)));
	const card = made("li", { data: { model } }, made("h3", {}, dot(model), networkName(model)), made("p", { className: "note", textContent: networkNote(model) }), signs, bars, made("div", { className: "evidence" }, ...evidence));
	card.style.setProperty("--own", colourOf(model));
	cards.set(model, { card, signs, bars: [...bars.children], canvases: evidence.map((one) => one.querySelector("canvas")), model });
	return card;
}

function paintCard({ card, signs, bars, canvases, model }, before, after, ink) {
	const [was, is] = [before, after].map(({ prediction }) => answerWords(prediction));
	card.classList.toggle("flipped", before.prediction.label !== after.prediction.label);
	const sign = ({ digit, verdict }) => made("span", {}, made("b", { textContent: digit || "–" }), made("small", { textContent: verdict }));
	signs.replaceChildren(sign(was), made("span", { className: "becomes", textContent: "→", ariaHidden: "true" }), sign(is));
	card.setAttribute("aria-label", say("stress.answer", { model, before: said(was), after: said(is) }));
	bars.forEach((bar, label) => {
		const [height, mark] = [after, before].map(({ prediction }) => 100 * prediction.probabilities[label]);
		bar.querySelector("i").style.height = `${height}%`;
		bar.querySelector("u").style.bottom = `${mark}%`;
		bar.classList.toggle("best", label === after.prediction.best_guess);
	});
	[before, after].forEach(({ evidence, prediction }, which) => {
		const under = which ? ink.after : ink.before;
		paintValues(canvases[which], unpack(evidence).values, [SIDE, SIDE], { signed: true, ink: under });
		canvases[which].setAttribute("aria-label", say("stress.evidence", { label: prediction.best_guess ?? "–" }));
	});
}

const said = ({ digit, verdict }) => [digit, verdict].filter(Boolean).join(", ");

const compareAloud = ({ models: looks }) =>
	Object.entries(looks)
		.map(([model, [before, after]]) => say("stress.answer", { model, before: said(answerWords(before.prediction)), after: said(answerWords(after.prediction)) }))
		.join(" ");
