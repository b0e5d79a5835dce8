// The report card: where each network breaks under every perturbation, a row at a time.

const card = { of: "", rows: new Map() };

// Rows of another digit, or another seed, are no rows of this card.
function cardOf(answer) {
	const of = `${answer.pixels.data} ${bend.seed} ${Object.keys(answer.card?.models ?? {})}`;
	if (of === card.of) return;
	card.of = of;
	card.rows.clear();
}

const missing = () => PERTURBATIONS.map(({ name }) => name).find((name) => !card.rows.has(name));
const askCard = () => ({ view: "card", name: missing() ?? PERTURBATIONS[0].name, seed: bend.seed });

function showCard(row, answer) {
	if (answer.asked.seed !== bend.seed) return;
	cardOf(answer);
	card.rows.set(row.name, row.models);
	paintReport();
	if (view === "card" && missing()) askBeside(askCard());
}

function paintReport() {
	const table = panel.querySelector(".report");
	const head = made("tr", {}, made("td"), ...models.map((model) => made("th", { scope: "col" }, dot(model), model)));
	const rows = PERTURBATIONS.filter(({ name }) => card.rows.has(name)).map(({ name }) => {
		const cells = models.map((model) => reportCell(name, model, card.rows.get(name)[model]));
		return made("tr", {}, made("th", { scope: "row" }, rowName(name)), ...cells);
	});
	renew(table, made("thead", {}, head), made("tbody", {}, ...rows));
	const done = !missing();
	panel.querySelector("[data-act=download]").disabled = !done;
	const summary = panel.querySelector(".summary");
	summary.classList.toggle("working", !done);
	summary.textContent = done ? say("stress.summary", withstood()) : say("stress.progress", { done: card.rows.size, all: PERTURBATIONS.length });
}

// A row's name opens its breaking point.
function rowName(name) {
	const button = made("button", { type: "button", textContent: labelOf(name) });
	button.addEventListener("click", () => {
		bend.name = name;
		offerBreaking();
		panel.querySelector("[data-view=breaking]").click();
	});
	return button;
}

function reportCell(name, model, one) {
	const [from, to] = span(name, one);
	const track = made("span", { className: "track" }, made("i"));
	track.firstChild.style.cssText = `left: ${100 * from}%; width: ${100 * (to - from)}%; background: ${colourOf(model)}`;
	const cell = made("td", {}, track, made("small", { textContent: shortly(name, one) }));
	if (one.image) cell.prepend(broken(name, one));
	return cell;
}

// Where the answer holds, as shares of the range.
function span(name, { held }) {
	const { minimum, maximum } = bends[name];
	return held.map((strength) => (strength - minimum) / (maximum - minimum));
}

function shortly(name, { before, strength, after }) {
	if (strength === null) return say(before === null ? "stress.unread" : "stress.never");
	return `${amount(name, strength)} → ${after ?? say("stress.none")}`;
}

// Over how much of all ranges each network's answer holds, and how often it broke into a wrong digit rather than none.
function withstood() {
	const shares = models.map((model) => {
		const spans = [...card.rows].map(([name, row]) => span(name, row[model]));
		return spans.reduce((sum, [from, to]) => sum + to - from, 0) / spans.length;
	});
	const order = models.map((model, at) => [model, shares[at]]).sort((a, b) => b[1] - a[1]);
	const wrong = order.map(([model]) => {
		const broken = [...card.rows.values()].map((row) => row[model]).filter(({ strength }) => strength !== null);
		return say("stress.of", { model, wrong: broken.filter(({ after }) => after !== null).length, all: broken.length });
	});
	return { list: order.map(([model, share]) => `${model} ${percent(share)}`).join(", "), wrong: wrong.join(", ") };
}

// ------------------------------------------------------------------ as an image

const PAGE = { margin: 32, name: 240, column: 210, row: 44, head: 176, scale: 2 };

function downloadCard() {
	const { margin, name: names, column, row, head, scale } = PAGE;
	const canvas = made("canvas");
	canvas.width = scale * (2 * margin + names + column * models.length);
	canvas.height = scale * (2 * margin + head + row * PERTURBATIONS.length);
	const context = canvas.getContext("2d");
	const colour = (variable) => getComputedStyle(element).getPropertyValue(variable);
	context.scale(scale, scale);
	context.fillStyle = colour("--card");
	context.fillRect(0, 0, canvas.width, canvas.height);
	context.imageSmoothingEnabled = false;
	context.textBaseline = "middle";
	const right = canvas.width / scale - margin;
	const write = (text, x, y, font, ink = "--text", room = right - x) => {
		context.font = `${font} ${getComputedStyle(panel).fontFamily}`;
		context.fillStyle = colour(ink);
		const lines = wrapped(text, (words) => context.measureText(words).width <= room);
		lines.forEach((line, at) => context.fillText(line, x, y + 20 * (at - (lines.length - 1) / 2)));
	};
	const draw = (packed, x, y, side) => {
		const small = picture(unpack(packed).values, [SIDE, SIDE], { limit: 1 });
		context.drawImage(small, x, y, side, side);
	};
	draw(latest.pixels, margin, margin, 84);
	write(say("stress.card_title"), margin + 104, margin + 18, "600 22px");
	write(say("stress.summary", withstood()), margin + 104, margin + 62, "14px", "--soft");
	write(say("stress.card_foot", { seed: bend.seed }), margin + 104, margin + 106, "14px", "--soft");
	models.forEach((model, at) => write(model, margin + names + at * column, margin + head - 22, "600 15px"));
	PERTURBATIONS.forEach(({ name }, line) => {
		const y = margin + head + line * row;
		write(labelOf(name), margin, y + row / 2, "14px", "--text", names - 12);
		models.forEach((model, at) => {
			const one = card.rows.get(name)[model];
			const x = margin + names + at * column;
			if (one.image) draw(one.image, x, y + 4, 36);
			const [from, to] = span(name, one);
			context.fillStyle = colour("--well");
			context.fillRect(x + 46, y + 10, column - 70, 8);
			context.fillStyle = colour(colourOf(model).slice(4, -1));
			context.fillRect(x + 46 + from * (column - 70), y + 10, (to - from) * (column - 70), 8);
			write(shortly(name, one), x + 46, y + 30, "13px", "--soft");
		});
	});
	canvas.toBlob((blob) => {
		const link = made("a", { href: URL.createObjectURL(blob), download: `${say("stress.card_file")}.png` });
		link.click();
		setTimeout(() => URL.revokeObjectURL(link.href));
	});
}

// Words in lines that fit.
function wrapped(text, fits) {
	const lines = [""];
	for (const word of text.split(" ")) {
		const longer = `${lines.at(-1)} ${word}`.trim();
		if (fits(longer)) lines[lines.length - 1] = longer;
		else lines.push(word);
	}
	return lines;
}
