// Shares against a strength: one line a network, on top of how its test digits fare.

import { svg } from "../web/dom.js";
import { className, colourOf } from "../web/networks.js";
import { percent } from "../web/numbers.js";
import { amount, bends } from "./perturbations.js";

const CHART = { narrow: 300, wide: 820, height: 260, left: 44, right: 12, top: 12, bottom: 40, band: 20, gap: 4 };

// lines: [{model, strengths, shares, dashed, flips, back}], the last two places on the line; bands: [{model, strengths,
// labels, before}], drawn one below the other. `room` is the width that it may take.
export function chart(name, lines, bands, words, room) {
	const { minimum, maximum, neutral } = bends[name];
	const { narrow, wide, height, left, right, top, bottom, band, gap } = CHART;
	const width = Math.min(wide, Math.max(narrow, room)); // so that its words are as large as the page's
	const whole = height + (band + gap) * bands.length;
	const x = (strength) => left + ((strength - minimum) / (maximum - minimum)) * (width - left - right);
	const y = (share) => top + (1 - share) * (height - top - bottom);
	const drawing = svg("svg", { viewBox: `0 0 ${width} ${whole}`, role: "img", "aria-label": words });
	for (const share of [0, 0.25, 0.5, 0.75, 1]) {
		drawing.append(svg("line", { class: "grid", x1: left, x2: width - right, y1: y(share), y2: y(share) }));
		drawing.append(svg("text", { x: left - 6, y: y(share) + 4, "text-anchor": "end" }, percent(share)));
	}
	for (let part = 0; part <= 4; part++) {
		const strength = minimum + (part / 4) * (maximum - minimum);
		const anchor = ["start", "middle", "middle", "middle", "end"][part];
		drawing.append(svg("text", { x: x(strength), y: height - bottom + 20, "text-anchor": anchor }, amount(name, strength)));
	}
	drawing.append(svg("line", { class: "neutral", x1: x(neutral), x2: x(neutral), y1: top, y2: whole - gap }));
	for (const { model, strengths, shares, dashed } of lines) {
		const points = strengths.map((strength, at) => `${x(strength).toFixed(1)},${y(shares[at]).toFixed(1)}`).join(" ");
		drawing.append(svg("polyline", { class: dashed ? "line test" : "line", points, style: `stroke: ${colourOf(model)}` }));
	}
	const mark = ({ model, strengths, shares }, kind) => (at) =>
		svg("circle", { class: kind, cx: x(strengths[at]), cy: y(shares[at]), r: 5, style: `--own: ${colourOf(model)}` });
	for (const line of lines) drawing.append(...(line.back ?? []).map(mark(line, "back")), ...(line.flips ?? []).map(mark(line, "mark")));
	bands.forEach((one, at) => drawing.append(answerBand(one, x, height + at * (band + gap))));
	return drawing;
}

// What a network says from strength to strength, full where it is the first answer: "?" where it gives none.
function answerBand({ model, strengths, labels, before }, x, top) {
	const half = (strengths[1] - strengths[0]) / 2;
	const row = svg("g", { class: "band", style: `--own: ${colourOf(model)}` });
	let from = 0;
	labels.forEach((label, at) => {
		if (label === labels[at + 1] && at + 1 < labels.length) return;
		const start = x(Math.max(strengths[0], strengths[from] - half));
		const end = x(Math.min(strengths.at(-1), strengths[at] + half));
		const first = label !== null && label === before;
		row.append(svg("rect", { class: first ? "first" : "", x: start, y: top, width: end - start, height: CHART.band }));
		const sign = svg("text", { class: first ? "first" : "", x: (start + end) / 2, y: top + 14, "text-anchor": "middle" }, label === null ? "?" : className(model, label));
		if (end - start > 10) row.append(sign);
		from = at + 1;
	});
	return row;
}
