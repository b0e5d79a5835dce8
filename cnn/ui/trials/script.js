// The page of the series: its figures, its failures, and its files; and beside it, a class's.

import { download, made, onTheme, renew } from "../web/dom.js";
import { learnNetworks } from "../web/networks.js";
import { percent } from "../web/numbers.js";
import { onLanguage, say, translate } from "../web/say.js";
import { identity, isRight, keepTrials, KINDS, lasting, onTrials, recallTrials, store, stored } from "../web/trials.js";
import { tabbed } from "../web/views.js";
import { classView } from "./class.js";
import { asker, handing, linkRead } from "./collect.js";
import { byMeant, rate } from "./figures.js";
import { asCsv, asZip, opened } from "./files.js";
import { card, drawing, gallery, matrix, ratesTable } from "./findings.js";
import { asHtml, asMarkdown, classesIn, nameOf, sentences } from "./observations.js";

const FILES = {
	html: ["text/html", asHtml],
	md: ["text/markdown", asMarkdown],
	csv: ["text/csv", asCsv],
	zip: ["application/zip", asZip],
};
const NAMES = { html: "trials.file_sheet", md: "trials.file_sheet", csv: "trials.file_series", zip: "trials.file_series" };

const CLEARED = "digit-trials-cleared"; // what the last clearing took is kept as the series is

// ------------------------------------------------------------------ what is found

function byKind(trials) {
	const rates = KINDS.map((kind) => rate(trials.filter((trial) => trial.kind === kind)));
	return card(say("trials.by_kind"), ratesTable(KINDS.map((kind) => say(`trials.${kind}`)), rates));
}

function byDigit(trials) {
	const classes = classesIn(trials);
	const rates = byMeant(trials, classes.length);
	return card(say("trials.by_digit"), ratesTable(rates.map(({ meant }) => nameOf(meant, classes)), rates));
}

const failures = (trials) => card(say("trials.failures"), gallery(trials.filter((trial) => !isRight(trial))));

export default function start(page, constants) {
	const { element } = page;
	const { collecting } = constants; // null where no series are collected
	learnNetworks(constants);
	const panel = element.querySelector("[data-panel=mine]");
	const ask = collecting && asker(page);
	for (const node of element.querySelectorAll("[data-collecting]")) node.hidden = (node.dataset.collecting === "yes") !== Boolean(ask);
	const ofClass = classView(element.querySelector("[data-panel=class]"), ask);
	const hand = ask && handing(panel, ask, collecting);
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
		const [first, ...rest] = trials.length ? sentences(trials) : [say("trials.empty")];
		const big = trials.length ? [made("p", { className: "big", textContent: percent(total.share) })] : [];
		const words = made("div", {}, made("p", { className: "verdict", textContent: first }));
		words.append(...rest.map((textContent) => made("p", { className: "detail", textContent })));
		if (!trials.length) words.append(linkRead(made("p", { className: "detail" }), "trials.how"));
		part("result").replaceChildren(...big, words);
	}

	function show() {
		const trials = recallTrials();
		const cleared = stored(CLEARED);
		showResult(trials);
		const columns = [[byKind, (all) => matrix(all, say("trials.matrix"))], [byDigit, failures], [all]];
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
			found = await opened(file);
		} catch {
			return tell("trials.no_series", { file: file.name });
		}
		const known = new Set(recallTrials().map(identity));
		const fresh = found.filter((trial) => !known.has(identity(trial))).map((trial) => ({ ...trial, writer: undefined })); // it is their own now
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
	tabbed(element.querySelector(".trials"), () => {});
	onTheme(() => {
		show();
		ofClass.show();
	});
	onTrials(show);
	onLanguage(() => {
		translate(element);
		show();
		hand?.show();
		ofClass.show();
	});
}
