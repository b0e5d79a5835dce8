// The small parts of a page, and the one way to put them anew.

export function made(name, properties = {}, ...children) {
	const { data = {}, ...rest } = properties;
	const node = Object.assign(document.createElement(name), rest);
	Object.assign(node.dataset, data);
	node.append(...children);
	return node;
}

// A part of a drawing.
export function svg(name, attributes = {}, ...children) {
	const node = document.createElementNS("http://www.w3.org/2000/svg", name);
	for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
	node.append(...children);
	return node;
}

export function figure(content, caption) {
	return made("figure", {}, content, made("figcaption", { textContent: caption }));
}

// Hands the browser a file of its own making, to be kept with what it downloads.
export function download(name, type, content) {
	const href = URL.createObjectURL(new Blob([content], { type }));
	made("a", { href, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

// Copies the text of a part of the page; tells whether that could be done. The clipboard is shut to pages that came over plain
// http: there the text is selected, and copied the old way.
export async function copied(node) {
	try {
		await navigator.clipboard.writeText(node.textContent);
		return true;
	} catch {
		getSelection().selectAllChildren(node);
		return document.execCommand("copy");
	}
}

// The same for words that stand nowhere in the place.
export async function copiedWords(words, place) {
	const node = place.appendChild(made("p", { className: "heard", textContent: words }));
	const done = await copied(node);
	node.remove();
	return done;
}

export const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

// Light or dark.
export const onTheme = (callback) => new MutationObserver(callback).observe(document.body, { attributeFilter: ["class"] });

// ------------------------------------------------------------------ what is put anew

/** What the keyboard reaches in a place. @returns {HTMLInputElement[]} */
const reachedIn = (place) => [...place.querySelectorAll("button, input, select, summary")];

// What is put anew in a place leaves the keyboard where it was: on the choice of the same name and value, else on the
// button that is in the same place; the place itself has it where none is left.
export function renew(place, ...children) {
	const held = /** @type {HTMLInputElement} */ (document.activeElement);
	const at = reachedIn(place).indexOf(held);
	place.replaceChildren(...children);
	if (at < 0) return;
	const reached = reachedIn(place);
	const same = held.name && reached.find(({ name, value }) => name === held.name && value === held.value);
	const next = same || reached[Math.min(at, reached.length - 1)] || place;
	if (next === place) place.tabIndex = -1;
	next.focus({ preventScroll: true });
}

// ------------------------------------------------------------------ a choice of few

/** The arrow keys open the tab beside the one that has the keyboard. @param {KeyboardEvent} event @param {HTMLElement[]} tabs */
export function byArrows({ key, target }, tabs) {
	const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
	if (!step) return;
	const next = tabs[(tabs.findIndex((tab) => tab.contains(/** @type {Node} */ (target))) + step + tabs.length) % tabs.length];
	next.focus();
	next.click();
}

export function choice(name, value, text, checked, onChoose) {
	const input = made("input", { type: "radio", name, value, checked });
	input.addEventListener("change", onChoose);
	return made("label", {}, input, made("span", { textContent: text }));
}

// `words` says each option, `label` the choice.
export function choices(name, options, chosen, { label, words }, onChoose) {
	const field = made("fieldset", { className: "choice" });
	field.setAttribute("aria-label", label);
	field.append(...options.map((option) => choice(name, option ?? "", words(option), option === chosen, () => onChoose(option))));
	return field;
}

// Whether classes are called by words, which take more room than signs.
export const areWords = (classes) => classes.some((name) => [...name].length > 2);

// One of a network's classes, or, where nothing is chosen, what `any` says.
export function classChoices(name, classes, chosen, { label, any }, onChoose) {
	const options = [null, ...classes.keys()];
	const field = choices(name, options, chosen, { label, words: (at) => (at === null ? any : classes[at]) }, onChoose);
	field.classList.add(areWords(classes) ? "words" : "labels");
	return field;
}
