// A network taught the visitor's own digits, and what it forgot meanwhile.

import { choices, made, renew } from "../web/dom.js";
import { counted, percent, whole } from "../web/numbers.js";
import { language, networkName, say, sayCount } from "../web/say.js";
import { get, subscribe } from "../web/store.js";
import { isDigit, onTrials, recallTrials } from "../web/trials.js";

/** @typedef {import("../web/types.js").Taught} Taught */

const FEW = 20; // digits held out, below which a share says little
const SETS = /** @type {const} */ ({ own: "lab.taught_own", mnist: "lab.taught_mnist", made: "lab.taught_made" });

export function teachView(desk) {
	const { panel } = desk;
	const [least, most] = desk.lesson; // of digits
	const part = (name) => panel.querySelector(`[data-panel=teach] ${name}`);
	const asked = { network: desk.teachable[0], remind: true };
	const lessons = []; // {name, model, taught}, the latest first

	const digits = () => recallTrials().filter((trial) => isDigit(trial) && trial.pixels).slice(-most);

	function begin() {
		const chosen = digits();
		desk.beginTraining({ view: "teach", ...asked, pixels: chosen.map(({ pixels }) => pixels), labels: chosen.map(({ meant }) => meant) }, asked.network);
	}

	// What came of one.
	/** @param {string} name @param {string} model @param {Taught} taught */
	function join(name, model, taught) {
		lessons.unshift({ name, model, taught });
		show();
	}

	let shown = ""; // what stands there: what is pressed as an answer comes is not put anew beneath the finger

	function show() {
		const names = [...desk.teachable, ...get("own")];
		if (!names.includes(asked.network)) [asked.network] = names;
		const now = JSON.stringify([language(), names, asked, digits().length, desk.busy(), lessons.length]);
		if (now === shown) return;
		shown = now;
		showTools(names);
		part(".lessons").replaceChildren(...lessons.map(lesson));
	}

	function showTools(names) {
		const select = made("select", { name: "lab-teach-network", ariaLabel: say("lab.teach_network") });
		select.append(...names.map((name) => made("option", { value: name, textContent: networkName(name), selected: name === asked.network })));
		select.addEventListener("change", () => (asked.network = select.value));
		const words = { label: say("lab.teach_from"), words: (remind) => say(remind ? "lab.teach_reminded" : "lab.teach_alone") };
		const remind = choices("lab-remind", [true, false], asked.remind, words, (chosen) => (asked.remind = chosen));
		const count = digits().length;
		const button = made("button", { type: "button", name: "lab-teach", className: "turn", textContent: sayCount("lab.teach_begin", count), disabled: count < least || !names.length || desk.busy() });
		button.addEventListener("click", begin);
		const few = made("p", { className: "note", textContent: say("lab.teach_few", { least, count }), hidden: count >= least });
		renew(part(".asks"), made("div", { className: "asked" }, made("span", { className: "ask", textContent: say("lab.teach_network") }), select), made("div", { className: "asked" }, made("span", { className: "ask", textContent: words.label }), remind), made("div", { className: "asked" }, button), few);
	}

	function lesson({ name, model, taught }) {
		const rows = Object.entries(SETS).map(([set, key]) => {
			const { before, after } = taught[set];
			return made("tr", {}, made("th", { scope: "row", textContent: say(key, { count: whole(after.pictures) }) }), cell(before), cell(after));
		});
		const head = made("tr", {}, ...["lab.taught_set", "lab.taught_before", "lab.taught_after"].map((key) => made("th", { scope: "col", textContent: say(key) })));
		const table = made("table", {}, made("thead", {}, head), made("tbody", {}, ...rows));
		const title = say("lab.taught", { name: networkName(name), model, count: taught.learnt });
		return made("section", {}, made("h3", { textContent: title }), table, ...verdicts(taught).map((textContent) => made("p", { textContent })), ...desk.views.train.actionsWith(name));
	}

	const cell = ({ hits, pictures, low, high }) => made("td", {}, counted(hits / pictures, 1), made("small", { textContent: say("lab.result_interval", { low: percent(low, 1), high: percent(high, 1) }) }));

	/** @param {Taught} taught */
	function verdicts({ own, mnist }) {
		const forgot = mnist.after.hits / mnist.after.pictures < mnist.before.low;
		const words = forgot ? say("lab.forgot", { count: whole(mnist.before.hits - mnist.after.hits) }) : say("lab.forgot_little");
		return own.after.pictures < FEW ? [words, say("lab.taught_few")] : [words];
	}

	onTrials(() => desk.view === "teach" && show());
	subscribe("own", () => desk.view === "teach" && show());

	return { ask: () => ({ view: "film" }), show, join };
}
