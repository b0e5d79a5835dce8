// Which view is open, what it asks for, and what is done with an answer.

let view = "compare";

const asks = {
	compare: () => ({ view: "compare", stack: bend.stack, seed: bend.seed, against: bend.against }),
	breaking: () => ({ view: "breaking", name: bend.name, seed: bend.seed }),
	card: askCard,
	score: () => ({ view: "score" }),
};
const shows = { compare: showCompare, breaking: showBreaking, card: showCard, score: showScore };

const usual = bentSo();
bendAs(noted());
// What is asked for is what a link shows.
const { ready, askAgain, askBeside } = asking(() => {
	note({ bend: bentSo() === usual ? "" : bentSo(), seed: bend.seed ? `${bend.seed}` : "" });
	return asks[view]();
});

function receive() {
	const answer = props.value;
	if (!answer?.asked) return;
	const part = answer.asked.view;
	if (part !== "card" && outdated(answer.asked, asks[view]())) return ready();
	// It looked at the example, and the test digit of a link has come meanwhile.
	if (answer.example && wiped && noted().test) return ready();
	Object.assign(latest, answer);
	const known = Object.keys(answer[part].models);
	if (models.join() !== known.join()) {
		models = known;
		offerStack();
	}
	palette = null;
	if (answer.test) wipePads(answer);
	showHead(answer);
	shows[part](answer[part], answer);
	ready();
}

// A digit that was not drawn: the pads show its picture, and no drawing beside it.
let wiped = null;
function wipePads({ pixels, test }) {
	if (pixels.data === wiped) return;
	wiped = pixels.data;
	window.dispatchEvent(new CustomEvent("digit-pad-shared", { detail: { from: element, strokes: [] } }));
	sharePicture(pictureOf([...unpack(pixels).values]));
	note({ drawing: "", test: `${test.index}` });
}

function showHead(answer) {
	const notes = [answer.test && say("stress.from_mnist", answer.test), answer.example && say("pane.example")];
	const words = showSays(panel, answer, ...notes);
	sayAloud(view === "compare" && answer.compare ? compareAloud(answer.compare) : words);
}

const open = tabbed(panel, (name) => {
	view = name;
	showSeed();
	askAgain();
});

// A seed says nothing where nothing is drawn by lot; MNIST-C knows no digit of the visitor's.
function showSeed() {
	const chosen = { compare: bend.stack.map(({ name }) => name), breaking: [bend.name], card: Object.keys(bends), score: [] };
	panel.querySelector(".seed").hidden = !chosen[view].some((name) => bends[name].random);
	panel.querySelector(".says").hidden = view === "score";
}

const seedField = panel.querySelector(".seed input");
seedField.value = bend.seed;
function sow(seed) {
	bend.seed = seedOf(seed);
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
	all: () => {
		card.all = !card.all;
		paintReport();
	},
	download: downloadCard,
};
for (const [act, does] of Object.entries(acts)) panel.querySelector(`[data-act=${act}]`).addEventListener("click", does);

function repaint() {
	palette = null;
	showSeed();
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
// A component that comes late, with its tab, asks for itself; a test digit of a link is asked for by its field.
setTimeout(() => {
	askAgain();
	const field = document.querySelector("#test-digit input");
	if (!noted().test || !field) return;
	field.value = noted().test;
	field.dispatchEvent(new Event("input", { bubbles: true }));
});
