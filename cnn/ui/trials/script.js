// The page of the series: its figures, its failures, and its files.

import { download, figure, made, onTheme, renew } from "../web/dom.js";
import { confusionMatrix } from "../web/matrix.js";
import { learnNetworks } from "../web/networks.js";
import { percent } from "../web/numbers.js";
import { inkOf, picture, squareOf } from "../web/paint.js";
import { onLanguage, say, translate } from "../web/say.js";
import { isRight, keepTrials, KINDS, lasting, onTrials, recallTrials, store, stored } from "../web/trials.js";
import { byMeant, confusions, rate, tried } from "./figures.js";
import { asCsv, asZip, fromZip } from "./files.js";
import { asHtml, asMarkdown, between, classesIn, failure, nameOf, sentences } from "./observations.js";

const FILES = {
	html: ["text/html", asHtml],
	md: ["text/markdown", asMarkdown],
	csv: ["text/csv", asCsv],
	zip: ["application/zip", asZip],
};
const NAMES = { html: "trials.file_sheet", md: "trials.file_sheet", csv: "trials.file_series", zip: "trials.file_series" };

const LARGEST = 50_000_000; // bytes of a zip that is loaded
const CLEARED = "digit-trials-cleared"; // what the last clearing took is kept as the series is

// ------------------------------------------------------------------ what is found

// A rate with its interval: a bar, and a bracket over where the true rate may lie.
function meter({ share, low, high }) {
	const node = made("span", { className: "meter" }, made("i"), made("u"));
	node.setAttribute("aria-hidden", "true");
	for (const [name, value] of Object.entries({ share: share ?? 0, low, high })) node.style.setProperty(`--${name}`, value);
	node.classList.toggle("none", share === null);
	return node;
}

function ratesTable(names, rates) {
	const table = made("table", { className: "rates" }, made("caption", { textContent: say("trials.bracket") }));
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

function card(title, ...content) {
	return made("section", { className: "finding" }, made("h3", { textContent: title }), ...content);
}

function drawing(trial) {
	const values = inkOf(trial.pixels);
	return figure(picture(values, squareOf(values), { limit: 255 }, failure(trial)), failure(trial));
}

function byKind(trials) {
	const rates = KINDS.map((kind) => rate(trials.filter((trial) => trial.kind === kind)));
	return card(say("trials.by_kind"), ratesTable(KINDS.map((kind) => say(`trials.${kind}`)), rates));
}

function byDigit(trials) {
	const classes = classesIn(trials);
	const rates = byMeant(trials, classes.length);
	return card(say("trials.by_digit"), ratesTable(rates.map(({ meant }) => nameOf(meant, classes)), rates));
}

function matrix(trials) {
	const classes = classesIn(trials);
	const rows = tried(trials, classes.length).map((meant) => nameOf(meant, classes));
	const name = (row, said, count) => say("trials.cell", { meant: rows[row], said: classes[said] ?? "?", count });
	const words = { caption: say("trials.matrix_caption"), name, rows };
	return card(say("trials.matrix"), confusionMatrix(confusions(trials, classes.length), classes, words));
}

function failures(trials) {
	const wrong = trials.filter((trial) => !isRight(trial));
	const gallery = made("div", { className: "gallery" }, ...wrong.map(drawing));
	return card(say("trials.failures"), wrong.length ? gallery : made("p", { className: "note", textContent: say("trials.no_failures") }));
}

export default function start({ element }, constants) {
	learnNetworks(constants);
	const panel = element.querySelector(".trials");
	const part = (name) => panel.querySelector(`.${name}`);
	let notice = null; // the [key, values] of what is said of a file

	function all(trials) {
		const list = made("div", { className: "gallery" });
		trials.forEach((trial, at) => {
			const remove = made("button", { type: "button", className: "remove", textContent: "×" });
			remove.setAttribute("aria-label", say("trials.remove", { number: at + 1 }));
			remove.title = say("trials.remove", { number: at + 1 });
			remove.addEventListener("click", () => keepTrials(recallTrials().filter((_, other) => other !== at)));
			const one = drawing(trial);
			one.classList.toggle("wrong", !isRight(trial));
			one.append(remove);
			list.prepend(one);
		});
		const fold = made("details", { className: "all", open: part("all")?.open ?? false });
		fold.append(made("summary", { textContent: say("trials.all") }), list);
		return fold;
	}

	function showResult(trials) {
		const total = rate(trials);
		const [first, ...rest] = trials.length ? sentences(trials) : [say("trials.empty"), say("trials.how")];
		const big = made("p", { className: "big", textContent: trials.length ? percent(total.share) : "–" });
		const words = made("div", {}, made("p", { className: "verdict", textContent: first }));
		words.append(...rest.map((textContent) => made("p", { className: "detail", textContent })));
		part("result").replaceChildren(big, words);
	}

	function show() {
		const trials = recallTrials();
		const cleared = stored(CLEARED);
		showResult(trials);
		const columns = [[byKind, matrix], [byDigit, failures], [all]];
		const found = columns.map((makers) => made("div", {}, ...makers.map((make) => make(trials))));
		renew(part("findings"), ...(trials.length ? found : []));
		for (const button of panel.querySelectorAll("[data-file], .clear")) button.disabled = trials.length === 0;
		part("back").hidden = cleared.length === 0;
		part("clear").hidden = trials.length === 0 && cleared.length > 0;
		const said = [notice && say(...notice), lasting() ? "" : say("trials.not_kept")];
		part("notice").textContent = said.filter(Boolean).join(" ");
	}

	// ------------------------------------------------------------------ files, and what clears

	function tell(key, values = {}) {
		notice = [key, values];
		show();
	}

	function save(kind) {
		const [type, make] = FILES[kind];
		download(`${say(NAMES[kind])}.${kind}`, type, make(recallTrials()));
		tell("trials.saved");
	}

	// What is here already is not counted twice.
	async function load(file) {
		let found = [];
		try {
			if (file.size > LARGEST) throw new Error("too large");
			found = await fromZip(new Uint8Array(await file.arrayBuffer()));
		} catch {
			return tell("trials.no_series", { file: file.name });
		}
		const known = new Set(recallTrials().map(({ at, pixels }) => at + pixels));
		const fresh = found.filter(({ at, pixels }) => !known.has(at + pixels));
		notice = ["trials.loaded", { count: fresh.length, known: found.length - fresh.length }];
		keepTrials([...recallTrials(), ...fresh].sort((a, b) => a.at.localeCompare(b.at)));
	}

	function clear() {
		const cleared = recallTrials();
		store(CLEARED, cleared);
		notice = ["trials.cleared", { count: cleared.length }];
		keepTrials([]);
		part("back").focus();
	}

	function back() {
		notice = null;
		keepTrials([...stored(CLEARED), ...recallTrials()]);
		store(CLEARED, []);
		show();
		part("clear").focus();
	}

	for (const button of panel.querySelectorAll("[data-file]")) button.addEventListener("click", () => save(button.dataset.file));
	part("clear").addEventListener("click", clear);
	part("back").addEventListener("click", back);
	part("load").querySelector("input").addEventListener("change", async ({ target }) => {
		await load(target.files[0]);
		target.value = "";
	});
	onTheme(show);
	onTrials(show);
	onLanguage(() => {
		translate(element);
		show();
	});
}
