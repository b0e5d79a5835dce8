// Series that students hand in to a class by a code: what is asked of the server, and the part of the page on either side.
// The teacher's page has a secret that reads; a student's a receipt that replaces. Both stay in their tab alone.

import { linkingTo, note, noted } from "../web/address.js";
import { copiedWords } from "../web/dom.js";
import { lasts, recall, remember } from "../web/memory.js";
import { language, say } from "../web/say.js";
import { onTrials, recallTrials } from "../web/trials.js";

/** @typedef {import("../web/types.js").TrialsAnswer} TrialsAnswer */

const PACE = 2000; // milliseconds from one look for what was handed in to the next
const LOST = 20_000; // after which an answer is taken for lost: a whole class hands in at once, one after the other
const CLASS = "digit-collect"; // the teacher's {code, secret, until}, or {over}
const MINE = "digit-handed"; // the student's {code, name, count, at, receipt, until}

const guessless = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// ------------------------------------------------------------------ asking

// Asks the server by the component's one event: gives the answer's part, null where none comes in time.
export function asker({ props, trigger, watch }) {
	const waiting = {};
	watch("value", () => {
		/** @type {TrialsAnswer | undefined} */
		const answer = props.value;
		if (answer?.asked) waiting[answer.asked.view]?.(answer[answer.asked.view]);
	});
	const asks = (view, asked) =>
		new Promise((done) => {
			const lost = setTimeout(() => waiting[view](null), LOST);
			waiting[view] = (part) => {
				clearTimeout(lost);
				delete waiting[view];
				done(part);
			};
			props.value = { view, ...asked };
			trigger("input"); // what is asked leaves at once
			props.value = {};
		});
	const last = {}; // of each view: one is asked after the other
	return (view, asked = {}) => (last[view] = (last[view] ?? Promise.resolve()).then(() => asks(view, asked)));
}

// What is said of a refusal, or of an answer that did not come, as say() takes it; null for none.
const refusal = (told) => (told ? told.why && [`error.${told.why.key}`, told.why.values] : ["error.busy"]);

// What screen readers hear is said anew only where it changes.
function write(node, words) {
	if (node.textContent !== words) node.textContent = words;
}

const clock = (at) => new Date(at).toLocaleTimeString(language(), { hour: "numeric", minute: "2-digit" });
const until = (seconds) => Date.now() + 1000 * seconds;

// A code as the board has it: in two halves.
export const written = (code) => code.replace(/^(.+)(.{4})$/, "$1 $2");

// What somebody typed of a code: its letters.
export const letters = (text, length) => text.toUpperCase().replace(/[^A-Z]/g, "").slice(0, length);

// What the server takes of a test: also of one that an older page has kept.
const sent = ({ at, kind, meant, said, reason = null, guess, confidence, model, pixels, strokes = null }) => ({ at, kind, meant, said, reason, guess, confidence, model, pixels, strokes });

// ------------------------------------------------------------------ the teacher's side

// `gathered` gets what was handed in, `over` hears that nothing more comes, and `began` that another class is open.
export function openedClass(panel, ask, { since, gathered, over, began }) {
	const part = (name) => panel.querySelector(`.collect .${name}`);
	let kept = recall("sessionStorage", CLASS) ?? {};
	let [count, notice, timer, copied] = [0, null, null, false];

	const isOpen = () => Boolean(kept.secret);
	const keep = (value) => remember("sessionStorage", CLASS, (kept = value));

	async function open() {
		part("open").disabled = true;
		const told = await ask("open");
		part("open").disabled = false;
		notice = refusal(told);
		if (!notice) {
			began();
			keep({ code: told.code, secret: told.secret, until: until(told.seconds) });
			[count, copied] = [0, false];
			look();
		}
		show();
		if (isOpen()) part("end").focus();
	}

	// What was handed in since the last look; whether there is more.
	async function gather() {
		const told = await ask("gather", { secret: kept.secret, since: since() });
		if (told?.why) closed();
		else if (told) {
			count = told.numbers.length;
			gathered(told);
			show();
		}
		return Boolean(told?.more);
	}

	async function look() {
		clearTimeout(timer);
		const more = !("lost" in document.documentElement.dataset) && (await gather());
		if (isOpen()) timer = setTimeout(look, more ? 0 : PACE);
	}

	async function end() {
		clearTimeout(timer);
		part("end").disabled = true;
		while (isOpen() && (await gather()));
		if (isOpen()) {
			notice = refusal(await ask("end", { secret: kept.secret }));
			if (!notice) closed();
		}
		part("end").disabled = false;
		show();
		if (isOpen()) look();
		else part("open").focus();
	}

	function closed() {
		clearTimeout(timer);
		notice = null;
		keep({ over: true });
		over();
		show();
	}

	function show() {
		for (const node of panel.querySelectorAll(".collect [data-when]")) node.hidden = (node.dataset.when === "open") !== isOpen();
		const said = [isOpen() && !lasts(CLASS) && ["collect.not_kept"], kept.over && ["collect.ended"], notice];
		write(part("state"), said.filter(Boolean).map((words) => say(...words)).join(" "));
		if (!isOpen()) return;
		part("code").textContent = written(kept.code);
		part("code").setAttribute("aria-label", say("collect.code", { letters: [...kept.code].join(" ") }));
		write(part("until"), say("collect.until", { time: clock(kept.until), count }));
		part("link").textContent = say(copied ? "collect.copied" : "collect.link");
	}

	async function copy() {
		const address = new URL(location.href);
		address.hash = `#trials/mine?class=${kept.code}`;
		copied ||= await copiedWords(address.href, panel);
		show();
	}

	part("open").addEventListener("click", open);
	part("end").addEventListener("click", end);
	part("link").addEventListener("click", copy);
	if (isOpen()) look();
	const remove = (number) => isOpen() && ask("remove", { secret: kept.secret, number });
	return { show, remove };
}

// ------------------------------------------------------------------ the student's side

// A sentence whose {read} leads to where digits are drawn. `key` is a text's.
export function linkRead(node, key) {
	const link = linkingTo({ tab: "draw" }, { textContent: say("draw.tab") });
	const [before, after] = say(key, { read: "\n" }).split("\n");
	node.replaceChildren(before, link, after);
	return node;
}

export function handing(panel, ask, { length, longest, most, largest }) {
	const form = panel.querySelector(".handing");
	const part = (name) => form.querySelector(`.${name}`);
	const [code, name] = ["code", "name"].map((field) => form.elements.namedItem(field));
	let mine = recall("sessionStorage", MINE) ?? null;
	const receipt = mine?.receipt ?? guessless(); // sent again, it replaces
	let [notice, busy, past] = [null, false, null];
	const invited = letters(noted().class ?? "", length); // the code that the address came with

	const keep = (value) => remember("sessionStorage", MINE, (mine = value));
	const there = () => Boolean(mine) && mine.until > Date.now();

	async function submit() {
		const trials = recallTrials().map(sent);
		const wanted = letters(code.value, length);
		if (busy || !trials.length) return;
		if (trials.length > most) return tell(["error.collect_tests", { most }]);
		const text = JSON.stringify(trials);
		if (text.length > largest) return tell(["error.collect_large", { most: largest / 1000 }]);
		busy = true;
		show();
		const told = await ask("submit", { code: wanted, name: name.value, trials: text, receipt });
		busy = false;
		if (told?.why?.key === "collect_code" && mine?.code === wanted) keep(null); // that class is over
		if (refusal(told)) return tell(refusal(told));
		keep({ code: wanted, name: name.value.trim(), count: trials.length, at: Date.now(), receipt, until: until(told.seconds) });
		note({ class: "" });
		tell(null);
	}

	async function withdraw() {
		busy = true;
		show();
		const told = await ask("withdraw", { receipt });
		busy = false;
		if (refusal(told)) return tell(refusal(told));
		keep(null);
		tell(["collect.withdrawn"]);
		part("send").focus();
	}

	function tell(words) {
		notice = words;
		show();
	}

	function state() {
		if (busy) return say("collect.sending");
		if (notice) return say(...notice);
		if (mine && !there()) return say("collect.past");
		return mine ? say("collect.handed", { time: clock(mine.at), name: mine.name, count: mine.count, until: clock(mine.until) }) : "";
	}

	function show() {
		part("send").textContent = say(there() ? "collect.again" : "collect.hand");
		part("send").disabled = busy || recallTrials().length === 0;
		part("withdraw").hidden = !there();
		part("withdraw").disabled = busy;
		form.querySelector("h3").textContent = invited ? say("collect.come", { code: written(invited).replace(" ", "\u00a0") }) : say("collect.hand_title");
		part("first").hidden = recallTrials().length > 0;
		linkRead(part("first"), "collect.first");
		write(part("state"), state());
		part("state").classList.toggle("failed", !busy && Boolean(notice?.[0].startsWith("error.")));
		clearTimeout(past);
		if (there()) past = setTimeout(show, mine.until - Date.now() + 1000);
	}

	if (invited) panel.prepend(form); // what they came for comes first
	form.hidden = false;
	[code.maxLength, name.maxLength] = [2 * length, longest];
	[code.value, name.value] = [written(invited || (mine?.code ?? "")), mine?.name ?? ""];
	code.addEventListener("change", () => (code.value = written(letters(code.value, length))));
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		submit();
	});
	part("withdraw").addEventListener("click", withdraw);
	onTrials(show);
	return { show };
}
