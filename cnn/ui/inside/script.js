// Which view is open, what it asks for, and what is done with an answer.

const QUIET = 500; // milliseconds without a change before it is said aloud

let view = "network";
let quiet = 0;

const asks = {
	network: () => ({ view: "network", layer: network.layer, channel: network.channel }),
	hand: () => ({ view: "hand", channel: hand.channel, label: hand.label }),
	why: () => ({ view: "why", method: why.method, label: why.label }),
	play: () => ({ view: "shift", across: play.across, down: play.down }),
};
const shows = { network: showNetwork, hand: showHand, why: showWhy, shift: showPlay };
// What no drawing changes, or not at once: asked for beside the view, and kept.
const keeps = { filters: showFilters, likes: keepLikes, depth: keepDepth };

// Whoever draws, or changes the network, asks for the open view: this is what stands ready for them.
const ready = () => (props.value = asks[view]());

function askAgain() {
	ready();
	trigger("input");
}

function askBeside(asked) {
	props.value = asked;
	trigger("submit"); // what is asked leaves at once
	ready();
}

function open(name) {
	view = name;
	for (const tab of panel.querySelectorAll("[data-view]")) {
		const chosen = tab.dataset.view === name;
		tab.setAttribute("aria-selected", chosen);
		tab.tabIndex = chosen ? 0 : -1;
	}
	for (const one of panel.querySelectorAll("[data-panel]")) one.hidden = one.dataset.panel !== name;
}

function receive() {
	const answer = props.value;
	if (!answer?.asked) return;
	const part = answer.asked.view;
	// What took seconds may speak of a drawing that is gone.
	if (keeps[part]) keeps[part](answer[part], answer);
	else take(answer);
	ready();
}

function take(answer) {
	if (latest.prediction && latest.prediction.model !== answer.prediction.model) network.layer = null; // its layers are others
	Object.assign(latest, answer);
	palette = null;
	showSays(answer);
	const part = answer.asked.view;
	shows[part](answer[part], answer);
}

function showSays({ prediction, pixels, example }) {
	const { values } = unpack(pixels);
	paintValues(panel.querySelector(".says canvas"), values, [SIDE, SIDE], { limit: 1 });
	const { reason, best_guess, confidence, model } = prediction;
	const share = nearly(confidence);
	let [digit, verdict, closest] = [`${best_guess}`, share, ""];
	if (reason === "blank") [digit, verdict] = ["", say("inside.blank")];
	else if (reason) [digit, verdict, closest] = ["?", say(`reading.${reason}`), say("reading.closest", { label: best_guess, share })];
	const detail = [closest, say("inside.by", { model }), example ? say("inside.example") : ""].filter(Boolean).join(" · ");
	panel.querySelector(".says .digit").textContent = digit;
	panel.querySelector(".verdict").textContent = verdict;
	panel.querySelector(".detail").textContent = detail;
	if (view !== "why") sayAloud([digit, verdict, detail].filter(Boolean).join(", "));
}

// Screen readers hear the latest, once it has come to rest.
function sayAloud(words) {
	clearTimeout(quiet);
	quiet = setTimeout(() => {
		if (document.querySelector("[data-drawing]")) sayAloud(words);
		else panel.querySelector(".aloud").textContent = words;
	}, QUIET);
}

// What is put anew in a place leaves the keyboard where it was.
function renew(place, ...children) {
	const held = [...place.querySelectorAll("button")].indexOf(document.activeElement);
	place.replaceChildren(...children);
	if (held >= 0) place.querySelectorAll("button")[held]?.focus({ preventScroll: true });
}

for (const tab of panel.querySelectorAll("[data-view]")) {
	tab.addEventListener("click", () => {
		open(tab.dataset.view);
		askAgain();
	});
	tab.addEventListener("keydown", (event) => {
		const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
		if (!step) return;
		const tabs = [...panel.querySelectorAll("[data-view]")];
		const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
		next.focus();
		next.click();
	});
}

// In other colours or words; a view that is not open is asked for when it is opened.
function repaint() {
	palette = null;
	if (!latest.asked) return;
	showSays(latest);
	const part = asks[view]().view;
	if (latest[part] !== undefined) shows[part](latest[part], latest);
}

watch("value", receive);
new MutationObserver(repaint).observe(document.body, { attributeFilter: ["class"] });
open("network");
onLanguage(() => {
	translate();
	offerReasons();
	offerPlay();
	repaint();
});
// A component that comes late, with its tab, asks for itself.
setTimeout(askAgain);
