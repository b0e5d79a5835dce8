// What a stated confidence is worth: the reliability diagram, and its figures as a table.

import { made, svg } from "../web/dom.js";
import { counted, percent, whole } from "../web/numbers.js";
import { say } from "../web/say.js";

/** @typedef {import("../web/types.js").BinWithInterval} BinWithInterval */
/** @typedef {import("../web/types.js").CalibrationShown} CalibrationShown */

const NINETY = 0.9;

export const calibrationView = (desk) => ({ show: () => showCalibration(desk.part("view[data-panel=calibration] .shown"), desk.tables.calibration) });

/** @param {HTMLElement} place @param {CalibrationShown} calibration */
function showCalibration(place, { bins, expected_calibration_error: off }) {
	const near = bins.reduce((best, one) => (Math.abs(one.confidence - NINETY) < Math.abs(best.confidence - NINETY) ? one : best));
	const about = { stated: counted(near.confidence), actual: counted(near.accuracy), count: whole(near.count), low: counted(near.low), high: counted(near.high) };
	const words = made("div", { className: "worth" }, made("p", { className: "verdict", textContent: say("errors.worth", about) }));
	words.append(made("p", { textContent: say("errors.worth_range", about) }), made("p", { textContent: say("errors.off", { share: percent(off, 2) }) }));
	words.append(made("p", { className: "note", textContent: say("errors.diagram") }), binsTable(bins));
	place.replaceChildren(diagram(bins), words);
}

// Stated confidence to the right, share right upwards; a bar of where the true share may lie, a dot the larger the more answers.
/** @param {BinWithInterval[]} bins */
function diagram(bins) {
	const [left, size] = [50, 260];
	const [x, y] = [(share) => left + share * size, (share) => 10 + (1 - share) * size];
	const chart = svg("svg", { viewBox: `0 0 ${left + size + 18} ${size + 44}`, role: "img", class: "diagram", "aria-label": say("errors.diagram_label") });
	for (const share of [0, 0.25, 0.5, 0.75, 1]) {
		chart.append(svg("path", { class: "mesh", d: `M${x(share)} ${y(0)}V${y(1)}M${x(0)} ${y(share)}H${x(1)}` }));
		chart.append(svg("text", { x: x(share), y: y(0) + 16, "text-anchor": "middle" }, percent(share)));
		chart.append(svg("text", { x: left - 5, y: y(share) + 3, "text-anchor": "end" }, percent(share)));
	}
	chart.append(svg("path", { class: "honest", d: `M${x(0)} ${y(0)}L${x(1)} ${y(1)}` }));
	const most = Math.max(...bins.map(({ count }) => count));
	for (const { confidence, accuracy, low, high, count } of bins) {
		chart.append(svg("path", { class: "range", d: `M${x(confidence)} ${y(low)}V${y(high)}` }));
		chart.append(svg("circle", { cx: x(confidence), cy: y(accuracy), r: 2.5 + 4 * Math.sqrt(count / most) }));
	}
	chart.append(svg("text", { class: "axis", x: x(0.5), y: y(0) + 32, "text-anchor": "middle" }, say("errors.stated")));
	const upright = { class: "axis", transform: `translate(12 ${y(0.5)}) rotate(-90)`, "text-anchor": "middle" };
	chart.append(svg("text", upright, say("errors.actual")));
	return chart;
}

/** @param {BinWithInterval[]} bins */
function binsTable(bins) {
	const row = (name, cells) => made("tr", {}, ...cells.map((textContent) => made(name, { textContent })));
	const head = row("th", [say("errors.stated"), say("errors.actual"), say("errors.range"), say("errors.images")]);
	const rows = bins.map(({ confidence, accuracy, low, high, count }) => row("td", [counted(confidence, 1), counted(accuracy, 1), `${counted(low)} – ${counted(high)}`, whole(count)]));
	return made("details", {}, made("summary", { textContent: say("errors.as_table") }), made("table", { className: "four" }, head, ...rows));
}
