// Which view is open, what it asks for, and what is done with an answer.

let view = "network";

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

const open = tabbed(panel, (name) => {
	view = name;
	askAgain();
});

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
open(view);
onLanguage(() => {
	translate();
	offerReasons();
	offerPlay();
	repaint();
});
// A component that comes late, with its tab, asks for itself.
setTimeout(askAgain);
