// Where all views stand: which one is open, what it asks for, and what is done with an answer.

import { onTheme } from "../web/dom.js";
import { learnNetworks, networkNote } from "../web/networks.js";
import { aloudIn, onLanguage, say, translate } from "../web/say.js";
import { askAtFirst, asking, exampleNote, looksNote, outdated, showSays, tabbed } from "../web/views.js";
import { networkView } from "./network.js";
import { playView } from "./play.js";
import { whyView } from "./reasons.js";

export default function start(page, constants) {
	const { element, props, watch } = page;
	learnNetworks(constants);
	const sayAloud = aloudIn(element);
	const panel = element.querySelector(".inside");
	/** @type {Partial<import("../web/types.js").InsideAnswer>} */
	const latest = {}; // the last answer: {asked, pixels, prediction, and the part of each view that has come}
	// What the views share.
	const desk = { panel, latest, sayAloud, methods: constants.methods, view: "network" };
	const views = { network: networkView(desk), why: whyView(desk), play: playView(desk) };
	// What no drawing changes, or not at once: asked for beside the view, and kept.
	const keeps = { joins: views.network.keepJoins, filters: views.network.keepFilters, likes: views.network.keepLikes, depth: views.play.keepDepth };

	// An answer names its view by what was asked for.
	const show = (part, answer) => views[part === "shift" ? "play" : part].show(answer[part], answer);
	const { ready, askAgain, askBeside } = asking(page, () => views[desk.view].ask());
	Object.assign(desk, { askAgain, askBeside });

	function receive() {
		const answer = props.value;
		if (!answer?.asked) return;
		const part = answer.asked.view;
		// What took seconds may speak of a drawing that is gone.
		if (keeps[part]) keeps[part](answer[part], answer);
		else if (part !== "why" || !outdated(answer.asked, views.why.ask())) take(answer);
		ready();
	}

	function take(answer) {
		if (latest.prediction && latest.prediction.model !== answer.prediction.model) views.network.leave();
		Object.assign(latest, answer);
		showHead(answer);
		showShut(answer);
		const part = answer.asked.view;
		if (answer.shut) delete latest[part];
		else show(part, answer);
	}

	// A network that reads, and whose layers cannot be shown: what needs them says so.
	/** @param {Partial<import("../web/types.js").InsideAnswer>} answer */
	function showShut({ shut, prediction: { model } }) {
		const words = panel.querySelector(".shut");
		panel.toggleAttribute("data-shut", shut);
		words.hidden = !shut;
		if (shut) words.textContent = say("error.no_look", { model });
	}

	// What is changed by hand answers otherwise, where it is changed.
	function showHead(answer) {
		const changed = desk.view === "network" ? views.network.changedWords(answer) : null;
		const notes = [changed?.words ?? networkNote(answer.prediction.model).replace(/\.$/, ""), exampleNote(answer, answer.prediction), !changed && looksNote(answer)];
		const words = showSays(panel, { ...answer, prediction: changed?.now ?? answer.prediction }, ...notes);
		if (desk.view !== "why") sayAloud([changed?.count, words].filter(Boolean).join(". "));
	}

	const open = tabbed(panel, (name) => {
		desk.view = name;
		askAgain();
	}, desk.view);

	// In other colours or words; a view that is not open is asked for when it is opened.
	function repaint() {
		if (!latest.asked) return;
		showHead(latest);
		showShut(latest);
		const part = views[desk.view].ask().view;
		if (latest[part] !== undefined) show(part, latest);
	}

	watch("value", receive);
	onTheme(repaint);
	open(desk.view);
	onLanguage(() => {
		translate(element);
		views.why.offer();
		views.play.offer();
		repaint();
	});
	askAtFirst(element, askAgain, () => latest.asked?.view === views[desk.view].ask().view);
}
