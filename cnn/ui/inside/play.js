// Principles, to play with: each a few sentences, something to move, and a question the app answers.

import { grid, sign } from "../web/cells.js";
import { choices, figure, made } from "../web/dom.js";
import { className } from "../web/networks.js";
import { nearly, whole } from "../web/numbers.js";
import { largest, paintValues, picture, plane, squareOf, unpack } from "../web/paint.js";
import { networkName, say } from "../web/say.js";
import { blankFor } from "../web/views.js";

/** @typedef {import("../web/types.js").DepthView} DepthView */
/** @typedef {import("../web/types.js").InsideAnswer} InsideAnswer */

const KERNELS = {
	"vertical": [-1, 0, 1, -2, 0, 2, -1, 0, 1],
	"horizontal": [-1, -2, -1, 0, 0, 0, 1, 2, 1],
	"blur": [1, 2, 1, 2, 4, 2, 1, 2, 1].map((weight) => weight / 16),
	"sharpen": [0, -1, 0, -1, 5, -1, 0, -1, 0],
};

export function playView(desk) {
	const { panel, latest } = desk;
	const play = { across: 0, down: 0, kernel: "blur", stride: 1, padding: 0, pool: "mean" }; // none is a question's answer
	const demos = {};
	const depths = new Map(); // "model layer" -> pictures of what a few of its channels like to see
	const started = new Set(); // models whose depths were asked for
	const sought = new Set(); // "model layer" that is on its way or has come

	function offer() {
		const panels = {
			"convolution": demoConvolution,
			"pooling": demoPooling,
			"sharing": demoSharing,
			"translation": demoTranslation,
			"depth": demoDepth,
		};
		const open = panel.querySelector(".principle[open]")?.dataset.principle ?? "convolution";
		panel.querySelector(".principles").replaceChildren(
			...Object.entries(panels).map(([name, build]) => {
				demos[name] = made("div", { className: "demo" });
				build(demos[name]);
				const node = made("details", { className: "principle", name: "principle", data: { principle: name }, open: name === open });
				node.append(made("summary", { textContent: say(`play.${name}`) }), made("p", { textContent: say(`play.text.${name}`) }), demos[name]);
				node.append(made("p", { className: "question", textContent: say(`play.ask.${name}`) }));
				return node;
			}),
		);
	}

	function show() {
		for (const paint of Object.values(demos)) paint.dispatchEvent(new Event("paint"));
	}

	const inked = () => (latest.pixels ? unpack(latest.pixels).values : blankFor(latest.prediction?.model));
	const sideNow = () => squareOf(inked())[0];

	// ------------------------------------------------------------------ convolution, stride, padding

	const toyMap = () => convolved(inked(), sideNow(), KERNELS[play.kernel], play.stride, play.padding);

	function demoConvolution(place) {
		const change = (name) => (value) => {
			play[name] = value;
			show();
		};
		const result = made("div", { className: "flow" });
		place.append(
			choices("play-kernel", Object.keys(KERNELS), play.kernel, { label: say("inside.kernel"), words: (name) => say(`play.${name}`) }, change("kernel")),
			choices("play-stride", [1, 2, 3], play.stride, { label: say("play.stride"), words: (steps) => say("play.stride_of", { steps }) }, change("stride")),
			choices("play-padding", [0, 1], play.padding, { label: say("play.padding"), words: (zeros) => say(zeros ? "play.same" : "play.valid") }, change("padding")),
			result,
		);
		place.addEventListener("paint", () => {
			const map = toyMap();
			const side = sideNow();
			const steps = side + 2 * play.padding - 3;
			const size = say(steps % play.stride ? "play.size_rounded" : "play.size", { across: side, padding: 2 * play.padding, stride: play.stride, side: map.side });
			result.replaceChildren(
				figure(picture(inked(), [side, side], { limit: 1 }, say("inside.input")), `${side} × ${side}`),
				sign("∗"),
				grid(KERNELS[play.kernel], [3, 3], say("inside.kernel"), true, largest(KERNELS[play.kernel])),
				sign("="),
				figure(picture(map.values, [map.side, map.side], { signed: true }, say("inside.map")), `${map.side} × ${map.side}`),
				made("p", { className: "size", textContent: size }),
			);
		});
	}

	// ------------------------------------------------------------------ pooling

	function demoPooling(place) {
		const result = made("div", { className: "flow" });
		const how = choices("play-pool", ["max", "mean"], play.pool, { label: say("play.pooling"), words: (name) => say(`play.${name}`) }, (name) => {
			play.pool = name;
			show();
		});
		place.append(how, result);
		place.addEventListener("paint", () => {
			const map = toyMap();
			map.values = map.values.map((value) => Math.max(0, value));
			const once = pooledBy(play.pool, map);
			const twice = pooledBy(play.pool, once);
			result.replaceChildren(
				...[map, once, twice].map(({ values, side }) => figure(picture(values, [side, side], {}, say("inside.map")), `${side} × ${side}`)),
			);
		});
	}

	// ------------------------------------------------------------------ weights that are shared

	function demoSharing(place) {
		const table = made("table", { className: "account" });
		place.append(table);
		place.addEventListener("paint", () => {
			const { parameters = {}, first } = latest.shift ?? {};
			const rows = Object.entries(parameters).map(([model, count]) => [say("play.network", { model }), whole(count)]);
			if (first) {
				const [height, width, filters] = first.shape;
				const pixels = inked().length;
				const dense = pixels * height * width * filters + height * width * filters;
				rows.push([say("play.shared", { layer: first.name }), whole(first.parameters)], [say("play.unshared"), whole(dense)]);
			}
			table.replaceChildren(...rows.map((cells) => made("tr", {}, ...cells.map((textContent) => made("td", { textContent })))));
		});
	}

	// ------------------------------------------------------------------ translation

	function demoTranslation(place) {
		const answers = made("div", { className: "answers" });
		const canvas = picture(inked(), squareOf(inked()), { limit: 1 }, say("play.drag"));
		const holder = made("div", { className: "framed", tabIndex: 0 }, canvas);
		holder.setAttribute("role", "application");
		holder.setAttribute("aria-label", say("play.drag"));
		const back = made("button", { type: "button", className: "more", textContent: say("play.back") });
		let held = null;

		const move = (across, down) => {
			[play.across, play.down] = [across, down].map((step) => Math.max(-sideNow() / 2, Math.min(sideNow() / 2, step)));
			paint();
			desk.askAgain();
		};
		const unit = () => canvas.getBoundingClientRect().width / sideNow();
		holder.addEventListener("pointerdown", (event) => {
			holder.setPointerCapture(event.pointerId);
			held = { x: event.clientX, y: event.clientY, across: play.across, down: play.down };
		});
		holder.addEventListener("pointermove", (event) => {
			if (!held) return;
			const [across, down] = [held.across + Math.round((event.clientX - held.x) / unit()), held.down + Math.round((event.clientY - held.y) / unit())];
			if (across !== play.across || down !== play.down) move(across, down);
		});
		for (const end of ["pointerup", "pointercancel"]) holder.addEventListener(end, () => (held = null));
		holder.addEventListener("keydown", (event) => {
			const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
			if (!step) return;
			event.preventDefault();
			move(play.across + step[0], play.down + step[1]);
		});
		back.addEventListener("click", () => move(0, 0));

		function paint() {
			const ink = inked();
			const [side] = squareOf(ink);
			const moved = new Float32Array(ink.length);
			for (let y = 0; y < side; y++) {
				for (let x = 0; x < side; x++) {
					const [row, column] = [y - play.down, x - play.across];
					if (row >= 0 && column >= 0 && row < side && column < side) moved[y * side + x] = ink[row * side + column];
				}
			}
			paintValues(canvas, moved, [side, side], { limit: 1 });
			const { probabilities = {} } = latest.shift ?? {};
			answers.replaceChildren(
				...Object.entries(probabilities).map(([model, shares]) => {
					const best = shares.indexOf(Math.max(...shares));
					const bar = made("i");
					bar.style.setProperty("--share", shares[best]);
					const line = made("p", { className: "answer-line", data: { model } }, made("span", { textContent: networkName(model) }), made("b", { textContent: className(model, best) }));
					line.append(made("span", { className: "track" }, bar), made("span", { textContent: nearly(shares[best]) }));
					return line;
				}),
			);
		}
		place.append(made("div", { className: "flow" }, made("div", {}, holder, back), answers));
		place.addEventListener("paint", paint);
	}

	// ------------------------------------------------------------------ depth

	function demoDepth(place) {
		const button = made("button", { type: "button", className: "more", textContent: say("play.depth_start") });
		const rows = made("div", { className: "depths", tabIndex: -1 });
		const next = () => {
			const missing = (latest.shift?.maps ?? []).find((layer) => !depths.has(`${latest.prediction.model} ${layer}`));
			const key = `${latest.prediction?.model} ${missing}`;
			if (!missing || sought.has(key)) return;
			sought.add(key);
			desk.askBeside({ view: "depth", layer: missing });
		};
		button.addEventListener("click", () => {
			started.add(latest.prediction?.model);
			paint();
			next();
			rows.focus(); // the button is gone
			desk.sayAloud(say("inside.likes_wait"));
		});
		place.append(button, rows);

		function paint() {
			const model = latest.prediction?.model;
			const maps = latest.shift?.maps ?? [];
			const known = maps.filter((layer) => depths.has(`${model} ${layer}`));
			const none = latest.shift && maps.length === 0;
			button.hidden = none || started.has(model);
			rows.replaceChildren(...known.map((layer) => depthRow(layer, depths.get(`${model} ${layer}`))));
			if (none) rows.append(made("p", { className: "note", textContent: say("inside.hand_none") }));
			else if (started.has(model) && known.length < maps.length) rows.append(made("p", { className: "working", textContent: say("inside.likes_wait") }));
		}
		place.addEventListener("paint", paint);
		place.addEventListener("more", next);
	}

	/** @param {DepthView} view @param {InsideAnswer} answer */
	function keepDepth({ layer, pictures, channels }, { prediction }) {
		depths.set(`${prediction.model} ${layer}`, { pictures: unpack(pictures), channels });
		demos.depth.dispatchEvent(new Event("paint"));
		demos.depth.dispatchEvent(new Event("more"));
	}

	return { offer, show, keepDepth, ask: () => ({ view: "shift", across: play.across, down: play.down }) };
}

function convolved(values, side, kernel, stride, padding) {
	const size = Math.floor((side + 2 * padding - 3) / stride) + 1;
	const result = new Float32Array(size * size);
	for (let row = 0; row < size; row++) {
		for (let column = 0; column < size; column++) {
			for (let at = 0; at < 9; at++) {
				const y = row * stride - padding + Math.floor(at / 3);
				const x = column * stride - padding + (at % 3);
				if (y >= 0 && x >= 0 && y < side && x < side) result[row * size + column] += kernel[at] * values[y * side + x];
			}
		}
	}
	return { values: result, side: size };
}

function pooledBy(how, { values, side }) {
	const size = Math.floor(side / 2);
	const result = new Float32Array(size * size);
	for (let row = 0; row < size; row++) {
		for (let column = 0; column < size; column++) {
			const at = 2 * row * side + 2 * column;
			const window = [values[at], values[at + 1], values[at + side], values[at + side + 1]];
			result[row * size + column] = how === "max" ? Math.max(...window) : window.reduce((sum, value) => sum + value, 0) / 4;
		}
	}
	return { values: result, side: size };
}

function depthRow(layer, { pictures, channels }) {
	const strip = made("div", { className: "excerpts" });
	const [count, height, width] = pictures.shape;
	for (let index = 0; index < count; index++) {
		strip.append(figure(picture(plane(pictures, index), [height, width], {}, say("inside.preferred")), `${channels[index]}`));
	}
	return figure(strip, say("play.depth_row", { layer, side: height }));
}
