// One step of gradient descent by hand: forward, the loss, back to one kernel, the update, and the loss after it. All
// numbers are the network's own.

import { grid, sign } from "../web/cells.js";
import { choices, classChoices, figure, made, renew } from "../web/dom.js";
import { classesOf } from "../web/networks.js";
import { nearly, number, small, tenTo, whole } from "../web/numbers.js";
import { largest, picture, unpack } from "../web/paint.js";
import { say } from "../web/say.js";

const DIGITS = 4; // behind the point, of weights

export function stepView(desk) {
	const { panel, latest } = desk;
	const asked = { label: null, channel: null, rate: "0.1" };
	const [tools, work] = [".asks", ".work"].map((name) => panel.querySelector(`[data-panel=step] ${name}`));

	const ask = () => ({ view: "step", at: desk.at, ...asked });

	function change(changes) {
		Object.assign(asked, changes);
		desk.askAgain();
		showTools();
	}

	function show() {
		showTools();
		const { at, step, guess } = latest.step;
		if (at !== desk.at) return; // the one of this moment is on its way
		const known = Object.fromEntries(Object.entries(step).map(([key, value]) => [key, value?.data ? unpack(value) : value]));
		const classes = classesOf(latest.run.architecture);
		const input = unpack(latest.pixels);
		const sheet = /** @type {any} */ ({ ...known, classes, guess, input });
		work.replaceChildren(forward(sheet), back(sheet), update(sheet), after(sheet));
		work.dataset.at = at;
	}

	function showTools() {
		const classes = classesOf(latest.run.architecture);
		const { step } = latest.step;
		const label = { label: say("lab.label"), any: say("lab.label_any", { label: classes[latest.step.guess] }) };
		const rate = { label: say("lab.rate"), words: (value) => number(Number(value), value.length > 1 ? value.length - 2 : 0) };
		const kernel = made("select", { name: "lab-kernel", ariaLabel: say("lab.kernel") });
		const option = (value, textContent, selected) => made("option", { value, textContent, selected });
		kernel.append(option("", say("lab.kernel_any", { channel: step.largest }), asked.channel === null));
		for (let channel = 0; channel < step.filters; channel++) kernel.append(option(`${channel}`, say("lab.kernel_number", { channel }), asked.channel === channel));
		kernel.addEventListener("change", () => change({ channel: kernel.value === "" ? null : Number(kernel.value) }));
		const row = (words, content) => made("div", { className: "asked" }, made("span", { className: "ask", textContent: words }), content);
		renew(
			tools,
			row(label.label, classChoices("lab-label", classes, asked.label, label, (chosen) => change({ label: chosen }))),
			row(rate.label, choices("lab-rate", desk.rates, asked.rate, rate, (chosen) => change({ rate: chosen }))),
			row(say("lab.kernel"), kernel),
		);
	}

	return { show, ask };
}

const section = (title, ...content) => made("section", {}, made("h3", { textContent: title }), ...content);
const line = (className, textContent) => made("p", { className, textContent });

function forward({ classes, label, logits, probabilities, errors, loss }) {
	const cells = (name, parts) => parts.map((textContent) => made(name, { textContent }));
	const head = made("tr", {}, ...cells("th", [say("lab.class"), say("lab.logit"), "p", "y", "p − y"]));
	const rows = classes.map((name, at) => {
		const row = made("tr", {}, ...cells("td", [name, number(logits.values[at], 3), small(probabilities.values[at]), at === label ? "1" : "0", small(errors.values[at])]));
		row.classList.toggle("target", at === label);
		return row;
	});
	const table = made("table", { className: "account" }, head, ...rows);
	const words = { label: classes[label], share: small(probabilities.values[label]), loss: small(loss) };
	return section(say("lab.step_forward"), line("hint", say("lab.forward_text")), table, line("sum", say("lab.loss_is", words)), line("hint", say("lab.error_text", { ...words, error: small(errors.values[label]) })));
}

// The weight whose gradient is largest, as a place in the kernel: its own sum is shown.
function heaviest({ gradient }) {
	const sizes = Array.from(gradient.values, Math.abs);
	const at = sizes.indexOf(Math.max(...sizes));
	return { at, row: Math.floor(at / gradient.shape[1]), column: at % gradient.shape[1] };
}

function back(sheet) {
	const { layer, channel, input, error, gradient } = sheet;
	const [rows, columns] = error.shape;
	const { at, row, column } = heaviest(sheet);
	const ink = Float32Array.from(error.values, (_, place) => input.values[(Math.floor(place / columns) + row) * input.shape[1] + (place % columns) + column]);
	const products = error.values.map((value, place) => value * ink[place]);
	const sum = products.reduce((total, value) => total + value, 0);
	const values = { layer, channel, row: row + 1, column: column + 1, count: whole(products.filter((value) => value !== 0).length), places: whole(rows * columns), sum: small(sum), gradient: small(gradient.values[at]) };
	const shown = (numbers, name, signed) => figure(picture(numbers, error.shape, { signed }, name), name);
	const flow = made("div", { className: "products" });
	flow.append(shown(error.values, say("lab.error_map"), true), sign("×"), shown(ink, say("lab.ink_under", values), false), sign("="), shown(products, say("lab.product_map"), true), sign(`Σ ${values.sum}`));
	return section(say("lab.step_back", values), line("hint", say("lab.back_text", values)), flow, line("sum", say("lab.back_sum", values)), made("div", { className: "products" }, scaled(gradient, say("lab.gradient"))));
}

function update(sheet) {
	const { kernel, gradient, updated, rate, channel } = sheet;
	const limit = largest(kernel.values);
	const { at } = heaviest(sheet);
	const written = number(rate, rate < 1 ? `${rate}`.length - 2 : 0);
	const one = `${number(kernel.values[at], DIGITS)} − ${written} × ${bracketed(gradient.values[at])} = ${number(updated.values[at], DIGITS)}`;
	const flow = made("div", { className: "products" });
	flow.append(
		grid([...kernel.values], kernel.shape, say("lab.kernel_before"), true, limit, DIGITS),
		sign(`− ${written} ×`),
		scaled(gradient, say("lab.gradient")),
		sign("="),
		grid([...updated.values], updated.shape, say("lab.kernel_after"), true, limit, DIGITS),
	);
	return section(say("lab.step_update", { channel }), line("hint", say("lab.update_text", { rate: written })), flow, line("sum", one));
}

function after({ loss, foretold, loss_kernel, loss_all, probability_all, probabilities, label, classes }) {
	const rows = [
		[say("lab.loss_before"), small(loss), ""],
		[say("lab.loss_foretold"), small(loss + foretold), signed(foretold)],
		[say("lab.loss_kernel"), small(loss_kernel), signed(loss_kernel - loss)],
		[say("lab.loss_all"), small(loss_all), signed(loss_all - loss)],
	];
	const table = made("table", { className: "account" }, ...rows.map((cells) => made("tr", {}, ...cells.map((textContent) => made("td", { textContent })))));
	const values = { label: classes[label], before: nearly(probabilities.values[label]), after: nearly(probability_all) };
	return section(say("lab.step_after"), line("hint", say("lab.after_text")), table, line("sum", say("lab.after_share", values)));
}

const bracketed = (value) => (value < 0 ? `(${small(value)})` : small(value));
const signed = (value) => (value > 0 ? "+" : "") + small(value);

// Small numbers as so many of a power of ten, which their name says.
function scaled({ values, shape }, name) {
	const most = largest(values);
	const power = most > 0 && most < 0.1 ? Math.floor(Math.log10(most)) : 0;
	const shown = Array.from(values, (value) => value / 10 ** power);
	return grid(shown, shape, power ? `${name}, × ${tenTo(power)}` : name, true, largest(shown), power ? 2 : DIGITS);
}
