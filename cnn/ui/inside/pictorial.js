// What ReLU and softmax do, shown with the digit's own numbers where they are met, for whoever asks.

import { made, svg } from "../web/dom.js";
import { nearly, number } from "../web/numbers.js";
import { say } from "../web/say.js";

const ROWS = 5; // scores that are written out, the best first

// A question that opens to its answer; it stays open where `place` had it open, when it is made anew.
function asked(kind, question, place, ...content) {
	const open = Boolean(place?.querySelector(`.${kind}[open]`));
	const focused = document.activeElement?.closest(`.${kind}`) && place?.contains(document.activeElement);
	const node = made("details", { className: `explained ${kind}`, open }, made("summary", { textContent: question }), ...content);
	if (focused) requestAnimationFrame(() => node.querySelector("summary").focus({ preventScroll: true }));
	return node;
}

// ------------------------------------------------------------------ ReLU

// The bend of ReLU, with a point on it that `put(before)` moves; `words` say what it does to it.
export function reluShown(place) {
	const [width, height, middle] = [200, 120, 100];
	const dot = svg("circle", { r: 5, class: "point" });
	const down = svg("path", { class: "trace" });
	const drawing = svg(
		"svg",
		{ viewBox: `0 0 ${width} ${height}`, class: "bend", role: "img", "aria-label": say("inside.relu_picture") },
		svg("path", { d: `M0 ${height - 12}H${width}M${middle} 0V${height}`, class: "axis" }),
		down,
		svg("path", { d: `M0 ${height - 12}H${middle}L${width - 4} 8`, class: "curve" }),
		dot,
	);
	const words = made("p");
	const node = asked("relu", say("inside.relu_ask"), place, made("div", { className: "flow" }, drawing, words));

	function put(before, after, limit, share) {
		const x = middle + (96 * before) / (limit || 1);
		const y = height - 12 - Math.max(0, ((x - middle) * (height - 20)) / 96);
		for (const [name, value] of [["cx", x], ["cy", y]]) dot.setAttribute(name, `${value}`);
		down.setAttribute("d", `M${x} ${height}V${y}H${middle}`);
		const kept = say(before > 0 ? "inside.relu_kept" : "inside.relu_cut", { before: number(before), after: number(after) });
		words.textContent = [say("inside.relu"), kept, share].filter(Boolean).join(" ");
	}
	return { node, put };
}

// ------------------------------------------------------------------ softmax

// Scores, how far each is behind the best, what it counts, and its share of all counts.
export function softmaxShown(scores, classes, temperature, place) {
	const most = Math.max(...scores);
	const counts = Array.from(scores, (score) => Math.exp((score - most) / temperature));
	const total = counts.reduce((sum, count) => sum + count, 0);
	const order = [...counts.keys()].sort((a, b) => scores[b] - scores[a]);
	const head = ["", say("inside.score"), say("inside.behind"), say("inside.counts"), "", say("inside.probability")];
	const rows = order.slice(0, ROWS).map((label) => row(classes[label], number(scores[label]), number(scores[label] - most), counts[label], total));
	const rest = order.slice(ROWS).reduce((sum, label) => sum + counts[label], 0);
	if (order.length > ROWS) rows.push(row(say("inside.rest", { count: order.length - ROWS }), "", "", rest, total));
	const table = made(
		"table",
		{ className: "account counting" },
		made("thead", {}, made("tr", {}, ...head.map((textContent) => made("th", { textContent, scope: "col" })))),
		made("tbody", {}, ...rows),
	);
	const about = made("p", { textContent: say("inside.softmax_about", { temperature: number(temperature), total: number(total, 3) }) });
	return asked("softmax-asked", say("inside.softmax_ask"), place, about, table);
}

function row(name, score, behind, count, total) {
	const bar = made("span", { className: "track" }, made("i"));
	bar.style.setProperty("--share", `${count}`);
	const cells = [name, score, behind, count < 0.0005 ? say("inside.tiny") : number(count, 3)].map((textContent) => made("td", { textContent }));
	return made("tr", {}, ...cells, made("td", {}, bar), made("td", { textContent: nearly(count / total) }));
}
