// A network put together block by block: what each block makes of what comes to it, a drawing of the whole, and how it is to
// be trained. The address holds it, so that Back takes a change back, and a reload none.

import { go, onPlace } from "../web/address.js";
import { choices, download, made, renew } from "../web/dom.js";
import { fromField, inField, whole } from "../web/numbers.js";
import { language, say } from "../web/say.js";
import { asText, fits, fresh, fromText, orderOf, TRAINING } from "./design.js";
import { drawing } from "./drawing.js";

/** @typedef {import("../web/types.js").BuildView} BuildView */

const PICTURE = [28, 28, 1];
const SEES = { convolution: "kernel", pooling: "size" }; // which value of a block is its window
const SHAPING = [...Object.keys(SEES), "dense"]; // blocks that change the shape, which a drawing shows
const KINDS = {
	convolution: "lab.convolution",
	pooling: "lab.pooling",
	activation: "lab.activation",
	normalisation: "lab.normalisation",
	dropout: "lab.dropout",
	dense: "lab.dense",
};
const VALUES = {
	filters: "lab.value_filters",
	kernel: "lab.value_kernel",
	stride: "lab.value_stride",
	padding: "lab.value_padding",
	size: "lab.value_size",
	by: "lab.value_by",
	function: "lab.value_function",
	rate: "lab.value_rate",
	units: "lab.value_units",
	images: "lab.value_images",
	epochs: "lab.value_epochs",
	optimiser: "lab.value_optimiser",
	learning_rate: "lab.value_learning_rate",
	augmentation: "lab.value_augmentation",
	seed: "lab.value_seed",
	runs: "lab.value_runs",
};
const OPTIONS = {
	valid: "lab.padding_valid",
	same: "lab.padding_same",
	max: "lab.by_max",
	average: "lab.by_average",
	adam: "lab.optimiser_adam",
	sgd: "lab.optimiser_sgd",
	true: "lab.yes",
	false: "lab.no",
};
const FUNCTIONS = { relu: "ReLU", tanh: "tanh", sigmoid: "sigmoid", gelu: "GELU" };
const PRESETS = {
	course: "lab.preset_course",
	small: "lab.preset_small",
	wide: "lab.preset_wide",
	deep: "lab.preset_deep",
	dense: "lab.preset_dense",
	nothing: "lab.preset_nothing",
};

export function buildView(desk) {
	const { panel, latest } = desk;
	const { blocks: kinds, training: chosen, presets, most } = desk.offers;
	const tables = { ...kinds, [TRAINING]: chosen };
	const part = (name) => panel.querySelector(`[data-panel=build] .${name}`);
	const past = []; // what Undo goes back to, as texts

	const preset = (name) => ({ blocks: presets[name].design, training: Object.fromEntries(chosen.map(({ name: one, default: usual }) => [one, presets[name][one] === undefined ? usual : presets[name][one]])) });
	let now = preset("course");

	const text = () => asText(tables, now);
	const ask = () => ({ view: "build", design: now.blocks });

	// ------------------------------------------------------------------ changes

	// Another design, the same up to the block at `from`: what is known of those before it still holds.
	function become(design, from = 0) {
		const same = JSON.stringify(design.blocks) === JSON.stringify(now.blocks);
		now = design;
		if (same) return;
		if (latest.build) {
			const { layers, refused } = latest.build;
			latest.build = { ...latest.build, layers: layers.slice(0, from), refused: refused && refused.at < from ? refused : null, asked: true };
		}
		if (desk.view === "build") desk.askAgain();
	}

	// By the visitor's own hand: a step that can be taken back.
	function change(design, from) {
		const before = text();
		become(design, from);
		if (text() !== before) past.push(before);
		keep();
		show();
	}

	const keep = () => go({ tab: "lab", view: "build", choice: text() });

	function undo() {
		while (past.at(-1) === text()) past.pop(); // Back was there before
		const before = past.pop();
		if (before === undefined) return;
		become(fromText(tables, before, most));
		keep();
		show();
	}

	const withBlocks = (blocks) => ({ ...now, blocks });

	function add(kind) {
		change(withBlocks([...now.blocks, fresh(tables, kind)]), now.blocks.length);
		const row = part("blocks").lastElementChild.previousElementSibling;
		row.querySelector("input, select, button:enabled").focus();
	}

	function remove(at) {
		change(withBlocks(now.blocks.filter((_, other) => other !== at)), at);
		const rows = part("blocks").querySelectorAll("[data-act=remove]");
		const next = rows[Math.min(at, rows.length - 1)] ?? part("adding").querySelector("button");
		next.focus();
	}

	function move(at, by, act) {
		const to = at + by;
		if (to < 0 || to >= now.blocks.length) return;
		const blocks = [...now.blocks];
		[blocks[at], blocks[to]] = [blocks[to], blocks[at]];
		change(withBlocks(blocks), Math.min(at, to));
		const moved = part("blocks").children[to];
		const held = moved.querySelector(`[data-act=${act}]:enabled`) ?? moved.querySelector("[data-act]:enabled");
		held.focus();
	}

	// ------------------------------------------------------------------ fields

	// What one value is chosen by; `onValue` is told each that may be, `onDone` when the visitor is through with it.
	function field(values, value, name, onValue, onDone) {
		const label = say(VALUES[values.name]);
		const control = values.options ? selection(values, value) : numberField(values, value);
		control.name = name;
		const read = () => (values.options ? values.options[/** @type {HTMLSelectElement} */ (control).selectedIndex] : fromField(control.value));
		control.addEventListener("input", () => (values.options || fits(values, read())) && onValue(read()));
		control.addEventListener("change", () => {
			if (!values.options) control.value = inField(fits(values, read()) ? read() : nearest(values, read(), value));
			onValue(read());
			onDone();
		});
		return made("label", { className: "value" }, made("span", { textContent: label }), control);
	}

	// A browser writes decimals as its own language has them, and not the page's.
	function numberField({ least, most, whole: counted }, value) {
		const kind = counted ? { type: "number", min: least, max: most, step: 1, inputMode: "numeric" } : { type: "text", inputMode: "decimal", autocomplete: "off" };
		return made("input", { ...kind, value: inField(value) });
	}

	function selection({ options }, value) {
		const select = made("select");
		select.append(...options.map((option) => made("option", { textContent: optionWords(option), selected: option === value })));
		return select;
	}

	const optionWords = (option) => FUNCTIONS[option] ?? (typeof option === "number" ? whole(option) : say(OPTIONS[option]));

	// A value that changes as it is typed is one step, once the visitor is through with it.
	function fields(kind, record, name, from, put) {
		let before = null;
		const onValue = (key) => (value) => {
			before ??= text();
			become(put({ [key]: value }), from);
			shown = written();
			showFigures();
		};
		const onDone = () => {
			if (before !== null && before !== text()) past.push(before);
			before = null;
			keep();
			showTools();
		};
		return tables[kind].map((values) => field(values, record[values.name], `${name}-${values.name}`, onValue(values.name), onDone));
	}

	// ------------------------------------------------------------------ what is shown

	let shown = ""; // what the fields hold, and in which language
	const written = () => `${language()} ${text()}`;

	function show() {
		if (!latest.build) return;
		if (latest.export) save();
		if (written() !== shown) showRows(); // else the fields are as they are, and the keyboard is among them
		showOrders();
		shown = written();
		showFigures();
		showTools();
	}

	function showTools() {
		const named = Object.keys(presets).find((name) => asText(tables, preset(name)) === text()) ?? null;
		const words = { label: say("lab.presets"), words: (name) => say(PRESETS[name]) };
		const back = act("undo", say("lab.undo"), undo);
		back.disabled = past.every((one) => one === text());
		renew(part("presets"), choices("lab-preset", Object.keys(presets), named, words, (name) => change(preset(name))), back);
		for (const button of part("adding").querySelectorAll("button")) button.disabled = now.blocks.length >= most;
	}

	function act(name, textContent, does) {
		const button = made("button", { type: "button", className: "more", textContent, data: { act: name } });
		button.addEventListener("click", does);
		return button;
	}

	function sign(name, label, does) {
		const button = made("button", { type: "button", className: "sign", title: label, ariaLabel: label, data: { act: name } }, made("i"));
		button.addEventListener("click", does);
		return button;
	}

	function showRows() {
		const rows = now.blocks.map(row);
		const last = made("li", { className: "block last" }, made("b", { textContent: say("lab.logits") }), made("p", { className: "values hint", textContent: say("lab.logits_text") }), made("p", { className: "facts" }), made("p", { className: "refusal" }));
		renew(part("blocks"), ...rows, last);
		renew(part("adding"), made("span", { className: "ask", textContent: say("lab.add") }), ...Object.keys(kinds).map((kind) => act("add", say(KINDS[kind]), () => add(kind))));
		renew(part("recipe"), ...fields(TRAINING, now.training, "lab-training", now.blocks.length + 1, (value) => ({ ...now, training: { ...now.training, ...value } })));
	}

	// Made once for a language: one that is pressed as an answer comes is not put anew beneath the finger.
	function showOrders() {
		if (part("orders").dataset.language === language()) return;
		part("orders").dataset.language = language();
		const train = act("train", say("lab.train_it"), () => desk.train(orderOf(now)));
		const file = (kind, words) => act(kind, words, () => desk.askBeside({ view: "export", kind, language: language(), ...orderOf(now) }));
		renew(part("orders"), train, file("script", say("lab.script")), file("notebook", say("lab.notebook")));
	}

	function row(block, at) {
		const name = say(KINDS[block.kind]);
		const put = (value) => withBlocks(now.blocks.map((other, place) => (place === at ? { ...other, ...value } : other)));
		const up = sign("up", say("lab.up", { block: name }), () => move(at, -1, "up"));
		const down = sign("down", say("lab.down", { block: name }), () => move(at, 1, "down"));
		const gone = sign("remove", say("lab.remove_block", { block: name }), () => remove(at));
		up.disabled = at === 0;
		down.disabled = at === now.blocks.length - 1;
		const line = made(
			"li",
			{ className: "block" },
			made("b", { textContent: name }),
			made("div", { className: "values" }, ...fields(block.kind, block, `lab-${at}`, at, put)),
			made("p", { className: "facts" }),
			made("div", { className: "acts" }, up, down, gone),
			made("p", { className: "refusal" }),
		);
		line.addEventListener("keydown", (event) => {
			const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
			if (!by || !event.altKey) return;
			event.preventDefault();
			move(at, by, by < 0 ? "up" : "down");
		});
		return line;
	}

	function showFigures() {
		/** @type {BuildView & { asked?: boolean }} */
		const { layers, refused, parameters, multiply_adds, asked } = latest.build;
		const ends = Boolean(refused) && !layers[refused.at]; // else it is only too large to be trained
		[...part("blocks").children].forEach((line, at) => {
			const wrong = refused?.at === at;
			line.classList.toggle("impossible", wrong);
			line.classList.toggle("behind", ends && at > refused.at);
			line.querySelector(".refusal").textContent = wrong ? refusal(refused) : "";
			line.querySelector(".facts").replaceChildren(...(layers[at] ? facts(layers[at]) : []));
		});
		for (const button of part("orders").querySelectorAll("button")) button.disabled = Boolean(refused);
		if (asked) return; // what is drawn and summed is still the last design
		const at = refused && now.blocks[refused.at];
		const total = say("lab.totals", { parameters: whole(parameters), multiply_adds: whole(multiply_adds) });
		const place = refused && { block: say(at ? KINDS[at.kind] : "lab.logits"), number: refused.at + 1 };
		const words = ends ? say("lab.refused", place) : refused ? `${total} ${say("lab.too_large", place)}` : total;
		part("totals").textContent = words;
		draw(layers, words);
		desk.sayAloud(words);
	}

	const refusal = ({ key, values }) => say(`error.${key}`, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, whole(value)])));

	const shapeWords = (shape) => shape.map(whole).join(" × ");

	function facts({ shape, parameters, multiply_adds, receptive_field }) {
		const lines = [made("b", { textContent: shapeWords(shape) }), say("lab.sees", { side: receptive_field })];
		if (parameters) lines.push(say("lab.parameters", { count: whole(parameters) }));
		if (multiply_adds) lines.push(say("lab.multiply_adds", { count: whole(multiply_adds) }));
		return lines.map((line) => (typeof line === "string" ? made("span", { textContent: line }) : line));
	}

	// ------------------------------------------------------------------ the drawing

	let drawn = null;

	function draw(layers, words) {
		const known = layers.map(({ shape }, at) => ({ shape, block: now.blocks[at] ?? { kind: "dense" } }));
		const seen = known.filter(({ block }) => SHAPING.includes(block.kind));
		const picture = { shape: PICTURE, window: 0, title: say("lab.image") };
		const all = seen.map(({ shape, block }) => ({ shape, window: block[SEES[block.kind]] ?? 0, title: say(KINDS[block.kind]) }));
		drawn = { layers: [picture, ...all], label: say("lab.drawing", { shapes: [picture, ...all].map(({ shape }) => shapeWords(shape)).join(" → "), words }) };
		fit();
	}

	function fit() {
		const place = part("drawing");
		if (drawn && place.clientWidth) place.replaceChildren(drawing(drawn.layers, place.clientWidth, drawn.label));
	}

	new ResizeObserver(fit).observe(part("drawing"));

	// ------------------------------------------------------------------ files

	function save() {
		const { name, type, text: content } = latest.export;
		delete latest.export;
		download(name, type, content);
	}

	onPlace("lab", ({ view, choice }) => {
		if (view !== "build" || choice === text()) return;
		become(fromText(tables, choice, most) ?? preset("course"));
		if (latest.build) show();
	});

	return { show, ask };
}

// The nearest number that may be; what it was where there is none.
function nearest({ least, most, whole: counted }, value, before) {
	if (!Number.isFinite(value)) return before;
	return Math.min(most, Math.max(least, counted ? Math.round(value) : value));
}
