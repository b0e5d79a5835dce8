// The answer panel. Elements are changed in place, so that bars move instead of being made anew.

import { linkTo } from "../../web/address.js";
import { areWords, made, onTheme } from "../../web/dom.js";
import { chooseNumber, late, onShow } from "../../web/gradio.js";
import { className, classesOf, learnNetworks, networkNames } from "../../web/networks.js";
import { nearly, number, percent } from "../../web/numbers.js";
import { bytesOf, paintInk, paintValues } from "../../web/paint.js";
import { aloudIn, known, networkName, onLanguage, say, translate } from "../../web/say.js";
import { get, set, subscribe } from "../../web/store.js";
import { isDigit, isRight, keepTrials, onTrials, recallTrials } from "../../web/trials.js";
import { filtered } from "./filter.js";

/** @typedef {import("../../web/types.js").ReadingAnswer} ReadingAnswer */
/** @typedef {import("../../web/types.js").StepShown} StepShown */

const DOUBT = 0.6; // below this confidence the answer looks like a guess
const SURE = 0.95;
const MANY = 14; // so many bars may not fit beside each other
const CLOSE = 0.3; // below this nothing refused is close to any digit

const EMPTY = { pad: "reading.empty_pad", photo: "reading.empty_photo" };
const PAGES = ["step.sent", "step.grey"]; // what a person sent; the other steps are ink alone, 1 where there is most

/** @param {ReadingAnswer} value */
const close = ({ confidence }) => confidence >= CLOSE;

/** @param {ReadingAnswer} value */
function runnerUp({ probabilities, best_guess }) {
	const others = probabilities.map((share, label) => ({ label, share })).filter(({ label }) => label !== best_guess);
	return others.reduce((most, one) => (one.share > most.share ? one : most));
}

export default function start({ element, props, trigger, watch }, { filter, ...constants }) {
	learnNetworks(constants);
	const sayAloud = aloudIn(element);
	const panel = element.querySelector(".reading");
	const part = (name) => panel.querySelector(`.${name}`);

	/** @type {ReadingAnswer} */
	let shown = props.value; // the answer on show, which need not be the last that came
	let taken = null; // the picture whose refused best guess the visitor took
	let meanwhile = null; // what the visitor did about a drawing whose last answer is on its way
	let bars = []; // one for each class
	let [usual] = networkNames(); // the network that reads for everybody

	// empty: nothing to read. unread: abstained. taken: so, but the visitor took the best guess. doubtful: a guess. sure: an
	// answer.
	/** @param {ReadingAnswer} value */
	function stateOf(value) {
		if (!value?.probabilities || value.reason === "blank") return "empty";
		if (value.abstained) return taken === value.pixels ? "taken" : "unread";
		return value.confidence < DOUBT ? "doubtful" : "sure";
	}

	const nameOf = (label) => className(shown?.model, label);

	const states = {
		empty: (value) => {
			const looked = value?.reason === "blank" && value.source === "photo";
			return ["", say(looked ? "reading.no_ink" : EMPTY[value?.source ?? "pad"]), ""];
		},
		unread: (value) => {
			const guess = { label: nameOf(value.best_guess), share: nearly(value.confidence) };
			return ["?", say(`reading.${value.reason}`), say(close(value) ? "reading.closest" : "reading.nothing_close", guess)];
		},
		taken: (value) => [nameOf(value.best_guess), say("reading.taken", { label: nameOf(value.best_guess) }), say("reading.refused")],
		doubtful: (value) => {
			const { label, share } = runnerUp(value);
			return [nameOf(value.label), nearly(value.confidence), say("reading.doubtful", { label: nameOf(label), share: percent(share) })];
		},
		sure: (value) => {
			const words = say(value.confidence < SURE ? "reading.likely" : "reading.certain");
			return [nameOf(value.label), nearly(value.confidence), words];
		},
	};

	function bar(name, label) {
		const item = made("li", {}, made("span", { className: "share" }), made("span", { className: "track" }, made("i")));
		const button = made("button", { type: "button", textContent: name });
		button.addEventListener("click", () => inTime(() => judge(label)));
		item.append(button);
		return item;
	}

	// Bars move: they are made anew only for a network that tells other classes apart.
	function offerBars(classes) {
		if (part("bars").dataset.classes === `${classes}`) return;
		part("bars").dataset.classes = `${classes}`;
		bars = classes.map(bar);
		part("bars").replaceChildren(...bars);
		part("bars").style.setProperty("--classes", classes.length);
		panel.classList.toggle("words", areWords(classes));
		panel.classList.toggle("letters", !areWords(classes) && !classes.every((name) => /^\d$/.test(name)));
	}

	/** @param {ReadingAnswer} value @param {string} state */
	function showBars(value, state) {
		const classes = classesOf(value?.model);
		offerBars(classes);
		bars.forEach((item, digit) => {
			const share = state === "empty" ? 0 : value.probabilities[digit];
			item.style.setProperty("--share", share);
			item.classList.toggle("best", state !== "empty" && digit === value.best_guess);
			item.querySelector(".share").textContent = share < 0.005 ? "" : nearly(share, 0).replace(/[\s%]/g, "");
			item.setAttribute("aria-label", `${classes[digit]}: ${nearly(share, 0)}`);
			item.querySelector("button").setAttribute("aria-label", say("reading.meant", { digit: classes[digit] }));
		});
		if (classes.length >= MANY && state !== "empty") reach(bars[value.best_guess]);
	}

	// Many bars may scroll: the best one comes into view.
	function reach(best) {
		const place = part("bars");
		const middle = best.offsetLeft - bars[0].offsetLeft - (place.clientWidth - best.clientWidth) / 2;
		if (place.scrollWidth > place.clientWidth) place.scrollLeft = middle;
	}

	/** @param {ReadingAnswer} value */
	function showPictures(value) {
		paintInk(part("seen").querySelector("canvas"), value?.pixels);
		part("filtered").hidden = !filter || (value?.model && value.model !== filter.model);
		if (part("filtered").hidden) return;
		/** @type {HTMLCanvasElement} */
		const canvas = part("filtered").querySelector("canvas");
		const map = filtered(value?.pixels ? bytesOf(value.pixels) : new Uint8Array(784), filter);
		paintValues(canvas, value?.pixels ? map : map.fill(0), [filter.side, filter.side], { limit: filter.most });
		canvas.setAttribute("aria-label", say("reading.map_of", { channel: filter.channel + 1, layer: filter.layer }));
	}

	// ------------------------------------------------------------------ what to do next

	const WHY = { tab: "inside", view: "why", key: "reading.next.why" };
	const BREAKING = { tab: "stress", view: "breaking", key: "reading.next.breaking" };
	const SPOTTED = { key: "reading.next.spotted" }; // it refused, and the visitor says that it was right

	/** @param {ReadingAnswer} value @param {string} state */
	function nextStep(value, state) {
		const trial = state === "empty" ? null : judged();
		if (state === "empty" || get("pen") || value.reason === "several_digits") return null;
		if (state === "unread") return trial && isRight(trial) ? SPOTTED : WHY;
		return state === "sure" && (!trial || isRight(trial)) ? BREAKING : WHY;
	}

	function showNext() {
		const next = nextStep(shown, stateOf(shown));
		/** @type {HTMLAnchorElement} */
		const link = panel.querySelector(".next a");
		link.hidden = !next;
		link.textContent = next ? say(next.key) : "";
		if (next?.tab) link.href = linkTo({ tab: next.tab, view: next.view });
		else link.removeAttribute("href");
	}

	// What a refusal leaves to the visitor: to take the best guess, and to have several digits read as a number.
	/** @param {ReadingAnswer} value @param {string} state */
	function showOffers(value, state) {
		part("take").hidden = state !== "taken" && !(state === "unread" && close(value));
		part("take").textContent = say(state === "taken" ? "reading.untake" : "reading.take", { label: nameOf(value?.best_guess) });
		part("as-number").hidden = state !== "unread" || value.reason !== "several_digits";
	}

	function take() {
		taken = stateOf(shown) === "taken" ? null : shown.pixels;
		show();
	}

	// The same drawing, or the same photo, where numbers are read.
	function readAsNumber() {
		const { source, strokes } = shown;
		if (source === "pad") set("asNumber", { drawing: strokes });
		chooseNumber(); // the button that was tapped goes
	}

	/** @param {StepShown[]} steps */
	function showSteps(steps = []) {
		part("steps").hidden = steps.length === 0;
		const items = steps.map(({ name, picture }) => {
			const words = made("span", { textContent: known(name) ? say(name) : name });
			return made("li", { className: PAGES.includes(name) ? "" : "ink" }, made("img", { src: picture, alt: "" }), words);
		});
		part("steps").querySelector("ol").replaceChildren(...items);
	}

	/** @param {ReadingAnswer} value @param {string} state */
	function showMade(value, state) {
		part("model").textContent = state === "empty" ? "" : networkName(value.model);
		if (value?.model && !get("own").includes(value.model)) usual = value.model;
		part("time").textContent = state === "empty" ? "" : say("reading.time", { time: number(value.milliseconds, 1) });
	}

	// Whoever has trained networks may have one of them read.
	function showReaders() {
		const [own, reader] = [get("own"), get("reader")];
		if (reader && !own.includes(reader)) choose(null);
		part("by").hidden = own.length === 0;
		part("model").hidden = own.length > 0;
		const options = ["", ...own].map((value) => made("option", { value, textContent: networkName(value || usual), selected: value === (reader ?? "") }));
		part("by").querySelector("select").replaceChildren(...options);
	}

	function choose(reader) {
		set("reader", reader);
		trigger("select");
	}

	function receive() {
		const value = props.value;
		if (value && !value.again) set("read", value);
		if ((value?.source && !onShow(value.source)) || late(value?.source, value?.reason === "blank")) return;
		shown = value;
		if (!value?.again) set("picture", value?.source === "photo" && value.reason !== "blank" ? (value.pixels ?? null) : null);
		show();
		if (!value?.moving) catchUp();
	}

	// Who is quicker than the answer to the pen's last move means the whole drawing, not what was seen of it.
	function inTime(act) {
		if (shown.moving) meanwhile = act;
		else act();
	}

	function catchUp() {
		const act = meanwhile;
		meanwhile = null;
		if (stateOf(shown) !== "empty") act?.();
	}

	function show() {
		const value = shown;
		const state = stateOf(value);
		const [digit, verdict, detail] = states[state](value);
		panel.dataset.state = state;
		part("digit").textContent = digit;
		part("verdict").textContent = verdict;
		part("detail").textContent = detail;
		showBars(value, state);
		showPictures(value);
		showOffers(value, state);
		showSteps(value?.steps);
		showMade(value, state);
		showJudged();
		sayAloud([digit, verdict, detail].filter((words) => words !== "").join(", "));
	}

	// ------------------------------------------------------------------ the visitor's verdict

	// The verdict on the answer that is shown, if it was given just before: the same picture is not counted twice.
	function judged() {
		const last = recallTrials().at(-1);
		return last && ["pixels", "model", "kind"].every((part) => last[part] === shown?.[part]) ? last : null;
	}

	// Another verdict on the same answer takes the place of the first.
	function judge(meant) {
		const { kind, label: said, reason, best_guess: guess, confidence, model, pixels, strokes } = shown;
		const others = judged() ? recallTrials().slice(0, -1) : recallTrials();
		const at = new Date().toISOString();
		keepTrials([...others, { at, kind, meant, said, reason, guess, confidence, model, pixels, strokes }]);
		part("aloud").textContent = part("ask").textContent;
	}

	function unjudge() {
		if (judged()) keepTrials(recallTrials().slice(0, -1));
		part("yes").focus();
	}

	const drawingOf = (value) => JSON.stringify(value?.strokes?.strokes ?? null);

	// An example is no test of the visitor's.
	const isExample = (value) => [drawingOf(value), value?.pixels].some((one) => get("examples").includes(one));

	const namesOf = (trial) => ({ ...trial, meant: nameOf(trial.meant), said: nameOf(trial.said) });

	// What "right" says of the answer on show: its digit, what was refused, or the guess that the visitor took.
	const rightly = (value) => (stateOf(value) === "taken" ? value.best_guess : (value.label ?? value.reason));

	function showJudged() {
		const empty = stateOf(shown) === "empty";
		const idle = empty || isExample(shown);
		const [trial, count] = [idle ? null : judged(), recallTrials().length];
		set("judged", trial?.strokes ? drawingOf(shown) : null);
		part("yes").disabled = idle;
		part("yes").setAttribute("aria-pressed", Boolean(trial && trial.meant === rightly(shown)));
		for (const button of panel.querySelectorAll(".not")) {
			button.disabled = idle;
			button.setAttribute("aria-pressed", trial?.meant === button.dataset.meant);
		}
		bars.forEach((item, digit) => {
			item.querySelector("button").disabled = idle;
			item.classList.toggle("meant", trial?.meant === digit);
		});
		part("undo").hidden = !trial;
		showNext();
		const judgement = () => say(`reading.noted.${isRight(trial) ? "right" : isDigit(trial) ? "wrong" : trial.meant}`, { ...namesOf(trial), count });
		part("ask").textContent = trial ? judgement() : empty ? "" : say(idle ? "reading.example" : "reading.judge");
	}

	part("yes").addEventListener("click", () => {
		const meant = rightly(shown);
		inTime(() => judge(meant));
	});
	for (const button of panel.querySelectorAll(".not")) button.addEventListener("click", () => inTime(() => judge(button.dataset.meant)));
	part("take").addEventListener("click", () => inTime(take));
	part("as-number").addEventListener("click", readAsNumber);
	part("undo").addEventListener("click", unjudge);
	part("by").addEventListener("change", ({ target }) => choose(target.value || null));

	// ------------------------------------------------------------------ wiring

	watch("value", receive);
	onTheme(() => showPictures(shown));
	subscribe("pen", (down) => {
		if (down) meanwhile = null; // the drawing goes on
		showNext();
	});
	panel.querySelector(".next").addEventListener("click", showNext, { capture: true }); // with the notes of this moment
	onLanguage(() => {
		translate(element);
		show();
		showReaders();
	});
	for (const key of ["own", "reader"]) subscribe(key, showReaders);
	onTrials(showJudged);
	subscribe("examples", showJudged);
}
