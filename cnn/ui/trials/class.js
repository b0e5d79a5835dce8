// A class's page: the zips of many series, opened together and merged here, of which nothing is sent; and what students
// handed in by a code, fetched from the server.

import { choices, download, made, renew } from "../web/dom.js";
import { recall, remember } from "../web/memory.js";
import { classesOf } from "../web/networks.js";
import { percent, whole } from "../web/numbers.js";
import { networkName, say, sayCount } from "../web/say.js";
import { extremes, rate } from "./figures.js";
import { openedClass } from "./collect.js";
import { asCsv, asZip, fromText, opened } from "./files.js";
import { card, gallery, matrix, meter, ratesTable } from "./findings.js";
import { between, classesIn, nameOf } from "./observations.js";
import { handedIn, hands, hardest, MOST, renamed, spread, tidied, together, withSeries } from "./writers.js";

const FILES = { csv: ["text/csv", asCsv], zip: ["application/zip", asZip] };
// Kept as long as the tab is open: other people's tests are not left on a machine.
const CLASS = "digit-class"; // those of zips
const HANDED = "digit-class-handed"; // {since, series: by number {name, called, writer, trials}}, as handed in until then
const NOTHING = { since: 0, series: {} };

const note = (textContent) => made("p", { className: "note", textContent });

// ------------------------------------------------------------------ what is found

const STEPS = 20; // places along the line, 5 % apart: so many dots find room beside one another on a phone

// A dot for each writer from 0 to 100 %, those alike above one another, over the interval of the whole class.
function spreadCard(trials, rates) {
	const heights = Array(STEPS + 1).fill(0);
	const dots = rates.map(({ writer, share }) => {
		const place = Math.round(share * STEPS);
		const dot = made("i", { className: "writer", title: `${writer}, ${percent(share)}` });
		for (const [name, value] of Object.entries({ at: place / STEPS, above: heights[place] })) dot.style.setProperty(`--${name}`, value);
		heights[place] += 1;
		return dot;
	});
	const plot = made("div", { className: "dots" }, ...dots);
	plot.style.setProperty("--height", `${Math.max(...heights)}`);
	const line = made("div", { className: "spread" }, plot, meter({ ...rate(trials), share: 0 }));
	line.setAttribute("role", "img");
	line.setAttribute("aria-label", spreadWords(rates));
	const scale = made("div", { className: "scale" }, ...[0, 0.5, 1].map((share) => made("span", { textContent: percent(share) })));
	scale.setAttribute("aria-hidden", "true");
	return card(say("class.spread"), line, scale, note(say("class.dots")));
}

function spreadWords(rates) {
	const { lowest, median, highest } = spread(rates);
	const values = { writers: rates.length, lowest: percent(lowest), median: percent(median), highest: percent(highest) };
	return say(rates.length > 2 ? "class.writers" : "class.two", values);
}

function hardestCards(trials) {
	const classes = classesIn(trials);
	const rates = hardest(trials, classes.length);
	if (rates.every(({ share }) => share === 1)) return []; // none is hard
	return [card(say("class.hardest"), ratesTable(rates.map(({ meant }) => nameOf(meant, classes)), rates, say("class.bracket")))];
}

function networksCard(trials, models) {
	const rates = models.map((model) => rate(trials.filter((trial) => trial.model === model)));
	return card(say("class.networks"), ratesTable(models.map(networkName), rates, say("class.bracket")));
}

// How far the rate of all may be trusted, for other hands too.
function means({ low, high, count, worth, writers }) {
	const values = { low: percent(low), high: percent(high), tests: whole(count) };
	if (writers < 2) return say("class.means_one", values);
	return worth < count ? sayCount("class.means", Math.max(1, Math.round(worth)), values) : say("class.means_alike", values);
}

function sentences(trials, rates) {
	const classes = classesIn(trials);
	const all = rate(trials);
	const { best, worst } = extremes(trials, classes.length);
	const listed = (labels) => labels.map((label) => classes[label]).join(", ");
	const lines = [
		say("trials.of", { hits: all.hits, count: all.count, share: percent(all.share) }),
		means(all),
	];
	if (rates.length > 1) lines.push(spreadWords(rates));
	if (best.length) lines.push(say("trials.extremes", { best: listed(best), worst: listed(worst) }));
	return lines;
}

// ------------------------------------------------------------------ the page

// `ask` asks the server, where series are collected by a code.
export function classView(panel, ask) {
	const part = (name) => panel.querySelector(`.${name}`);
	const state = {
		trials: recall("sessionStorage", CLASS) ?? [],
		handed: recall("sessionStorage", HANDED) ?? NOTHING,
		cleared: null, // what is brought back: {trials, series}
		model: null,
		open: new Set(),
		notice: null,
		refused: [],
	};
	const collected = ask ? openedClass(panel, ask, { since: () => state.handed.since, gathered, over, began }) : null;

	const handed = (series = state.handed.series) => Object.values(series);
	const all = () => together(state.trials, handed());

	function save(trials, series = state.handed.series) {
		Object.assign(state, { trials, handed: { ...state.handed, series } });
		remember("sessionStorage", CLASS, trials);
		if (ask) remember("sessionStorage", HANDED, state.handed);
	}

	function keep(trials, series) {
		save(trials, series);
		show();
	}

	// ------------------------------------------------------------------ what is handed in

	/** @param {import("../web/types.js").Gathered} told */
	function gathered({ series, numbers, since }) {
		const now = Object.fromEntries(Object.entries(state.handed.series).filter(([number]) => numbers.includes(Number(number))));
		const refused = [];
		for (const { number, name, tests } of series) {
			const { [number]: before, ...rest } = now;
			const others = together(state.trials, handed(rest));
			try {
				const trials = fromText(tests);
				if (others.length + trials.length > MOST) refused.push(["class.too_many", { file: tidied(name), most: MOST }]);
				else now[number] = handedIn(before, name, trials, new Set(others.map(({ writer }) => writer)));
			} catch {
				refused.push(["trials.no_series", { file: tidied(name) }]);
			}
			if (!now[number]) collected.remove(number); // it takes up no place that nobody could free
		}
		const same = !series.length && Object.keys(now).length === handed().length;
		state.handed = { since, series: state.handed.series };
		if (same) return;
		if (refused.length) Object.assign(state, { notice: null, refused });
		save(state.trials, now);
		if (writing()) panel.addEventListener("focusout", () => setTimeout(show), { once: true });
		else show();
	}

	// Whoever writes a name is left to it.
	const writing = () => Boolean(panel.querySelector(".naming input:focus"));

	// Nothing more comes: what was handed in is as what came by zip.
	function over() {
		const trials = all();
		state.handed = NOTHING;
		keep(trials);
	}

	// A new class begins an empty sheet; what stood there is brought back by the one button for that.
	function began() {
		const count = all().length;
		if (count > 0) Object.assign(state, { cleared: { trials: all(), series: {} }, notice: ["class.began", { count }], refused: [] });
		state.handed = NOTHING;
		keep([]);
	}

	// Beside what has come in since: who has a name there keeps it alone.
	function bringBack() {
		const { trials, series } = state.cleared;
		const now = together(state.trials, handed());
		Object.assign(state, { cleared: null, notice: null });
		keep([...state.trials, ...withSeries(now, trials, "").slice(now.length)], { ...series, ...state.handed.series });
	}

	function takeOut(writer) {
		const series = Object.entries(state.handed.series);
		for (const [number, one] of series) if (one.writer === writer) collected?.remove(Number(number));
		keep(state.trials.filter((trial) => trial.writer !== writer), Object.fromEntries(series.filter(([, one]) => one.writer !== writer)));
	}

	// ------------------------------------------------------------------ what is shown

	// Networks that tell the same apart are counted together, unless one is chosen; others only one by one.
	function offered() {
		const models = [...new Set(all().map(({ model }) => model))];
		const alike = new Set(models.map((model) => classesOf(model).join("\n"))).size < 2;
		const options = alike ? [null, ...models] : models;
		if (!options.includes(state.model)) state.model = options[0] ?? null;
		return { models, options };
	}

	const shown = () => all().filter(({ model }) => state.model === null || model === state.model);

	function showNetworks({ models, options }) {
		part("networks").hidden = models.length < 2;
		const words = { label: say("class.networks"), words: (model) => (model === null ? say("class.all") : networkName(model)) };
		const pick = choices("class-networks", options, state.model, words, (model) => {
			state.model = model;
			show();
		});
		renew(part("networks"), ...pick.children);
	}

	function showResult(trials, rates) {
		const [first, ...rest] = trials.length ? sentences(trials, rates) : [say("class.empty"), say(ask ? "class.how_code" : "class.how", { zip: say("trials.zip") })];
		const big = made("p", { className: "big", textContent: percent(rate(trials).share ?? 0) });
		const words = made("div", {}, made("p", { className: "verdict", textContent: first }));
		words.append(...rest.map((textContent) => made("p", { className: "detail", textContent })));
		part("result").replaceChildren(...(trials.length ? [big, words] : [words]));
		part("drop").classList.toggle("more-of", trials.length > 0);
	}

	// One writer: a line that opens to what was misread, and to the name.
	function hand(one) {
		const writer = { name: one.writer };
		const called = made("span", { className: "name", textContent: writer.name });
		const share = made("span", { className: "share", textContent: percent(one.share) });
		const of = made("span", { className: "of", textContent: say("trials.right_of", { hits: one.hits, count: one.count }) });
		const fold = made("details", { className: "hand", open: state.open.has(writer.name) });
		fold.append(made("summary", { title: between(one) }, called, meter(one), share, of));
		const fill = () => fold.childElementCount > 1 || fold.append(naming(writer, called), gallery(one.misread));
		if (fold.open) fill();
		fold.addEventListener("toggle", () => {
			if (!fold.isConnected) return;
			state.open[fold.open ? "add" : "delete"](writer.name);
			if (fold.open) fill();
		});
		return fold;
	}

	// A new name changes nothing else of the page, so that a click that ends the writing of it finds its place; unless it
	// makes one writer of two.
	function rename(writer, name, called) {
		const joins = name !== writer.name && all().some((trial) => trial.writer === name);
		const trials = renamed(state.trials, writer.name, name);
		const series = Object.fromEntries(Object.entries(state.handed.series).map(([number, one]) => [number, one.writer === writer.name ? { ...one, writer: name } : one]));
		state.open.delete(writer.name);
		state.open.add(name);
		writer.name = called.textContent = name;
		if (joins) keep(trials, series);
		else save(trials, series);
	}

	function naming(writer, called) {
		const input = made("input", { type: "text", name: "writer", value: writer.name, maxLength: 60, autocomplete: "off" });
		input.addEventListener("change", () => {
			input.value = tidied(input.value) || writer.name;
			rename(writer, input.value, called);
		});
		const remove = made("button", { type: "button", className: "more", textContent: say("class.remove") });
		remove.addEventListener("click", () => takeOut(writer.name));
		const field = made("label", {}, made("span", { textContent: say("class.name") }), input);
		return made("div", { className: "naming" }, field, remove, note(say("class.join")));
	}

	// What was written beside who wrote it.
	function findings(trials, rates, models) {
		const list = card(say("class.hands"), note(say("class.tap")), made("div", {}, ...rates.map(hand)));
		const writers = rates.length > 1 ? [spreadCard(trials, rates), list] : [list];
		const written = [matrix(trials, say("class.matrix")), ...hardestCards(trials)];
		if (state.model === null && models.length > 1) written.push(networksCard(trials, models));
		return [written, writers].map((cards) => made("div", {}, ...cards));
	}

	function show() {
		const offers = offered();
		const trials = shown();
		const rates = hands(trials);
		showNetworks(offers);
		showResult(trials, rates);
		renew(part("findings"), ...(trials.length ? findings(trials, rates, offers.models) : []));
		for (const button of panel.querySelectorAll("[data-file], .clear")) button.disabled = trials.length === 0;
		part("tools").hidden = trials.length === 0 && !state.cleared;
		part("back").hidden = !state.cleared;
		part("clear").hidden = trials.length === 0 && Boolean(state.cleared);
		part("notice").textContent = state.notice ? say(...state.notice) : "";
		part("refused").replaceChildren(...state.refused.map((words) => made("li", { textContent: say(...words) })));
		collected?.show();
	}

	// ------------------------------------------------------------------ files

	// One file after another, and one handful after another; what one of them holds wrongly keeps no other out.
	let reading = Promise.resolve();
	const take = (files) => (reading = reading.then(() => takeAll([...files])));

	async function takeAll(files) {
		const [before, refused] = [all().length, []];
		let [trials, found] = [all(), 0];
		for (const file of files) {
			const name = tidied(file.name);
			try {
				const theirs = await opened(file);
				const joined = withSeries(trials, theirs, file.name);
				if (joined.length > MOST) refused.push(["class.too_many", { file: name, most: MOST }]);
				else [trials, found] = [joined, found + theirs.length];
			} catch {
				refused.push(["trials.no_series", { file: name }]);
			}
		}
		const count = trials.length - before;
		Object.assign(state, { notice: ["trials.loaded", { count, known: found - count }], refused });
		keep([...state.trials, ...trials.slice(before)]);
	}

	const drop = part("drop");
	drop.querySelector("input").addEventListener("change", async ({ target }) => {
		await take([...target.files]);
		target.value = "";
	});
	for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
		panel.addEventListener(kind, (event) => {
			if (!event.dataTransfer.types.includes("Files")) return;
			event.preventDefault();
			drop.classList.toggle("over", kind !== "drop" && (kind !== "dragleave" || panel.contains(event.relatedTarget)));
			if (kind === "drop") take(event.dataTransfer.files);
		});
	}

	for (const button of panel.querySelectorAll("[data-file]")) {
		button.addEventListener("click", () => {
			const [type, make] = FILES[button.dataset.file];
			download(`${say("class.file")}.${button.dataset.file}`, type, make(shown()));
			Object.assign(state, { notice: ["trials.saved"], refused: [] });
			show();
		});
	}
	part("clear").addEventListener("click", () => {
		const { trials, handed } = state;
		Object.assign(state, { cleared: { trials, series: handed.series }, notice: ["trials.cleared", { count: all().length }], refused: [] });
		keep([], {});
		part("back").focus();
	});
	part("back").addEventListener("click", () => {
		bringBack();
		part("clear").focus();
	});
	return { show };
}
