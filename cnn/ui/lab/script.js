// The film of a training: which of its moments is shown, who moves it on, and what the views make of it.

import { calm, onTheme } from "../web/dom.js";
import { learnNetworks } from "../web/networks.js";
import { nearly, whole } from "../web/numbers.js";
import { plane, unpack } from "../web/paint.js";
import { aloudIn, onLanguage, say, translate } from "../web/say.js";
import { askAtFirst, asking, exampleNote, outdated, showSays, tabbed, tellSaid } from "../web/views.js";
import { buildView } from "./build.js";
import { filmView } from "./film.js";
import { stepView } from "./step.js";
import { sweepView } from "./sweep.js";
import { teachView } from "./teach.js";
import { trainView } from "./train.js";

const PACE = 700; // milliseconds a moment
const FILMED = ["film", "step"]; // the views of the recorded training

export default function start(page, { networks, teachable, lesson, rates, offers }) {
	const { element, props, watch } = page;
	learnNetworks({ networks });
	const sayAloud = aloudIn(element);
	const panel = element.querySelector(".lab");
	/** @type {Partial<import("../web/types.js").LabAnswer>} */
	const latest = {}; // the last answer, and the part of each view that has come
	// What the views share: `at` is the moment that is shown, `answers` are the digit's probabilities at each.
	const desk = { panel, latest, rates, networks, teachable, lesson, offers, view: "film", at: 0, answers: null, askAgain: () => {}, askBeside: (asked) => asked, filmed: null, views: {}, sayAloud };
	const openView = (name) => panel.querySelector(`[data-view=${name}]`).click();
	Object.assign(desk, { openView, askTraining: (asked) => askBeside(asked, "select") });
	const views = { film: filmView(desk), step: stepView(desk), build: buildView(desk), train: trainView(desk), teach: teachView(desk), sweep: sweepView(desk) };
	const { ready, askAgain, askBeside } = asking(page, () => views[desk.view].ask());
	const { train, begin, busy } = views.train;
	Object.assign(desk, { askAgain, askBeside, views, train, beginTraining: begin, busy });

	function receive() {
		const answer = props.value;
		if (!answer?.asked) return;
		const part = answer.asked.view;
		if (views.train.takes(part)) {
			views.train.take(answer);
			return ready();
		}
		if (views[part] && outdated(answer.asked, views[part].ask())) return ready();
		latest[part] = answer[part];
		if (part === "run") slider.max = `${answer.run.moments.length - 1}`;
		else Object.assign(latest, { pixels: answer.pixels, blank: answer.blank, example: answer.example });
		if (part === "film") {
			const { values, shape } = unpack(answer.film.probabilities);
			Object.assign(desk, { filmed: answer.pixels.data, answers: Array.from({ length: shape[0] }, (_, at) => plane({ values, shape }, at)) });
		}
		show();
		// Whoever draws asks for the open view alone.
		if (part === "step" && desk.filmed !== answer.pixels.data) askBeside({ view: "film" });
		ready();
	}

	// ------------------------------------------------------------------ the reel

	/** @type {HTMLInputElement} */
	const slider = panel.querySelector(".reel input");
	const play = panel.querySelector("[data-act=play]");
	let playing = null;

	const last = () => Number(slider.max);

	function goTo(at) {
		desk.at = Math.max(0, Math.min(last(), at));
		if (desk.view === "step") desk.askAgain();
		show();
	}

	function stop() {
		clearInterval(playing);
		playing = null;
		show();
	}

	function turn() {
		if (!panel.offsetParent || !FILMED.includes(desk.view)) return stop(); // another tab was opened, or another view
		goTo(desk.at + 1);
		if (desk.at === last()) stop();
	}

	const acts = {
		play: () => {
			if (playing) return stop();
			playing = setInterval(turn, calm() ? 2 * PACE : PACE);
			goTo(desk.at === last() ? 0 : desk.at);
		},
		back: () => goTo(desk.at - 1),
		on: () => goTo(desk.at + 1),
	};
	for (const [act, does] of Object.entries(acts)) panel.querySelector(`[data-act=${act}]`).addEventListener("click", does);
	slider.addEventListener("input", () => {
		if (playing) stop();
		goTo(Number(slider.value));
	});

	// ------------------------------------------------------------------ what is shown of it

	// What the network of this moment says.
	function prediction() {
		const probabilities = Array.from(desk.answers[desk.at]);
		const confidence = Math.max(...probabilities);
		const best = probabilities.indexOf(confidence);
		const reason = latest.blank ? /** @type {const} */ ("blank") : null;
		return { label: reason ? null : best, best_guess: reason ? null : best, confidence, probabilities, abstained: Boolean(reason), reason, model: latest.run.architecture, milliseconds: 0 };
	}

	function showReel({ best_guess, confidence }) {
		const { moments, steps } = latest.run;
		const { step, epoch } = moments[desk.at];
		const values = { step: whole(step), epoch, steps: whole(steps), label: best_guess ?? "", share: nearly(confidence) };
		slider.value = `${desk.at}`;
		slider.setAttribute("aria-valuetext", say(latest.blank ? "lab.place" : "lab.value", values));
		panel.querySelector(".reel output").textContent = say("lab.place", values);
		play.setAttribute("aria-pressed", `${Boolean(playing)}`);
		play.querySelector("span").textContent = say(playing ? "lab.stop" : "lab.play");
		panel.querySelector("[data-act=back]").disabled = desk.at === 0;
		panel.querySelector("[data-act=on]").disabled = desk.at === last();
		return values;
	}

	function show() {
		if (FILMED.includes(desk.view)) return showFilm();
		views[desk.view].show();
	}

	function showFilm() {
		if (!latest.run || !desk.answers) return;
		const said = prediction();
		const values = showReel(said);
		const words = showSays(panel, { prediction: said, pixels: latest.pixels }, say("lab.place", values), exampleNote(latest, said));
		if (!playing) sayAloud(words);
		if (latest[desk.view]) views[desk.view].show();
	}

	const open = tabbed(panel, (name) => {
		desk.view = name;
		showPlace();
		askAgain();
		show();
	});

	// The reel and what the film's network says belong to the film alone.
	function showPlace() {
		const filmed = FILMED.includes(desk.view);
		for (const one of panel.querySelectorAll(".says, .reel")) one.hidden = !filmed;
		if (!filmed) tellSaid(panel, null);
	}

	watch("value", receive);
	onTheme(show);
	open(desk.view);
	onLanguage(() => {
		translate(element);
		views.film.forget();
		views.train.forget();
		show();
	});
	const askAll = () => {
		if (!latest.run) askBeside({ view: "run" });
		askAgain();
	};
	askAtFirst(element, askAll, () => latest.run && (desk.answers || !FILMED.includes(desk.view)));
}
