// Where each network's answer flips as one perturbation grows.

function offerBreaking() {
	panel.querySelector(".pick-one").replaceChildren(
		picker(bend.name, (name) => {
			bend.name = name;
			Object.assign(bend.stack[0], { name, strength: start(name) });
			bend.touched = 0;
			offerStack();
			askAgain();
		}),
	);
}

function showBreaking({ name, models: found }) {
	const [first, second] = Object.values(found)[0].strengths;
	const hint = `${descriptionOf(name)} ${say("stress.steps", { step: finely(name, second - first) })}`;
	panel.querySelector("[data-panel=breaking] .hint").textContent = hint;
	const rows = Object.entries(found).map(([model, one]) => verdictRow(name, model, one));
	panel.querySelector(".verdicts").replaceChildren(...rows);
	const lines = Object.entries(found).flatMap(([model, one]) => [
		{ model, strengths: one.strengths, shares: one.kept, mark: one.strength === null ? -1 : one.strengths.indexOf(one.strength) },
		...(one.test ? [{ model, strengths: one.test.strengths, shares: one.test.accuracy, dashed: true }] : []),
	]);
	const sign = (className, key) => made("span", {}, made("i", { className }), say(key));
	const key = made("p", { className: "legend" }, sign("solid", "stress.this_digit"));
	if (lines.some(({ dashed }) => dashed)) key.append(sign("dashes", "stress.test_digits"));
	key.append(sign("dot", "stress.breaks_here"));
	const words = rows.map((row) => row.textContent).join(" ");
	panel.querySelector(".chart").replaceChildren(chart(name, lines, words), key);
}

function verdictRow(name, model, one) {
	const words = made("p", {}, made("b", { textContent: model }), " ", ...breakWords(name, one));
	const row = made("li", { data: { model } }, dot(model), words);
	if (one.image) row.append(broken(name, one));
	return row;
}

// The digit where an answer flips.
const broken = (name, { image, strength }) =>
	picture(unpack(image).values, [SIDE, SIDE], { limit: 1 }, say("stress.at", { strength: amount(name, strength) }));

function breakWords(name, { before, strength, after, test }) {
	if (before === null && strength === null) return [say("stress.never_read")];
	if (strength === null) return [say("stress.holds", { label: before })];
	const values = { before: before ?? "–", after, strength: amount(name, strength) };
	const flips = say(after === null ? "stress.gives_up" : before === null ? "stress.starts" : "stress.flips", values);
	if (!test || before === null) return [flips];
	const right = between(test.strengths, test.accuracy, strength);
	const compared = say(right >= 0.5 ? "stress.weaker" : "stress.stronger", { share: percent(right) });
	return [flips, " ", made("small", { textContent: compared })];
}

// The value at x of what is known at the ascending xs, along straight lines.
function between(xs, ys, x) {
	const after = Math.max(1, xs.findIndex((one) => one >= x));
	const share = (x - xs[after - 1]) / (xs[after] - xs[after - 1]);
	return ys[after - 1] + share * (ys[after] - ys[after - 1]);
}
