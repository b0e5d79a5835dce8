// What is found in trials, as parts of a page: of one person's, and of a class's.

import { figure, made } from "../web/dom.js";
import { confusionMatrix } from "../web/matrix.js";
import { percent } from "../web/numbers.js";
import { inkOf, picture, squareOf } from "../web/paint.js";
import { say } from "../web/say.js";
import { confusions, tried } from "./figures.js";
import { between, classesIn, failure, nameOf } from "./observations.js";

// A rate with its interval: a bar, and a bracket over where the true rate may lie.
export function meter({ share, low, high }) {
	const node = made("span", { className: "meter" }, made("i"), made("u"));
	node.setAttribute("aria-hidden", "true");
	for (const [name, value] of Object.entries({ share: share ?? 0, low, high })) node.style.setProperty(`--${name}`, value);
	node.classList.toggle("none", share === null);
	return node;
}

// `names` say what each of the `rates` is of, `caption` what the brackets are.
export function ratesTable(names, rates, caption = say("trials.bracket")) {
	const table = made("table", { className: "rates" }, made("caption", { textContent: caption }));
	rates.forEach((one, at) => {
		const head = made("th", { scope: "row", textContent: names[at] });
		const words = one.count ? say("trials.right_of", { hits: one.hits, count: one.count }) : "–";
		const share = one.count ? percent(one.share) : "";
		table.append(
			made("tr", {}, head, made("td", {}, meter(one)), made("td", { className: "share", textContent: share }), made("td", { className: "of", textContent: words })),
		);
		if (one.count) table.lastChild.title = between(one);
	});
	return table;
}

export function card(title, ...content) {
	return made("section", { className: "finding" }, made("h3", { textContent: title }), ...content);
}

export function drawing(trial) {
	const values = inkOf(trial.pixels);
	return figure(picture(values, squareOf(values), { limit: 255 }, failure(trial)), failure(trial));
}

export function matrix(trials, title) {
	const classes = classesIn(trials);
	const rows = tried(trials, classes.length).map((meant) => nameOf(meant, classes));
	const name = (row, said, count) => say("trials.cell", { meant: rows[row], said: classes[said] ?? "?", count });
	const words = { caption: say("trials.matrix_caption"), name, rows };
	return card(title, confusionMatrix(confusions(trials, classes.length), classes, words));
}

// The pictures of what was misread, or that there is none.
export function gallery(misread) {
	if (misread.length === 0) return made("p", { className: "note", textContent: say("trials.no_failures") });
	return made("div", { className: "gallery" }, ...misread.map(drawing));
}
