// Numbers from the server, pictures of them, and the small parts of a page. Knows no view; for components that ask for it.

const SIDE = 28;

// {data, shape, limits?, signed?}: bytes are shares of their tile's limit, everything else is little-endian float32.
function unpack(packed) {
	if (!packed) return null;
	const { data, shape, limits, signed } = packed;
	const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
	if (!limits) return { values: new Float32Array(bytes.buffer), shape };
	const [steps, most] = signed ? [new Int8Array(bytes.buffer), 127] : [bytes, 255];
	const size = steps.length / limits.length;
	return { values: Float32Array.from(steps, (step, at) => (step * limits[Math.floor(at / size)]) / most), shape };
}

const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const plane = ({ values, shape }, index) => {
	const size = values.length / shape[0];
	return values.subarray(index * size, (index + 1) * size);
};

// ------------------------------------------------------------------ colours

let palette = null;

function colours() {
	const style = getComputedStyle(element);
	const rgb = (name) => {
		const probe = document.createElement("i");
		probe.style.color = style.getPropertyValue(name);
		element.append(probe);
		const found = getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
		probe.remove();
		return found;
	};
	palette ??= { zero: rgb("--paper"), ink: rgb("--text"), for: rgb("--for"), against: rgb("--against") };
	return palette;
}

const mixed = (from, to, share) => from.map((start, part) => start + (to[part] - start) * share);

// Ink-like numbers go from paper to ink; signed ones from the colour against, through paper, to the colour for.
// Where a drawing lies under them, its ink shows through, on light paper as on dark.
function shade(value, limit, signed, under = 0) {
	const { zero, ink, for: pro, against } = colours();
	const share = Math.min(1, Math.abs(value) / (limit || 1));
	const pole = signed ? (value < 0 ? against : pro) : ink;
	return mixed(mixed(zero, ink, 0.4 * under), mixed(pole, ink, 0.25 * under), share);
}

// The 256 colours from paper to a pole: a network's maps are many thousand pixels.
function ramp(pole) {
	const found = colours();
	found.ramps ??= {};
	return (found.ramps[pole] ??= Array.from({ length: 256 }, (_, step) => mixed(found.zero, found[pole], step / 255)));
}

// A network's colour, in every picture and at every visit: each of BUNDLED, which a component gives, has its own; any
// other takes the next free one, and keeps it.
const COLOURS = 8; // in theme.py
function colourOf(name) {
	const joined = (window.joinedNetworks ??= []); // all components' together
	if (!BUNDLED.includes(name) && !joined.includes(name)) joined.push(name);
	return `var(--model-${[...BUNDLED, ...joined].indexOf(name) % COLOURS})`;
}

// ------------------------------------------------------------------ canvases

// values (height * width) as pixels of a canvas; the style sheet enlarges them.
function paintValues(canvas, values, [height, width], { limit = largest(values), signed = false, ink = null } = {}) {
	if (canvas.width !== width) canvas.width = width;
	if (canvas.height !== height) canvas.height = height;
	const context = canvas.getContext("2d");
	const image = context.createImageData(width, height);
	const [up, down] = signed ? [ramp("for"), ramp("against")] : [ramp("ink"), ramp("ink")];
	for (let at = 0; at < values.length; at++) {
		const step = Math.min(255, Math.round((255 * Math.abs(values[at])) / (limit || 1)));
		const colour = ink ? shade(values[at], limit, signed, ink[at]) : (values[at] < 0 ? down : up)[step];
		for (let part = 0; part < 3; part++) image.data[4 * at + part] = colour[part];
		image.data[4 * at + 3] = 255;
	}
	context.putImageData(image, 0, 0);
}

function made(name, properties = {}, ...children) {
	const { data = {}, ...rest } = properties;
	const node = Object.assign(document.createElement(name), rest);
	for (const [key, value] of Object.entries(data)) node.dataset[key] = value;
	node.append(...children);
	return node;
}

function picture(values, shape, how = {}, label = "") {
	const canvas = made("canvas", { className: "pixels" });
	canvas.setAttribute("role", "img");
	canvas.setAttribute("aria-label", label);
	paintValues(canvas, values, shape, how);
	return canvas;
}

function figure(content, caption) {
	const node = made("figure", {}, content);
	node.append(made("figcaption", { textContent: caption }));
	return node;
}

// A part of a drawing.
function svg(name, attributes = {}, ...children) {
	const node = document.createElementNS("http://www.w3.org/2000/svg", name);
	for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
	node.append(...children);
	return node;
}

const number = (value, digits = 2) =>
	new Intl.NumberFormat(language(), { minimumFractionDigits: digits, maximumFractionDigits: digits })
		.format(Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value)
		.replace("-", "−");
// One that was counted is all or nothing only where it is.
function counted(share, digits = 0) {
	const least = 10 ** -(digits + 2);
	if (share > 0 && share < least / 2) return `<\u00a0${percent(least, digits)}`;
	if (share < 1 && share >= 1 - least / 2) return `>\u00a0${percent(1 - least, digits)}`;
	return percent(share, digits);
}
const whole = (value) => new Intl.NumberFormat(language()).format(value);

// One line on a network that came with the app; nothing on others.
function networkNote(name) {
	const key = `network.${name}.note`;
	return NETWORKS[name] && WORDS.en[key] ? say(key, { parameters: whole(NETWORKS[name]) }) : "";
}

// ------------------------------------------------------------------ a choice of few

function choice(name, value, text, checked, onChoose) {
	const input = made("input", { type: "radio", name, value, checked });
	input.addEventListener("change", onChoose);
	return made("label", {}, input, made("span", { textContent: text }));
}

const choices = (name, options, chosen, words, onChoose) => {
	const field = made("fieldset", { className: "choice" });
	field.setAttribute("aria-label", words.label);
	field.append(...options.map((option) => choice(name, option, words(option), option === chosen, () => onChoose(option))));
	return field;
};
const labelled = (label, words) => Object.assign(words, { label });

// ------------------------------------------------------------------ asking the server

// Whoever draws, or changes the network, asks for the open view: what `open` gives stands ready for them.
function asking(open) {
	const ready = () => (props.value = open());
	const ask = (asked, event) => {
		props.value = asked;
		trigger(event); // what is asked leaves at once
		ready();
	};
	return { ready, askAgain: () => ask(open(), "input"), askBeside: (asked) => ask(asked, "submit") };
}

// Answers come in any order where several events ask: one to what is no longer asked for is not shown.
const outdated = (asked, open) => asked.view === open.view && JSON.stringify(asked) !== JSON.stringify(open);

// ------------------------------------------------------------------ the head: the digit, and what a network says to it

// Shows an answer, and notes beside it; gives it in words.
function showSays(panel, { prediction, pixels }, ...notes) {
	const { values } = unpack(pixels);
	paintValues(panel.querySelector(".says canvas"), values, [SIDE, SIDE], { limit: 1 });
	const { digit, verdict, closest } = answerWords(prediction);
	const detail = [closest, say("pane.by", { model: prediction.model }), ...notes].filter(Boolean).join(" · ");
	panel.querySelector(".says .digit").textContent = digit;
	panel.querySelector(".verdict").textContent = verdict;
	panel.querySelector(".detail").textContent = detail;
	return [digit, verdict, detail].filter(Boolean).join(", ");
}

// An answer's sign ("" for a blank, "?" where it abstains), how sure it is or why not, and then what is close, if any is.
function answerWords({ reason, best_guess, confidence }) {
	const share = nearly(confidence);
	if (reason === "blank") return { digit: "", verdict: say("pane.blank"), closest: "" };
	const closest = closestTo({ best_guess, confidence });
	if (reason) return { digit: "?", verdict: say(`reading.${reason}`), closest };
	return { digit: `${best_guess}`, verdict: share, closest: "" };
}

// ------------------------------------------------------------------ views, one open at a time

// The panel's tabs open its parts, and so does the address; gives a function that opens one by name, and tells nobody.
function tabbed(panel, onOpen) {
	const tabs = [...panel.querySelectorAll("[data-view]")];
	const [wing] = tabs[0].id.split("-tab-");
	let opened = null;
	const open = (name) => {
		opened = name;
		for (const tab of tabs) {
			const chosen = tab.dataset.view === name;
			tab.setAttribute("aria-selected", chosen);
			tab.tabIndex = chosen ? 0 : -1;
		}
		for (const one of panel.querySelectorAll("[data-panel]")) one.hidden = one.dataset.panel !== name;
	};
	for (const tab of tabs) {
		tab.addEventListener("click", () => {
			open(tab.dataset.view);
			go({ tab: wing, view: tab.dataset.view });
			onOpen(tab.dataset.view);
		});
		tab.addEventListener("keydown", (event) => {
			const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
			if (!step) return;
			const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
			next.focus();
			next.click();
		});
	}
	onPlace(wing, ({ view }) => {
		const { dataset } = tabs.find((tab) => tab.dataset.view === view) ?? tabs[0];
		if (dataset.view === opened) return;
		open(dataset.view);
		onOpen(dataset.view);
	});
	return open;
}

// What is put anew in a place leaves the keyboard where it was; the place itself has it where no button is left.
function renew(place, ...children) {
	const held = [...place.querySelectorAll("button")].indexOf(document.activeElement);
	place.replaceChildren(...children);
	if (held < 0) return;
	const buttons = [...place.querySelectorAll("button")].slice(0, held + 1);
	if (!buttons.length) place.tabIndex = -1;
	(buttons.at(-1) ?? place).focus({ preventScroll: true });
}
