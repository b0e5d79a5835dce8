// MNIST-C: error by corruption and network, as each network's metrics.json has it.

import { made } from "../web/dom.js";
import { dot } from "../web/networks.js";
import { counted, percent } from "../web/numbers.js";
import { networkName, say } from "../web/say.js";

/** @typedef {import("../web/types.js").ScoreView} ScoreView */

const DARKEST = 0.2; // the error at which a cell is as dark as it gets
const CORRUPTIONS = [
	"shot_noise", "impulse_noise", "glass_blur", "motion_blur", "shear", "scale", "rotate", "translate",
	"brightness", "stripe", "fog", "spatter", "dotted_line", "zigzag", "canny_edges",
];

export function scoreView({ panel }) {
	return { ask: () => ({ view: "score" }), show: ({ models }) => showScore(panel.querySelector(".scores"), models) };
}

/** @param {HTMLElement} table @param {ScoreView["models"]} scores */
function showScore(table, scores) {
	const names = Object.keys(scores);
	const measured = Object.values(scores).find(Boolean);
	if (!measured) {
		table.replaceChildren(made("caption", { textContent: say("stress.unmeasured") }));
		return;
	}
	const head = made("tr", {}, made("td"), ...names.map((model) => made("th", { scope: "col" }, dot(model), networkName(model))));
	const rows = CORRUPTIONS.map((corruption) => {
		const cells = names.map((model) => scoreCell(scores[model]?.error[corruption], scores[model]?.like_in_training?.includes(corruption)));
		return made("tr", {}, made("th", { scope: "row", textContent: say(`stress.c.${corruption}`) }), ...cells);
	});
	const mean = made("tr", { className: "mean" }, made("th", { scope: "row", textContent: say("stress.mean") }), ...names.map((model) => scoreCell(scores[model]?.mean)));
	const base = scores.course?.mean;
	const relative = names.map((model) => made("td", { textContent: scores[model] && base ? percent(scores[model].mean / base) : "–" }));
	const last = made("tr", {}, made("th", { scope: "row", textContent: say("stress.relative", { model: "course" }) }), ...relative);
	table.replaceChildren(made("thead", {}, head), made("tbody", {}, ...rows), made("tfoot", {}, mean, last));
}

function scoreCell(error, like) {
	if (error === undefined) return made("td", { textContent: "–" });
	const cell = made("td", { textContent: counted(error, 1) + (like ? " †" : "") });
	cell.style.setProperty("--share", `${(100 * Math.min(1, error / DARKEST)).toFixed(0)}%`);
	cell.className = "heat";
	return cell;
}
