// Build: what travels while one draws, the starters, the notebooks, and how another network takes this one's place.

import { made } from "../web/dom.js";
import { showPadBeside } from "../web/gradio.js";
import { number, whole } from "../web/numbers.js";
import { onLanguage, say, translate } from "../web/say.js";
import { get } from "../web/store.js";
import { tabbed } from "../web/views.js";
import { code, marked } from "./code.js";
import { notebookCards, starterCard } from "./files.js";
import { curl, drawingIn, overhear, python, readable } from "./wire.js";

/** @typedef {import("./wire.js").Exchange} Exchange */

const PACE = 200; // milliseconds between two changes of what is shown: what changes faster is not read
const FILE = "python app.py --model FOLDER\npython -m train export RUN FOLDER";
const CLASSES = '{"task": {"classes": ["a", "b", "c"]}}';

export default function start({ element, props, trigger }, { starters, notebooks, excerpts }) {
	const panel = element.querySelector(".course");
	const part = (name) => panel.querySelector(`.${name}`);

	/** @type {Exchange | null} */
	let latest = null;
	let view = "wire";
	let here = false; // whether the tab is open
	let showing; // the timer of the next change

	// ------------------------------------------------------------------ what travels

	overhear((exchange) => {
		if (!exchange.received.includes('"probabilities"')) return; // another tab asked, for something else
		latest = exchange;
		if (here && view === "wire") showing ||= setTimeout(showWire, PACE);
	});

	// Whoever comes here has drawn elsewhere: that is asked once more, to be overheard.
	function arrive() {
		const before = here;
		here = Boolean(element.offsetParent);
		if (before || !here) return;
		showWire();
		const { strokes = [], width, height } = get("drawing")?.sent ?? {};
		if (!strokes.length || get("picture") !== null) return;
		if (latest && JSON.stringify(drawingIn(latest.sent).strokes) === JSON.stringify(strokes)) return;
		props.value = { strokes, width, height, lifted: true };
		trigger("input");
	}

	function showWire() {
		showing = null;
		part("nothing").hidden = latest !== null;
		part("travelled").hidden = latest === null;
		if (!latest) return;
		const { method, address, sent, received, milliseconds } = latest;
		const { pathname, search } = new URL(address);
		const fact = (key, textContent) => made("div", {}, made("dt", { textContent: say(key) }), made("dd", { textContent }));
		const size = (text) => say("course.bytes", { count: whole(new Blob([text]).size) });
		part("facts").replaceChildren(
			fact("course.address", `${method} ${pathname}${search}`),
			fact("course.sent_size", size(sent)),
			fact("course.received_size", size(received)),
			fact("course.there_and_back", `${number(milliseconds, 0)}\u00a0ms`),
		);
		part("sent").textContent = readable(sent);
		part("received").textContent = readable(received);
	}

	// What is to be copied stays as it is while one draws on: it is put there when it is unfolded.
	function showSame() {
		if (!latest || !part("same").open) return;
		const app = new URL(".", document.baseURI).href.replace(/\/$/, "");
		const drawing = drawingIn(latest.sent);
		part("programs").replaceChildren(
			...[["course.curl", curl(app, drawing)], ["course.python", python(app, drawing)]].flatMap(([title, text]) => [made("h4", { textContent: say(title) }), code(say(title), text)]),
		);
	}

	// ------------------------------------------------------------------ another network

	/** @type {[string, string, string?][]} */
	const STEPS = [
		["course.adapt_file", "course.adapt_file_about", FILE],
		["course.adapt_classes", "course.adapt_classes_about", CLASSES],
		["course.adapt_pixels", "course.adapt_pixels_about", excerpts.framed],
		["course.adapt_outputs", "course.adapt_outputs_about", excerpts.read],
		["course.adapt_elsewhere", "course.adapt_elsewhere_about"],
	];

	/** @param {[string, string, string?]} step */
	function step([title, about, text]) {
		const parts = text ? [code(say(title), text)] : [];
		return made("li", {}, made("h3", { textContent: say(title) }), made("p", {}, ...marked(say(about))), ...parts);
	}

	// ------------------------------------------------------------------ wiring

	tabbed(panel, (name) => {
		view = name;
		showPadBeside(element, name === "wire");
		showWire();
	});
	new ResizeObserver(arrive).observe(element);
	part("same").addEventListener("toggle", showSame);
	onLanguage(() => {
		translate(element);
		part("starters").replaceChildren(...starters.map(starterCard));
		part("notebooks").replaceChildren(...notebookCards(notebooks));
		part("steps").replaceChildren(...STEPS.map(step));
		showWire();
		showSame();
	});
}
