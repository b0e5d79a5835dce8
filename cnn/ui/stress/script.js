// Which view is open, what it asks for, and what is done with an answer.

import { note, noted } from "../web/address.js";
import { onTheme } from "../web/dom.js";
import { askTestDigit } from "../web/gradio.js";
import { className, learnNetworks } from "../web/networks.js";
import { pictureOf, unpack } from "../web/paint.js";
import { aloudIn, onLanguage, say, translate } from "../web/say.js";
import { get, set } from "../web/store.js";
import { askAtFirst, asking, exampleNote, looksNote, outdated, showSays, tabbed } from "../web/views.js";
import { read, seedOf, usual, written } from "./bend.js";
import { breakingView } from "./breaking.js";
import { cardView } from "./card.js";
import { compareView } from "./compare.js";
import { bendNames, bends, learnPerturbations, start as startOf } from "./perturbations.js";
import { scoreView } from "./score.js";

export default function start(page, { networks, bundled, perturbations, most }) {
	const { element, props, watch } = page;
	learnNetworks({ networks, bundled });
	learnPerturbations(perturbations);
	const sayAloud = aloudIn(element);
	const panel = element.querySelector(".stress");
	/** @type {Partial<import("../web/types.js").StressAnswer>} */
	const latest = {}; // the last answer: {asked, pixels, prediction, and the part of each view that has come}
	const bend = usual();
	// What the views share; `models` are the networks' names, in the server's order.
	const desk = { panel, latest, bend, models: [], view: "compare", most };
	const views = { compare: compareView(desk), breaking: breakingView(desk), card: cardView(desk), score: scoreView(desk) };

	read(bend, noted(), desk.most);
	// What is asked for is what a link shows.
	const { ready, askAgain, askBeside } = asking(page, () => {
		note({ bend: written(bend) === written(usual()) ? "" : written(bend), seed: bend.seed ? `${bend.seed}` : "" });
		return views[desk.view].ask();
	});
	Object.assign(desk, { views, askAgain, askBeside, showSeed, fromTest });

	function receive() {
		const answer = props.value;
		if (!answer?.asked) return;
		const part = answer.asked.view;
		if (part !== "card" && outdated(answer.asked, views[desk.view].ask())) return ready();
		// It looked at the example, and the test digit of a link has come meanwhile.
		if (answer.example && wiped && noted().test) return ready();
		Object.assign(latest, answer);
		const known = Object.keys(answer[part].models);
		if (desk.models.join() !== known.join()) {
			desk.models = known;
			views.compare.offer();
		}
		if (answer.test) wipePads(answer);
		showHead(answer);
		views[part].show(answer[part], answer);
		ready();
	}

	// A digit that was not drawn: the pads show its picture, and no drawing beside it.
	let wiped = null;
	function wipePads({ pixels, test }) {
		if (pixels.data === wiped) return;
		wiped = pixels.data;
		set("drawing", { from: element, strokes: [] });
		set("picture", pictureOf(unpack(pixels).values));
		note({ drawing: "", test: `${test.index}` });
	}

	// Which test picture it is, where it is one.
	function fromTest({ test, prediction }) {
		return test && say("stress.from_mnist", { index: test.index, label: className(prediction.model, test.label) });
	}

	function showHead(answer) {
		const notes = [fromTest(answer), exampleNote(answer, answer.prediction), looksNote(answer)];
		const words = showSays(panel, answer, ...notes);
		sayAloud(desk.view === "compare" && answer.compare ? views.compare.aloud(answer.compare) : words);
	}

	const open = tabbed(panel, (name) => {
		desk.view = name;
		showSeed();
		askAgain();
	});

	// A seed says nothing where nothing is drawn by lot; MNIST-C knows no digit of the visitor's.
	function showSeed() {
		const chosen = { compare: bend.stack.map(({ name }) => name), breaking: [bend.name], card: Object.keys(bends), score: [] };
		panel.querySelector(".seed").hidden = !chosen[desk.view].some((name) => bends[name].random);
		panel.querySelector(".says").hidden = desk.view === "score";
	}

	const seedField = panel.querySelector(".seed input");
	seedField.value = bend.seed;
	function reseed(seed) {
		bend.seed = seedOf(seed);
		seedField.value = bend.seed;
		askAgain();
	}
	seedField.addEventListener("change", () => reseed(Number(seedField.value)));

	const acts = {
		seed: () => reseed(Math.random() * 1000),
		add: () => {
			const name = bendNames().find((one) => !bends[one].worst_case && !bend.stack.some((row) => row.name === one));
			bend.stack.push({ name, strength: startOf(name) });
			views.compare.change(".stack select", bend.stack.length - 1);
		},
		all: views.card.toggle,
		download: views.card.download,
	};
	for (const [act, does] of Object.entries(acts)) panel.querySelector(`[data-act=${act}]`).addEventListener("click", does);

	function repaint() {
		showSeed();
		if (!latest.asked) return;
		showHead(latest);
		const { view } = desk;
		if (view === "card") views.card.paint();
		else if (latest[view] !== undefined) views[view].show(latest[view], latest);
	}

	watch("value", receive);
	onTheme(repaint);
	open(desk.view);
	onLanguage(() => {
		translate(element);
		panel.querySelector("[data-view=score]").hidden = get("symbols"); // MNIST-C is of digits
		views.compare.offer();
		views.breaking.offer();
		repaint();
	});
	askAtFirst(element, askAgain, () => latest.asked?.view === desk.view);
	setTimeout(() => noted().test && askTestDigit(noted().test)); // by its field
}
