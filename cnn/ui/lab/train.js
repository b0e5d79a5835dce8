// Trainings of the visitor's own networks: the one that runs, as it learns, and a table of what came of those before.

import { linkingTo } from "../web/address.js";
import { download, made, renew } from "../web/dom.js";
import { classesOf, colourOf, dot, learnNetworks } from "../web/networks.js";
import { counted, exact, nearly, number, percent, whole } from "../web/numbers.js";
import { bytesOf, paintValues, picture, plane, unpack } from "../web/paint.js";
import { language, networkName, say, sayCount } from "../web/say.js";
import { set } from "../web/store.js";
import { chart } from "./chart.js";
import { differ, inShort, mean, score } from "./results.js";

/** @typedef {import("../web/types.js").TrainingAnswer} TrainingAnswer */
/** @typedef {import("../web/types.js").News} News */

const PACE = 500; // milliseconds from an answer to the next question
const QUEUED = 2000; // the same while others come first
const LOST = 5000; // after which an answer is taken for lost
const KEEP = 60_000; // between signs that the page is still open
const ASKED = ["begin", "teach", "news", "stop", "files"]; // what is asked of trainings

export function trainView(desk) {
	const { panel } = desk;
	const part = (name) => panel.querySelector(`[data-panel=train] ${name}`);
	const kept = []; // the trainings and lessons that came to a result
	let current = null; // the one that runs, or was the last to: {ticket, name, order, points, epochs, news, ...}
	let refused = null; // why the last one was not begun
	let waiting = null;
	let tabled = ""; // what the table holds
	let learning = null; // how the parts of the running training are painted

	const going = () => Boolean(current) && !["done", "ended"].includes(current.news?.state);

	// ------------------------------------------------------------------ asking

	// What the editor hands over: {design, images, epochs, optimiser, learning_rate, augmentation, seeds}.
	function train(order) {
		if (going()) return;
		begin({ view: "begin", ...order });
		desk.openView("train");
		panel.querySelector("[data-view=train]").focus({ preventScroll: true }); // the button that began it is gone
		desk.sayAloud(say("lab.train_asked"));
	}

	// Ask for a training, or, of the network `model`, for a lesson.
	function begin(asked, model = null) {
		if (going()) return;
		[current, refused, learning] = [{ order: asked, model, points: [], epochs: [], news: null, seen: 0 }, null, null];
		desk.askTraining(asked);
		show();
	}

	function poll(after = PACE) {
		clearTimeout(waiting);
		waiting = setTimeout(() => {
			if (!going() || !current.ticket) return;
			desk.askTraining({ view: "news", ticket: current.ticket, since: current.seen });
			poll(LOST);
		}, after);
	}

	// Whoever stays has their networks kept.
	setInterval(() => {
		for (const { ticket, gone } of kept) if (!gone) desk.askTraining({ view: "news", ticket, since: 1e9 });
	}, KEEP);

	/** @param {TrainingAnswer} answer */
	function take(answer) {
		const begun = answer.begin ?? answer.teach;
		if (begun) takeBegun(begun);
		if (answer.files) save(answer.files);
		const told = answer.news ?? answer.stop;
		if (!told) return;
		const row = kept.find(({ ticket }) => ticket === told.ticket);
		if (row && !told.news) leave(row);
		if (current?.ticket === told.ticket && going()) takeNews(told.news, /** @type {{ since?: number }} */ (answer.asked).since);
	}

	function takeBegun({ why = null, ...begun }) {
		if (why) [current, refused] = [null, why];
		else {
			Object.assign(current, begun);
			poll();
		}
		show();
	}

	/** @param {News | null | undefined} news @param {number | undefined} since */
	function takeNews(news, since) {
		if (!news) {
			[current, refused] = [null, { key: "training_gone", values: {} }];
			return show();
		}
		const known = current.epochs.length;
		if (since === current.seen) {
			current.points.push(...news.points);
			current.epochs.push(...news.epochs);
			current.seen = news.seen;
		}
		current.news = news;
		if (going()) poll(news.place ? QUEUED : PACE);
		if (news.state === "done") join();
		if (news.state === "ended") refused = news.why;
		show();
		if (!going() && desk.view === "teach") desk.views.teach.show();
		if (current.epochs.length > known || !going()) desk.sayAloud(aloud());
	}

	// ------------------------------------------------------------------ what came of it

	function join() {
		const { name, ticket, order, model, multiply_adds, epochs, news } = current;
		const [first] = Object.values(desk.networks);
		const parameters = news.rows[0]?.parameters ?? desk.networks[model]?.parameters;
		learnNetworks({ networks: { [name]: { ...first, parameters } } });
		kept.push({ name, ticket, order, multiply_adds, epochs, results: news.rows, gone: false });
		tellOthers();
		if (news.taught) desk.views.teach.join(name, model, news.taught);
	}

	const tellOthers = () => set("own", kept.filter(({ gone }) => !gone).map(({ name }) => name));
	const trained = () => kept.filter(({ results }) => results.length); // and not taught

	function leave(row) {
		row.gone = true;
		tellOthers();
		show();
	}

	function remove(row) {
		if (!row.gone) desk.askTraining({ view: "stop", ticket: row.ticket }); // it goes from the server too
		kept.splice(kept.indexOf(row), 1);
		tellOthers();
		show();
	}

	function save({ ticket, archive }) {
		const row = kept.find((one) => one.ticket === ticket);
		if (!row) return;
		if (!archive) return leave(row);
		download(`${row.name}.zip`, "application/zip", bytesOf(archive));
	}

	// ------------------------------------------------------------------ words

	const left = (seconds) => (seconds < 90 ? sayCount("lab.seconds", Math.max(1, Math.round(seconds))) : sayCount("lab.minutes", Math.round(seconds / 60)));

	const status = () => [progress(), current.news?.resumed && say("lab.train_resumed")].filter(Boolean).join(" ");

	function progress() {
		const { news, points, order } = current;
		if (!news) return say("lab.train_asked");
		const { state, place, seconds } = news;
		const last = points.at(-1);
		if (state === "waiting") return place ? sayCount("lab.train_queue", place, { left: left(seconds) }) : say("lab.train_starting");
		const seed = order.seeds?.length > 1 ? say("lab.train_seed", { at: (last?.run ?? 0) + 1, count: order.seeds.length }) : "";
		if (state === "measuring") return [say("lab.train_measuring"), seed].filter(Boolean).join(" · ");
		if (!last) return say("lab.train_starting");
		if (!order.epochs) return say("lab.train_left", { left: left(seconds) });
		const epoch = Math.min(order.epochs, Math.ceil((last.step * order.epochs) / last.steps) || 1);
		const words = say("lab.train_step", { step: whole(last.step), steps: whole(last.steps), epoch, epochs: order.epochs });
		return [words, seed, say("lab.train_left", { left: left(seconds) })].filter(Boolean).join(" · ");
	}

	function aloud() {
		const last = current.epochs.at(-1);
		const { state, rows, taught } = current.news;
		const { hits, pictures } = taught?.mnist.after ?? { hits: 0, pictures: 1 };
		const share = rows.length ? score(rows, "mnist").share : hits / pictures;
		if (state === "done") return say("lab.train_done", { name: networkName(current.name), share: counted(share, 1) });
		if (!last?.epoch || !going()) return why();
		const best = classesOf(current.name)[last.probabilities.indexOf(Math.max(...last.probabilities))];
		return say("lab.train_epoch", { epoch: last.epoch, epochs: current.order.epochs, validation: percent(last.validation_accuracy, 1), label: best });
	}

	const why = () => (refused ? say(`error.${refused.key}`, Object.fromEntries(Object.entries(refused.values).map(([key, value]) => [key, typeof value === "number" ? whole(value) : value]))) : "");

	// ------------------------------------------------------------------ what is shown

	function show() {
		const rows = trained();
		for (const place of panel.querySelectorAll(".running")) place.hidden = !going();
		for (const place of panel.querySelectorAll(".refused")) {
			place.textContent = why();
			place.hidden = !refused;
		}
		part(".untrained").hidden = Boolean(going() || rows.length || refused);
		part(".learning").hidden = !current?.epochs.length;
		part(".terms").hidden = part(".learning").hidden && rows.length === 0;
		if (going()) showNow();
		if (current?.epochs.length) {
			learning ??= build();
			for (const paint of learning) paint();
		}
		showRows(rows);
	}

	function showNow() {
		const last = current.points.at(-1);
		const share = last ? (last.run + last.step / last.steps) / (current.order.seeds?.length ?? 1) : 0;
		for (const place of panel.querySelectorAll(".running")) {
			place.querySelector(".status").textContent = status();
			place.querySelector("progress").value = share;
			place.querySelector("button").disabled = !current.ticket || current.news?.state === "measuring";
		}
	}

	const section = (name, title, ...content) => {
		const node = made("section", { className: name }, made("h3", { textContent: title }), ...content);
		part(".learning").append(node);
		return node;
	};

	function build() {
		part(".learning").replaceChildren();
		return [answer(), ...filters(), curve("accuracy"), curve("loss")];
	}

	function answer() {
		const list = made("ol", { className: "outputs" });
		const lines = classesOf(current.name).map((name) => {
			const [share, track] = [made("span"), made("span", { className: "track" }, made("i"))];
			const line = made("li", {}, made("b", { textContent: name }), track, share);
			list.append(line);
			return { line, share, track };
		});
		section("answer", say("lab.answer"), list);
		return () => {
			const shares = current.epochs.at(-1).probabilities;
			const most = Math.max(...shares);
			lines.forEach(({ line, share, track }, at) => {
				line.classList.toggle("best", shares[at] === most && !desk.latest.blank);
				track.style.setProperty("--share", shares[at]);
				share.textContent = nearly(shares[at]);
			});
		};
	}

	// Of the first layer, where they are pictures; each on its own scale.
	function filters() {
		const first = unpack(current.epochs[0].filters);
		if (!first) return [];
		const canvases = Array.from({ length: first.shape[0] }, () => picture([0], [1, 1]));
		for (const canvas of canvases) canvas.removeAttribute("role");
		const tiles = made("div", { className: "strip" }, ...canvases);
		tiles.setAttribute("role", "img");
		tiles.setAttribute("aria-label", say("lab.train_filters_label", { count: canvases.length }));
		section("filters", say("lab.train_filters"), tiles, made("p", { className: "legend" }, say("lab.against"), made("i", { className: "signed" }), say("lab.for")));
		let shown = null;
		return [
			() => {
				const { filters: packed } = current.epochs.at(-1);
				if (packed === shown) return;
				shown = packed;
				const found = unpack(packed);
				canvases.forEach((canvas, at) => paintValues(canvas, plane(found, at), found.shape.slice(1), { signed: true }));
			},
		];
	}

	function curve(what) {
		const [words, drawing] = [made("p", { className: "figures" }), made("div")];
		section(`curve ${what}`, say(`lab.${what}`), words, drawing);
		return () => {
			const run = current.epochs.at(-1).run;
			const of = (list, key) => list.filter((one) => one.run === run && one[key] !== null).map((one) => [one.step, one[key]]);
			const sets = { training: of(current.points, what), validation: of(current.epochs, `validation_${what}`) };
			const values = Object.values(sets).flatMap((points) => points.map(([, value]) => value));
			const top = what === "loss" ? Math.max(1, Math.ceil(Math.max(...values, 0))) : 1;
			const write = what === "loss" ? (value) => number(value, 2) : (value) => percent(value, 1);
			const shown = (points) => (points.length ? write(points.at(-1)[1]) : "–");
			words.replaceChildren(...Object.entries(sets).map(([kind, points]) => made("span", { className: `key ${kind}`, textContent: say(`lab.${kind}`, { value: shown(points) }) })));
			const right = current.points.at(-1)?.steps ?? 1;
			const lines = Object.entries(sets).map(([kind, points]) => ({ kind, points, dot: points.at(-1) }));
			const label = say("lab.curve_label", { what: say(`lab.${what}`), training: shown(sets.training), validation: shown(sets.validation) });
			const ticks = [0, 0.5, 1].map((share) => [share * right, whole(Math.round(share * right))]);
			drawing.replaceChildren(chart(lines, { right, top, ticks, write: what === "loss" ? (value) => number(value, 1) : percent, label }));
		};
	}

	// ------------------------------------------------------------------ the table

	const SETS = /** @type {const} */ ({ mnist: "lab.result_mnist", further: "lab.result_further", made: "lab.result_made", perturbed: "lab.result_perturbed" });
	const measured = ({ results }) => /** @type {(keyof typeof SETS)[]} */ (Object.keys(SETS)).filter((name) => results[0][name]);

	function showRows(rows) {
		part(".results").hidden = rows.length === 0;
		const now = JSON.stringify([language(), ...rows.map(({ name, gone }) => [name, gone])]);
		if (now === tabled || !rows.length) return; // what is pressed as an answer comes is not put anew beneath the finger
		tabled = now;
		const titles = [...measured(rows[0]).map((name) => say(SETS[name])), say("lab.result_parameters"), say("lab.result_multiply_adds"), say("lab.result_picture"), say("lab.result_training")];
		const head = made("tr", {}, made("th", { scope: "col", textContent: say("lab.result_network") }), ...titles.map((textContent) => made("th", { scope: "col", textContent })));
		renew(part(".results table"), made("thead", {}, head), made("tbody", {}, ...rows.map((row) => line(row, titles))));
		part(".verdicts").replaceChildren(...verdicts(rows).map((textContent) => made("p", { textContent })));
		showCompared(rows);
	}

	function line(row, titles) {
		const { results, order } = row;
		const told = { count: whole(order.images), epochs: order.epochs, optimiser: order.optimiser === "adam" ? "Adam" : "SGD", rate: number(order.learning_rate, 5).replace(/[.,]?0+$/, "") };
		const about = [inShort(order.design, exact), say("lab.result_order", told), order.augmentation && say("lab.result_augmented"), order.seeds.length > 1 && sayCount("lab.result_seeds", order.seeds.length)];
		const name = made("th", { scope: "row" }, dot(row.name), made("b", { textContent: networkName(row.name) }), made("small", { textContent: about.filter(Boolean).join(", ") }));
		if (row.gone) name.append(made("small", { className: "gone", textContent: say("error.training_gone") }));
		name.append(actions(row));
		const shares = measured(row).map((pictures) => {
			const { share, low, high, spread, seeds } = score(results, pictures);
			const interval = say("lab.result_interval", { low: percent(low, 1), high: percent(high, 1) });
			return [counted(share, 2), interval, seeds > 1 && say("lab.result_spread", { spread: number(100 * spread, 2) })];
		});
		const of = (key) => mean(results.map((one) => one[key]));
		const others = [whole(results[0].parameters), whole(row.multiply_adds), `${number(of("milliseconds"), 2)}\u00a0ms`, `${number(of("seconds"), 1)}\u00a0s`];
		const small = (words) => made("small", { textContent: words });
		const cells = [...shares, ...others.map((words) => [words])].map(([words, ...notes], at) => made("td", { data: { title: titles[at] } }, words, ...notes.filter(Boolean).map(small)));
		return made("tr", {}, name, ...cells);
	}

	function actions(row) {
		const button = (key, label, onClick) => {
			const node = made("button", { type: "button", name: key, value: row.ticket, textContent: say(key), ariaLabel: say(label, { name: networkName(row.name) }) });
			node.addEventListener("click", onClick);
			return node;
		};
		const keep = button("lab.download", row.results.length ? "lab.download_label" : "lab.download_taught_label", () => desk.askTraining({ view: "files", ticket: row.ticket, language: language() }));
		keep.disabled = row.gone;
		return made("span", { className: "network-acts" }, ...(row.gone ? [] : [readerLink(row.name)]), keep, button("lab.remove", "lab.remove_label", () => remove(row)));
	}

	// What can be done with a network by its name, as long as it is there.
	function actionsWith(name) {
		const row = kept.find((one) => one.name === name && !one.gone);
		return row ? [actions(row)] : [];
	}

	// Where it reads what is drawn.
	function readerLink(name) {
		const link = linkingTo({ tab: "draw" }, { textContent: say("lab.draw_for"), ariaLabel: say("lab.draw_for_label", { name: networkName(name) }) });
		link.addEventListener("click", () => set("reader", name));
		return link;
	}

	// The best against each of the others: whether chance alone may have put it there.
	function verdicts(rows) {
		if (rows.length < 2) return [];
		const by = rows[0].results[0].further ? "further" : "mnist"; // the larger set tells more apart
		const scored = rows.map((row) => ({ name: row.name, ...score(row.results, by) })).sort((one, other) => other.share - one.share);
		const [best, ...others] = scored;
		return others.map((other) => {
			const values = { best: networkName(best.name), other: other.name, set: say(SETS[by]), points: number(100 * (best.share - other.share), 2) };
			if (differ(best, other)) return say("lab.apart", values);
			return say(best.seeds > 1 && other.seeds > 1 ? "lab.alike" : "lab.alike_seeds", values);
		});
	}

	// The validation accuracies of all, by epoch, those of the first seed.
	function showCompared(rows) {
		part(".compared").hidden = rows.length < 2;
		if (rows.length < 2) return;
		const lines = rows.map(({ name, epochs }) => {
			const points = epochs.filter((one) => one.run === 0 && one.epoch).map((one) => [one.epoch, one.validation_accuracy]);
			return { kind: "network", points, dot: points.at(-1), colour: colourOf(name) };
		});
		const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
		const bottom = Math.min(0.9, Math.floor(10 * Math.min(...values)) / 10);
		const right = Math.max(...rows.map(({ order }) => order.epochs));
		const ticks = Array.from({ length: right }, (_, at) => [at + 1, `${at + 1}`]);
		const names = rows.map(({ name, epochs }) => `${networkName(name)} ${percent(epochs.filter((one) => one.run === 0).at(-1).validation_accuracy, 1)}`).join(", ");
		const drawing = chart(lines, { right, top: 1, bottom, ticks, write: percent, label: say("lab.compared_label", { networks: names }) });
		const keys = rows.map(({ name }) => {
			const node = made("span", { className: "key", textContent: networkName(name) });
			node.style.setProperty("--own", colourOf(name));
			return node;
		});
		part(".compared .figures").replaceChildren(...keys);
		part(".compared .lines").replaceChildren(drawing);
	}

	for (const button of panel.querySelectorAll(".running button")) button.addEventListener("click", () => desk.askTraining({ view: "stop", ticket: current.ticket }));
	part("[data-act=build]").addEventListener("click", () => desk.openView("build"));

	const forget = () => (learning = null);

	// The digit's own view beside it is the film's: it says what was drawn.
	return { ask: () => ({ view: "film" }), takes: (part) => ASKED.includes(part), train, begin, busy: going, take, show, forget, actionsWith };
}
