// Which view is open, what it asks for, and what is done with an answer.

let view = "compare";

const asks = {
	compare: () => ({ view: "compare", stack: bend.stack, seed: bend.seed, against: bend.against }),
	breaking: () => ({ view: "breaking", name: bend.name, seed: bend.seed }),
	card: askCard,
	score: () => ({ view: "score" }),
};
const shows = { compare: showCompare, breaking: showBreaking, card: showCard, score: showScore };

// Whoever draws, or takes a test digit, asks for the open view: this is what stands ready for them.
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
	Object.assign(latest, answer);
	const known = Object.keys(answer[part].models);
	if (models.join() !== known.join()) {
		models = known;
		offerStack();
	}
	palette = null;
	showHead(answer);
	shows[part](answer[part], answer);
	ready();
}

function showHead(answer) {
	const notes = [answer.test && say("stress.from_mnist", answer.test), answer.example && say("pane.example")];
	const words = showSays(panel, answer, ...notes);
	sayAloud(view === "compare" && answer.compare ? compareAloud(answer.compare) : words);
}

const open = tabbed(panel, (name) => {
	view = name;
	panel.querySelector(".seed").hidden = name === "score";
	askAgain();
});

const seedField = panel.querySelector(".seed input");
function sow(seed) {
	bend.seed = Math.min(9999, Math.max(0, Math.round(seed) || 0));
	seedField.value = bend.seed;
	askAgain();
}
seedField.addEventListener("change", () => sow(Number(seedField.value)));

const acts = {
	seed: () => sow(Math.random() * 1000),
	add: () => {
		const name = PERTURBATIONS.find((one) => !one.worst_case && !bend.stack.some((row) => row.name === one.name)).name;
		bend.stack.push({ name, strength: start(name) });
		changeStack(".stack select", bend.stack.length - 1);
	},
	download: downloadCard,
};
for (const [act, does] of Object.entries(acts)) panel.querySelector(`[data-act=${act}]`).addEventListener("click", does);

function repaint() {
	palette = null;
	if (!latest.asked) return;
	showHead(latest);
	if (view === "card") paintReport();
	else if (latest[view] !== undefined) shows[view](latest[view], latest);
}

watch("value", receive);
new MutationObserver(repaint).observe(document.body, { attributeFilter: ["class"] });
open(view);
onLanguage(() => {
	translate();
	offerStack();
	offerBreaking();
	repaint();
});
// A component that comes late, with its tab, asks for itself.
setTimeout(askAgain);
