// What the wide tabs share: one view open at a time, asking the server for it, and the answer at its head.

import { go, onPlace } from "./address.js";
import { areWords, byArrows } from "./dom.js";
import { className, sideOf } from "./networks.js";
import { nearly } from "./numbers.js";
import { paintValues, pictureOf, unpack } from "./paint.js";
import { say } from "./say.js";
import { isDone } from "./stations.js";
import { get, set, subscribe } from "./store.js";

/** @typedef {import("./types.js").Packed} Packed */
/** @typedef {import("./types.js").Prediction} Prediction */

// ------------------------------------------------------------------ asking the server

// Whoever draws, or changes the network, asks for the open view: what `open` gives stands ready for them.
export function asking({ element, props, trigger }, open) {
	const ready = () => (props.value = open());
	const ask = (asked, event) => {
		props.value = asked;
		trigger(event); // what is asked leaves at once
		ready();
	};
	const askAgain = () => ask(open(), "input");
	// Who draws and comes here at once comes before the digit does.
	subscribe("read", () => element.offsetParent && askAgain());
	return { ready, askAgain, askBeside: (asked, event = "submit") => ask(asked, event) };
}

const PATIENCE = 1500; // milliseconds

// A component that comes late, with its tab, asks for itself; and once more while it is not answered, for Gradio may not
// have listened to it yet.
export function askAtFirst(element, ask, answered) {
	setTimeout(ask);
	const again = setInterval(() => {
		if (answered()) clearInterval(again);
		else if (element.offsetParent) ask();
	}, PATIENCE);
}

// Answers come in any order where several events ask: one to what is no longer asked for is not shown.
export const outdated = (asked, open) => asked.view === open.view && JSON.stringify(asked) !== JSON.stringify(open);

// ------------------------------------------------------------------ the head: the digit, and what a network says to it

// Shows an answer, and notes beside it; gives it in words.
/** @param {Element} panel @param {{ prediction: Prediction, pixels: Packed }} answer @param {(string | false | null)[]} notes */
export function showSays(panel, { prediction, pixels }, ...notes) {
	const { values, shape } = unpack(pixels);
	paintValues(panel.querySelector(".says canvas"), values, shape, { limit: 1 });
	tellSaid(panel, { prediction, picture: pictureOf(values) });
	const { digit, verdict, closest } = answerWords(prediction);
	const empty = prediction.reason === "blank"; // where not even an example is at hand
	const detail = empty ? say("pane.empty") : [closest, say("pane.by", { model: prediction.model }), ...notes].filter(Boolean).join(" · ");
	panel.toggleAttribute("data-empty", empty);
	panel.querySelector(".says .digit").textContent = digit;
	panel.querySelector(".says .digit").classList.toggle("word", areWords([digit]));
	panel.querySelector(".verdict").textContent = verdict;
	panel.querySelector(".detail").textContent = detail;
	return [answerAloud(prediction), detail].filter(Boolean).join(", ");
}

// Told to the pad beside, which says it where there is room for one line alone; null where nothing is said.
/** @param {Element} panel @param {{ prediction: Prediction, picture: string } | null} said */
export const tellSaid = (panel, said) => set("says", { ...get("says"), [wingOf(panel)]: said });

// That nobody drew what is answered; where nothing was there to be an example, the answer itself asks for something.
/** @param {{ example?: boolean }} answer @param {Prediction} prediction */
export const exampleNote = ({ example }, { reason }) => example && reason !== "blank" && say("pane.example");

// The first station looks again where it is unsure, the others once: where that makes a difference, both stand there.
/** @param {{ prediction: Prediction, pixels: Packed }} answer */
export function looksNote({ prediction, pixels }) {
	const read = get("read");
	const same = read?.model === prediction.model && read.pixels === pictureOf(unpack(pixels).values);
	return same && answerAloud(read) !== answerAloud(prediction) && say("pane.looks", { answer: answerAloud(read) });
}

// An answer's sign ("" for a blank, "?" where it abstains), how sure it is or why not, and then what is close, if any is.
/** @param {Prediction} prediction */
export function answerWords(prediction) {
	const { reason, best_guess, confidence, model } = prediction;
	if (reason === "blank") return { digit: "", verdict: say("pane.blank"), closest: "" };
	if (reason) return { digit: "?", verdict: say(`reading.${reason}`), closest: closestTo(prediction) };
	return { digit: `${className(model, best_guess)}`, verdict: nearly(confidence), closest: "" };
}

// The same within a sentence, where a question mark says nothing.
/** @param {Prediction} prediction */
export function answerAloud(prediction) {
	const { reason } = prediction;
	if (reason && reason !== "blank") return say(`pane.none.${reason}`);
	const { digit, verdict } = answerWords(prediction);
	return [digit, verdict].filter(Boolean).join(", ");
}

const STANDS_OUT = 1 / 3;

// What was refused is close to its best guess only where that stands out.
/** @param {Prediction} prediction */
function closestTo({ best_guess, confidence, model }) {
	if (confidence < STANDS_OUT) return "";
	return say("reading.closest", { label: className(model, best_guess), share: nearly(confidence) });
}

// An empty picture, for a view that has had no answer yet.
export const blankFor = (model) => new Float32Array(sideOf(model) ** 2);

// ------------------------------------------------------------------ views, one open at a time

const wingOf = (panel) => panel.querySelector("[data-view]").id.split("-tab-")[0];

// The panel's tabs open its parts, and so does the address; gives a function that opens one by name, and tells nobody.
// `usual` is the one that opens where nothing is asked for.
export function tabbed(panel, onOpen, usual = "") {
	const tabs = [...panel.querySelectorAll("[data-view]")];
	const named = (name) => tabs.find((tab) => tab.dataset.view === name);
	const wing = wingOf(panel);
	let opened = null;
	const open = (name) => {
		opened = name;
		for (const tab of tabs) {
			const chosen = tab.dataset.view === name;
			tab.setAttribute("aria-selected", chosen);
			tab.tabIndex = chosen ? 0 : -1;
		}
		for (const one of panel.querySelectorAll("[data-panel]")) one.hidden = one.dataset.panel !== name;
	};
	const choose = (view) => {
		open(view);
		go({ tab: wing, view });
		onOpen(view);
	};
	for (const tab of tabs) {
		tab.addEventListener("click", () => choose(tab.dataset.view));
		tab.addEventListener("keydown", (event) => byArrows(event, tabs));
	}
	const tick = () => {
		for (const tab of tabs) tab.toggleAttribute("data-done", isDone(`${wing}/${tab.dataset.view}`));
	};
	subscribe("done", tick);
	tick();
	onPlace(wing, ({ view }) => {
		const { dataset } = named(view) ?? named(usual) ?? tabs[0];
		if (dataset.view === opened) return;
		open(dataset.view);
		onOpen(dataset.view);
	});
	return open;
}
