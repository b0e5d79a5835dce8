// One moment of the training: what the network answers, its filters, what they make of the digit, and how far it has come.

import { made } from "../web/dom.js";
import { confusionMatrix } from "../web/matrix.js";
import { classesOf } from "../web/networks.js";
import { day, nearly, number, percent, whole } from "../web/numbers.js";
import { largest, paintValues, picture, plane, unpack } from "../web/paint.js";
import { say } from "../web/say.js";
import { chart } from "./chart.js";

/** @typedef {import("../web/types.js").RunView} RunView */

export function filmView(desk) {
	const { panel, latest } = desk;
	const place = panel.querySelector(".stage");
	let stage = null; // the parts, made once for a training and a language: what moves is painted anew
	const unpacked = new WeakMap(); // what has come, as numbers

	const numbers = (packed) => {
		if (!unpacked.has(packed)) unpacked.set(packed, unpack(packed));
		return unpacked.get(packed);
	};

	function show() {
		stage ??= build();
		for (const paint of stage) paint();
	}

	function part(name, title, ...content) {
		const section = made("section", { className: name }, made("h3", { textContent: title }), ...content);
		place.append(section);
		return section;
	}

	function build() {
		const { run, film } = latest;
		place.replaceChildren();
		showSource(run);
		return [answer(run), digitCurve(), filters(run), ...film.maps.map((_, at) => maps(at)), curves(run), confusion()];
	}

	/** @param {RunView} run */
	function showSource(run) {
		const values = { epochs: run.epochs, steps: whole(run.steps), batch: run.batch_size, training: whole(run.training), measured: whole(run.measured), validation: whole(run.validation), seed: run.seed, date: day(run.date), processor: run.processor };
		panel.querySelector(".source").textContent = say("lab.source", values);
	}

	// ------------------------------------------------------------------ the digit

	function answer(run) {
		const list = made("ol", { className: "outputs" });
		const lines = classesOf(run.architecture).map((name) => {
			const share = made("span");
			const track = made("span", { className: "track" }, made("i"));
			const line = made("li", {}, made("b", { textContent: name }), track, share);
			list.append(line);
			return { line, share, track };
		});
		part("answer", say("lab.answer"), list);
		return () => {
			const shares = desk.answers[desk.at];
			const most = Math.max(...shares);
			lines.forEach(({ line, share, track }, at) => {
				line.classList.toggle("best", shares[at] === most && !latest.blank);
				track.style.setProperty("--share", shares[at]);
				share.textContent = nearly(shares[at]);
			});
		};
	}

	function digitCurve() {
		const words = made("p", { className: "since" });
		const drawing = made("div");
		part("digit-curve", say("lab.digit_curve"), drawing, words);
		return () => {
			const found = latest.run.moments.map((_, at) => best(at));
			const end = found.at(-1);
			const since = found.findLastIndex((label) => label !== end) + 1;
			const values = { label: classesOf(latest.run.architecture)[end], step: whole(latest.run.moments[since].step) };
			words.textContent = latest.blank ? "" : say(since ? "lab.since" : "lab.always", values);
			const lines = Array.from(desk.answers[0], (_, label) => ({
				kind: label === end ? "own" : label === best(desk.at) ? "now" : "other",
				values: desk.answers.map((shares) => shares[label]),
			}));
			lines.sort((a, b) => Number(a.kind !== "other") - Number(b.kind !== "other"));
			drawing.replaceChildren(overMoments(lines, 1, percent, say("lab.digit_curve_label", values)));
		};
	}

	const best = (at) => desk.answers[at].indexOf(Math.max(...desk.answers[at]));

	// ------------------------------------------------------------------ filters and maps

	// Tiles that are one picture to whoever does not see them.
	function strip(count, label) {
		const canvases = Array.from({ length: count }, () => picture([0], [1, 1]));
		for (const canvas of canvases) canvas.removeAttribute("role");
		const tiles = made("div", { className: "strip" }, ...canvases);
		tiles.setAttribute("role", "img");
		tiles.setAttribute("aria-label", label);
		return { tiles, canvases };
	}

	function filters(run) {
		const { values, shape } = numbers(run.filters);
		const size = shape[2] * shape[3];
		const one = (moment, at) => plane({ values, shape }, moment).subarray(at * size, (at + 1) * size);
		// A filter is on its own scale, the same all along: what grows is seen to grow.
		const limits = Array.from({ length: shape[1] }, (_, at) => Math.max(...run.moments.map((_, moment) => largest(one(moment, at)))));
		const { tiles, canvases } = strip(shape[1], say("lab.filters_label", { count: shape[1] }));
		part("filters", say("lab.filters", { layer: run.layer }), tiles, made("p", { className: "legend" }, say("lab.against"), made("i", { className: "signed" }), say("lab.for")));
		return () => {
			canvases.forEach((canvas, at) => paintValues(canvas, one(desk.at, at), shape.slice(2), { limit: limits[at], signed: true }));
		};
	}

	function maps(which) {
		const { layer, channels } = latest.film.maps[which];
		const { tiles, canvases } = strip(channels.length, say("lab.maps_label", { count: channels.length, layer }));
		part("maps", say("lab.maps", { layer }), tiles);
		return () => {
			const found = numbers(latest.film.maps[which].maps);
			canvases.forEach((canvas, at) => paintValues(canvas, plane(found, desk.at * canvases.length + at), found.shape.slice(1)));
		};
	}

	// ------------------------------------------------------------------ all pictures

	/** @param {RunView} run */
	function curves(run) {
		const both = made("div", { className: "curves" });
		const drawn = ["accuracy", "loss"].map((what) => {
			const words = made("p", { className: "figures" });
			const drawing = made("div");
			both.append(part(`curve ${what}`, say(`lab.${what}`), words, drawing));
			return { what, words, drawing };
		});
		place.append(both);
		return () => {
			for (const { what, words, drawing } of drawn) {
				const of = (set) => run.moments.map((moment) => moment[set][what]);
				const [training, validation] = [of("training"), of("validation")];
				const top = what === "loss" ? Math.ceil(Math.max(...training, ...validation)) : 1;
				const write = what === "loss" ? (value) => number(value, 2) : (value) => percent(value, 1);
				const lines = [["training", training], ["validation", validation]];
				words.replaceChildren(...lines.map(([set, values]) => made("span", { className: `key ${set}`, textContent: say(`lab.${set}`, { value: write(values[desk.at]) }) })));
				const label = say("lab.curve_label", { what: say(`lab.${what}`), training: write(training[desk.at]), validation: write(validation[desk.at]) });
				const axis = what === "loss" ? (value) => number(value, 1) : percent;
				drawing.replaceChildren(overMoments(lines.map(([kind, values]) => ({ kind, values })), top, axis, label));
			}
		};
	}

	function confusion() {
		const box = made("div");
		part("confusion", say("lab.confusion"), box);
		return () => {
			const classes = classesOf(latest.run.architecture);
			const name = (meant, read, count) => say("errors.cell", { meant: classes[meant], said: classes[read], count: whole(count) });
			const caption = say("lab.confusion_caption", { count: whole(latest.run.validation) });
			box.replaceChildren(confusionMatrix(latest.run.moments[desk.at].confusion, classes, { caption, name }));
		};
	}

	// ------------------------------------------------------------------ a chart over the moments

	// Lines [{kind, values}], one value a moment, from 0 to `top`.
	function overMoments(lines, top, write, label) {
		const { moments } = latest.run;
		const last = moments.length - 1;
		const ticks = moments.flatMap(({ step }, at) => (at === last || (at % 3 === 0 && at < last - 2) ? [[at, whole(step)]] : []));
		const drawn = lines.map(({ kind, values }) => ({ kind, points: Array.from(values, (value, at) => [at, value]), dot: kind === "other" ? null : [desk.at, values[desk.at]] }));
		return chart(drawn, { right: last, top, ticks, write, label, cursor: desk.at });
	}

	const forget = () => (stage = null);

	return { show, forget, ask: () => ({ view: "film" }) };
}
