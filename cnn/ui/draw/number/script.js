// The answer to a number: text to copy, and a box around each digit on the picture it was read from.

import { copied, made } from "../../web/dom.js";
import { late, onShow } from "../../web/gradio.js";
import { percent } from "../../web/numbers.js";
import { aloudIn, networkName, onLanguage, say, sayCount, translate } from "../../web/say.js";
import { set } from "../../web/store.js";

/** @typedef {import("../../web/types.js").DigitShown} DigitShown */
/** @typedef {import("../../web/types.js").NumberAnswer} NumberAnswer */

const COPIED = 2000; // milliseconds that "copied" stands

export default function start({ element, props, watch }) {
	const sayAloud = aloudIn(element);
	const panel = element.querySelector(".number");
	const part = (name) => panel.querySelector(`.${name}`);

	/** @type {NumberAnswer} */
	let shown = props.value; // the answer on show, which need not be the last that came
	let told; // that it was copied, for a while

	// empty: nothing to read. none: no digit found. read: an answer.
	const stateOf = (value) => (!value?.digits ? "empty" : value.digits.length > 0 ? "read" : "none");

	const doubts = (value) => value.digits.filter((digit) => digit.doubtful).length;

	const verdicts = {
		empty: (value) => say(value?.source === "photo" ? "number.empty_photo" : "number.empty_pad"),
		none: () => say("number.none"),
		read: (value) => {
			const count = doubts(value);
			return count === 0 ? say("number.clear") : sayCount("number.doubts", count);
		},
	};

	// A doubtful digit has a dashed box and a question mark.
	/** @param {DigitShown} digit */
	function box({ label, confidence, doubtful, box: [x0, y0, x1, y1] }) {
		const item = made("li", { className: doubtful ? "doubtful" : "" }, made("b", { textContent: doubtful ? `${label}?` : label }));
		const place = { left: x0, top: y0, width: x1 - x0, height: y1 - y0 };
		for (const [name, share] of Object.entries(place)) item.style.setProperty(name, `${100 * share}%`);
		// Its label stands above the box, or within it at the picture's upper edge.
		item.classList.toggle("inside", y0 < 0.12);
		const words = say(doubtful ? "number.unsure" : "number.sure", { label, share: percent(confidence) });
		item.setAttribute("aria-label", words);
		item.title = words;
		return item;
	}

	/** @param {NumberAnswer} value @param {string} state */
	function showPicture(value, state) {
		const picture = part("picture");
		picture.hidden = state === "empty";
		part("boxes").replaceChildren(...(value?.digits ?? []).map(box));
		if (picture.hidden) return;
		const strokes = value.strokes ?? [];
		picture.style.setProperty("--ratio", value.width / value.height);
		picture.querySelector("img").hidden = !value.picture;
		if (value.picture) picture.querySelector("img").src = value.picture;
		part("strokes").toggleAttribute("hidden", strokes.length === 0);
		part("strokes").setAttribute("viewBox", `0 0 ${value.width} ${value.height}`);
		const lines = strokes.map((points) => `M${points.map((point) => point.join(" ")).join("L")}`);
		part("strokes").querySelector("path").setAttribute("d", lines.join(""));
	}

	function showCopy(done) {
		const button = part("copy");
		button.querySelector("span").textContent = say(done ? "number.copied" : "number.copy");
		button.classList.toggle("done", done);
	}

	async function copy() {
		if (!(await copied(part("text")))) return;
		showCopy(true);
		part("aloud").textContent = say("number.copied");
		clearTimeout(told);
		told = setTimeout(() => showCopy(false), COPIED);
	}

	// Digit by digit: a number of a form is no quantity.
	/** @param {NumberAnswer} value @param {string} state */
	function spoken(value, state) {
		const digits = state === "read" ? value.text.split("\n").map((line) => [...line].join(" ")) : [];
		return [...digits, verdicts[state](value)].join(", ");
	}

	function receive() {
		const value = props.value;
		if (value && !value.again) set("read", value);
		if ((value?.source && !onShow(value.source)) || late(value?.source, !value?.strokes)) return;
		shown = value;
		if (!value?.again && value?.first) set("picture", value.first);
		show();
	}

	function show() {
		const value = shown;
		const state = stateOf(value);
		panel.dataset.state = state;
		part("text").textContent = state === "read" ? value.text : "";
		const longest = Math.max(...(value?.text ?? "").split("\n").map((line) => line.length));
		part("text").style.setProperty("--count", Math.max(3, longest));
		part("verdict").textContent = verdicts[state](value);
		part("model").textContent = networkName(value?.model ?? "");
		part("copy").hidden = state !== "read";
		showCopy(false);
		showPicture(value, state);
		sayAloud(spoken(value, state));
	}

	part("copy").addEventListener("click", copy);
	watch("value", receive);
	onLanguage(() => {
		translate(element);
		show();
	});
}
