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

const { ready, askAgain, askBeside } = asking(() => asks[view]());

function receive() {
	const answer = props.value;
	if (!answer?.asked) return;
	const part = answer.asked.view;
	// What took seconds may speak of a drawing that is gone.
	if (keeps[part]) keeps[part](answer[part], answer);
	else if (part !== "why" || !outdated(answer.asked, asks.why())) take(answer);
	ready();
}

function take(answer) {
	if (latest.prediction && latest.prediction.model !== answer.prediction.model) network.layer = null; // its layers are others
	Object.assign(latest, answer);
	palette = null;
	showHead(answer);
	showShut(answer);
	const part = answer.asked.view;
	if (answer.shut) delete latest[part];
	else shows[part](answer[part], answer);
}

// A network that reads, and whose layers cannot be shown: what needs them says so.
function showShut({ shut, prediction: { model } }) {
	const words = panel.querySelector(".shut");
	panel.toggleAttribute("data-shut", shut);
	words.hidden = !shut;
	if (shut) words.textContent = say("error.no_look", { model });
}

function showHead(answer) {
	const words = showSays(panel, answer, networkNote(answer.prediction.model).replace(/\.$/, ""), answer.example && say("pane.example"));
	if (view !== "why") sayAloud(words);
}

const open = tabbed(panel, (name) => {
	view = name;
	askAgain();
});

// In other colours or words; a view that is not open is asked for when it is opened.
function repaint() {
	palette = null;
	if (!latest.asked) return;
	showHead(latest);
	showShut(latest);
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
