// What is looked at, what has come of it, and what is still asked for.

import { go, onPlace } from "../web/address.js";
import { choices, onTheme, renew } from "../web/dom.js";
import { learnNetworks, networkNote } from "../web/networks.js";
import { percent, whole } from "../web/numbers.js";
import { inkOf } from "../web/paint.js";
import { aloudIn, networkName, onLanguage, say, translate } from "../web/say.js";
import { get, subscribe } from "../web/store.js";
import { askAtFirst, tabbed } from "../web/views.js";
import { calibrationView } from "./calibration.js";
import { compareView } from "./compare.js";
import { FIRST, listView, whenOther } from "./list.js";

const AGAIN = 2000; // milliseconds until what is still being fetched is asked for again

export default function start(page, { networks, known }) {
	const { element, props, trigger, watch } = page;
	learnNetworks({ networks });
	const sayAloud = aloudIn(element);
	const panel = element.querySelector(".errors");
	const part = (name) => panel.querySelector(`.${name}`);
	const bundled = Object.keys(networks);
	const names = [...bundled, ...get("own")];
	const state = { view: "list", model: names[0], other: names[1] ?? names[0], order: "sure", digit: null, cell: null, shown: FIRST, open: null };
	let missing = null; // the [key, values] of what cannot be had
	const awaited = new Set();
	// What the views share: `tables` is the answer to {view: "tables"}, `opened` the one to {view: "case"}, `pictures` are those
	// of the test set, by index.
	const desk = { panel, part, state, names, known, tables: null, opened: null, pictures: new Map() };
	Object.assign(desk, { show, sayAloud, askTables: () => askTables(), askPictures, askCase, open: (view) => open(view) });
	const list = listView(desk);
	const views = { list, compare: compareView(desk, list), calibration: calibrationView(desk) };

	function ask(asked) {
		props.value = asked;
		trigger("input");
	}

	const askTables = () => ask({ view: "tables", model: state.model, other: state.other });

	function askPictures(indices) {
		const wanted = indices.filter((index) => !desk.pictures.has(index) && !awaited.has(index));
		if (wanted.length === 0) return;
		wanted.forEach((index) => awaited.add(index));
		ask({ view: "pictures", indices: wanted });
	}

	function askCase({ index, said, label, neighbours = [] }) {
		ask({ view: "case", model: state.model, index, said, label, neighbours });
	}

	function gone(answer) {
		missing = [answer.missing, { name: answer.name }];
		if (answer.missing !== "error.mnist_loading") return;
		setTimeout(() => {
			missing = null;
			ask(answer.asked);
		}, AGAIN);
	}

	const takes = {
		tables(answer) {
			if (answer.asked.model !== state.model || answer.asked.other !== state.other) return;
			[desk.tables, missing] = [answer.missing ? null : answer, null];
			awaited.clear(); // what another network lacked may be here for this one
			if (answer.missing) gone(answer);
		},
		pictures(answer) {
			for (const [index, pixels] of Object.entries(answer.pixels)) desk.pictures.set(Number(index), inkOf(pixels));
			if (answer.missing) gone(answer);
		},
		case(answer) {
			if (answer.missing) return gone(answer);
			if (answer.asked.index !== state.open || answer.asked.model !== state.model) return;
			desk.opened = answer;
			if (answer.neighbours.missing) gone({ ...answer, ...answer.neighbours });
		},
	};

	function receive() {
		const answer = props.value;
		if (!answer?.asked) return;
		takes[answer.asked.view](answer);
		show();
	}

	function chooseModel(model) {
		const beside = state.other === model ? state.model : state.other;
		const other = names.includes(beside) && beside !== model ? beside : (names.find((name) => name !== model) ?? model);
		Object.assign(state, { model, other, cell: null, open: null, shown: FIRST });
		askTables();
	}

	function showModels() {
		const words = { label: say("errors.model"), words: networkName };
		const pick = choices("errors-model", names, state.model, words, (model) => {
			go({ tab: "errors", view: state.view, choice: model });
			chooseModel(model);
		});
		renew(part("models"), ...pick.children);
		part("about").textContent = networkNote(state.model);
	}

	function showSummary() {
		const { misread, images, interval } = desk.tables;
		const counts = { model: state.model, misread: whole(misread), images: whole(images), share: percent(misread / images, 2) };
		part("verdict").textContent = say("errors.summary", counts);
		part("detail").textContent = say("errors.between", { low: percent(interval[0], 2), high: percent(interval[1], 2) });
	}

	function show() {
		whenOther(desk, part("models"), showModels);
		part("missing").textContent = missing ? say(...missing) : "";
		for (const place of panel.querySelectorAll(".view, .summary")) place.classList.toggle("none", !desk.tables);
		if (!desk.tables) return;
		showSummary();
		views[state.view].show();
	}

	const open = tabbed(panel, (view) => {
		Object.assign(state, { view, shown: FIRST });
		show();
	});

	onPlace("errors", ({ choice }) => {
		const model = names.includes(choice) ? choice : names[0];
		if (model !== state.model) chooseModel(model);
	});
	// What the visitor trained can be chosen too, as long as it is there.
	subscribe("own", (own) => {
		names.splice(0, names.length, ...bundled, ...own);
		if (!names.includes(state.model)) chooseModel(names[0]);
		else if (!names.includes(state.other)) chooseModel(state.model);
		show();
	});
	watch("value", receive);
	onTheme(show);
	open(state.view);
	onLanguage(() => {
		translate(element);
		part("source").hidden = get("symbols"); // they were measured on other images than MNIST's
		show();
	});
	askAtFirst(element, askTables, () => desk.tables || missing);
}
