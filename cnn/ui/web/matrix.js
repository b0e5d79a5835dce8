// A confusion matrix: a row for each digit that was meant, a column for each that was said. Knows no data.

// `counts` has rows of 10 or 11 numbers, the eleventh for what was refused, which is right where no digit was meant: in
// rows after the tenth. `name(row, column, count)` says a cell aloud; with `onChoose`, cells that count something are
// buttons, and `chosen` is the [row, column] that is open; `rows` are what the rows are called.
function confusionMatrix(counts, caption, name, onChoose = null, chosen = null, rows = [...counts.keys()]) {
	const most = Math.max(1, ...counts.flatMap((row, meant) => row.filter((_, said) => said !== hit(meant))));
	const table = made("table", { className: "matrix" });
	table.append(made("caption", { textContent: caption }));
	const columns = counts[0].map((_, said) => (said < 10 ? said : "?"));
	const head = made("tr", {}, made("td"));
	head.append(...columns.map((said) => made("th", { scope: "col", textContent: said })));
	table.append(made("thead", {}, head));
	const body = made("tbody");
	counts.forEach((row, meant) => {
		const line = made("tr", {}, made("th", { scope: "row", textContent: rows[meant] }));
		line.append(...row.map((count, said) => matrixCell(count, [meant, said], most, name, onChoose, chosen)));
		body.append(line);
	});
	table.append(body);
	return table;
}

const hit = (meant) => Math.min(meant, 10);

function matrixCell(count, [meant, said], most, name, onChoose, chosen) {
	const cell = made("td", { className: said === hit(meant) ? "hit" : "" });
	if (!count) {
		cell.append(made("span"));
		return cell;
	}
	// Rare errors stay visible beside frequent ones.
	if (said !== hit(meant)) cell.style.setProperty("--share", Math.sqrt(count / most));
	const content = made(onChoose ? "button" : "span", { textContent: count });
	content.setAttribute("aria-label", name(meant, said, count));
	if (onChoose) {
		content.type = "button";
		content.setAttribute("aria-pressed", chosen?.[0] === meant && chosen?.[1] === said);
		content.addEventListener("click", () => onChoose(meant, said));
	} else content.setAttribute("role", "img");
	cell.append(content);
	return cell;
}
