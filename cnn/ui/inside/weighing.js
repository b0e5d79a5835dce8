// One number of a dense layer, by hand: what enters times its weights, added up. Of the last layer, only what sets two
// classes apart says anything: their scores, and each product of one, may all lie far below zero.

import { figure, made } from "../web/dom.js";
import { classesOf } from "../web/networks.js";
import { nearly, number } from "../web/numbers.js";
import { picture, unpack } from "../web/paint.js";
import { say } from "../web/say.js";

const SHOWN = 6; // products that are written out

export function weighing({ unit, model }) {
	const title = made("p", { className: "hint" });
	const table = made("table", { className: "account weighing" });
	const softmax = made("p", { className: "softmax" });
	const pictures = made("div", { className: "parts" });
	const classes = classesOf(model);

	function work(now, follow = null) {
		const { weighed, kernel } = now.unit;
		const [features, weights] = [weighed.features, weighed.weights].map((packed) => unpack(packed).values);
		const rival = weighed.rival && { ...weighed.rival, weights: unpack(weighed.rival.weights).values };
		const words = rival && { label: classes[unit.label], rival: classes[rival.label], count: features.length };
		title.textContent = words ? say("inside.between", words) : say("inside.adds_up", { count: features.length });
		const parts = Array.from(features, (feature, index) => ({ index, feature, weight: weights[index], less: rival?.weights[index] }));
		const product = ({ feature, weight, less = 0 }) => feature * (weight - less);
		parts.sort((a, b) => Math.abs(product(b)) - Math.abs(product(a)));
		const lines = parts.slice(0, SHOWN).map((part) => {
			const { index, feature, weight, less } = part;
			const factor = rival ? `(${minus(weight, less)})` : weight < 0 ? `(${number(weight)})` : number(weight);
			return [say("inside.feature", { at: index }), `${number(feature)} × ${factor}`, signed(product(part), 3)];
		});
		const rest = parts.slice(SHOWN);
		if (rest.length) lines.push([say("inside.rest", { count: rest.length }), "", signed(rest.reduce((sum, part) => sum + product(part), 0), 3)]);
		if (rival) {
			const logits = unpack(now.view.layers.at(-1).maps).values;
			const [own, best] = [logits[unit.label], logits[rival.label]];
			lines.push([say("inside.biases"), minus(weighed.bias, rival.bias), signed(weighed.bias - rival.bias, 3)]);
			lines.push([say("inside.difference", words), minus(own, best), signed(own - best, 3)]);
			softmax.textContent = softmaxWords(unit.label, rival.label, logits, now.view.temperature, classes);
		} else {
			const [before] = (now.before ?? now.after).values;
			lines.push([say("inside.bias"), "", signed(weighed.bias, 3)]);
			lines.push([`= ${now.before ? say("inside.before", { function: now.activation }) : say("inside.is")}`, "", signed(before, 3)]);
			if (now.before) lines.push([`→ ${say("inside.after", { function: now.activation })}`, "", signed(now.after.values[0], 3)]);
		}
		table.replaceChildren(made("tbody", {}, ...lines.map((cells) => made("tr", {}, ...cells.map((textContent) => made("td", { textContent }))))));
		table.querySelector("tr:last-child").className = "result";
		if (kernel) {
			const { values, shape } = unpack(kernel);
			const read = figure(picture(values.map((weight, at) => weight * features[at]), shape, { signed: true }, say("inside.products")), say("inside.products"));
			pictures.replaceChildren(figure(picture(values, shape, { signed: true }, say("inside.weights")), say("inside.weights")), read);
		}
		follow?.(0);
	}

	return { content: [title, pictures, table, softmax], work };
}

// Which way a number counts is seen before how much.
const signed = (value, digits = 2) => (value > 0.5 * 10 ** -digits ? "+" : "") + number(value, digits);
const minus = (value, less, digits = 2) => `${number(value, digits)} − ${less < 0 ? `(${number(less, digits)})` : number(less, digits)}`;

// The best class counts 1, so that no number is out of sight.
function softmaxWords(label, rival, logits, temperature, classes) {
	const scores = logits.subarray(0, classes.length);
	const most = Math.max(...scores);
	const counts = Array.from(scores, (score) => Math.exp((score - most) / temperature));
	const total = counts.reduce((sum, value) => sum + value, 0);
	const own = counts[label] < 0.0005 ? say("inside.tiny") : number(counts[label], 3);
	const words = { label: classes[label], rival: classes[rival], own, total: number(total, 3), share: nearly(counts[label] / total), temperature: number(temperature) };
	return say(scores[label] === most ? "inside.softmax_best" : "inside.softmax", words);
}
