// Which view is open, what it asks for, and what is done with an answer.

let view = "network";

const asks = {
	network: () => ({ view: "network", layer: network.layer, channel: network.channel }),
	hand: () => ({ view: "hand", channel: hand.channel, label: hand.label }),
	why: () => ({ view: "why", method: why.method, label: why.label }),
	play: () => ({ view: "shift", across: play.across, down: play.down }),
};
const shows = {
	network: showNetwork,
	filters: showFilters,
	likes: keepLikes,
	hand: showHand,
	why: showWhy,
	shift: showPlay,
	depth: keepDepth,
};

function ask(asked, how = "input") {
	props.value = asked;
	trigger(how);
}

const askAgain = () => ask(asks[view]());

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
	const model = latest.prediction?.model;
	if (model !== undefined && model !== answer.prediction.model) network.layer = null; // its layers are others
	Object.assign(latest, answer);
	palette = null;
	showSays(answer);
	shows[answer.asked.view](answer[answer.asked.view], answer);
	// What is asked next time, by the pad or a change of model, is small again.
	props.value = asks[view]();
	// The filters and likes of one view may come while another is open: it is asked anew where its drawing is older.
}

function showSays({ prediction, pixels }) {
	const { values } = unpack(pixels);
	paintValues(panel.querySelector(".says canvas"), values, [SIDE, SIDE], { limit: 1 });
	const blank = prediction.reason === "blank";
	const words = prediction.abstained && !blank ? say(`reading.${prediction.reason}`) : "";
	panel.querySelector(".says .digit").textContent = blank ? "" : prediction.best_guess;
	panel.querySelector(".verdict").textContent = blank ? say("inside.blank") : percent(prediction.confidence, 1);
	panel.querySelector(".detail").textContent = words || say("inside.by", { model: prediction.model });
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

function repaint() {
	palette = null;
	if (!latest.asked) return;
	showSays(latest);
	const part = latest.asked.view;
	shows[part](latest[part], latest);
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
