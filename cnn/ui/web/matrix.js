// A confusion matrix: a row for each class that was meant, a column for each that was said. Knows no data.

import { areWords, made } from "./dom.js";

// `counts` has a row for each of `classes`, and more where what is none of them was tried, with as many numbers as there
// are classes or one more, for what was refused: that is right in the further rows. `name(row, column, count)` says a cell
// aloud; with `onChoose`, cells that count something are buttons, and `chosen` is the [row, column] that is open; `rows`
// are what the rows are called.
export function confusionMatrix(counts, classes, { caption, name, onChoose = null, chosen = null, rows = classes }) {
	const hit = (meant) => Math.min(meant, classes.length);
	const most = Math.max(1, ...counts.flatMap((row, meant) => row.filter((_, said) => said !== hit(meant))));
	const cell = (count, meant, said) => {
		const right = said === hit(meant);
		const content = count ? cellContent(count, name(meant, said, count), onChoose && (() => onChoose(meant, said))) : made("span");
		if (onChoose && count) content.setAttribute("aria-pressed", chosen?.[0] === meant && chosen?.[1] === said);
		const place = made("td", { className: right ? "hit" : "" }, content);
		// Rare errors stay visible beside frequent ones.
		if (count && !right) place.style.setProperty("--share", Math.sqrt(count / most));
		return place;
	};
	const columns = counts[0].map((_, said) => made("th", { scope: "col", textContent: classes[said] ?? "?" }));
	const lines = counts.map((row, meant) =>
		made("tr", {}, made("th", { scope: "row", textContent: rows[meant] }), ...row.map((count, said) => cell(count, meant, said))),
	);
	const head = made("thead", {}, made("tr", {}, made("td"), ...columns));
	const table = made("table", { className: areWords(classes) ? "matrix words" : "matrix" }, head, made("tbody", {}, ...lines));
	table.classList.toggle("more-rows", rows.length > classes.length);
	table.setAttribute("aria-label", caption);
	table.style.setProperty("--columns", columns.length + 1);
	// The caption stays where the table scrolls.
	return made("div", {}, made("div", { className: "matrix-box" }, table), made("p", { className: "matrix-caption", textContent: caption }));
}

function cellContent(count, words, onClick) {
	const content = made(onClick ? "button" : "span", { textContent: count });
	content.setAttribute("aria-label", words);
	if (onClick) {
		content.type = "button";
		content.addEventListener("click", onClick);
	} else content.setAttribute("role", "img");
	return content;
}
