// Shared by every component of the page: its words, in the language that Gradio's own labels are in.

const language = () => (document.documentElement.lang.toLowerCase().startsWith("fr") ? "fr" : "en");

// What people call a network; one of the Hub's or of a folder is called what it is called there.
const networkName = (name) => WORDS[language()][`network.${name}`] ?? name;

const NETWORKS_OF_TEXTS = ["model", "other", "better"]; // fields that hold the name of one

function say(key, values = {}) {
	const value = (name) => (NETWORKS_OF_TEXTS.includes(name) ? networkName(values[name]) : values[name]);
	return WORDS[language()][key].replace(/\{(\w+)\}/g, (field, name) => value(name) ?? field);
}

function percent(share, digits = 0) {
	const format = { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits };
	return new Intl.NumberFormat(language(), format).format(share);
}

// A probability never rounds to certainty, nor to nothing.
function nearly(share, digits = 1) {
	const step = 10 ** (-2 - digits);
	if (share > 1 - 0.6 * step) return `>\u00a0${percent(1 - step, digits)}`;
	if (share < 0.5 * step) return `<\u00a0${percent(step, digits)}`;
	return percent(share, digits);
}

// What was refused is close to its best guess only where that stands out.
const closestTo = ({ best_guess: label, confidence }) =>
	confidence < 1 / 3 ? "" : say("reading.closest", { label, share: nearly(confidence) });

// data-text is what an element says; data-label is what it is called where it shows a picture only.
function translate() {
	for (const node of element.querySelectorAll("[data-text]")) {
		node.textContent = say(node.dataset.text, node.dataset);
	}
	for (const node of element.querySelectorAll("[data-label]")) {
		const label = say(node.dataset.label, node.dataset);
		node.setAttribute("aria-label", label);
		if (node.matches("button, label")) node.title = label;
	}
}

// Gradio writes the language it chose into <html lang>, at the start and when the visitor changes it.
function onLanguage(callback) {
	new MutationObserver(callback).observe(document.documentElement, { attributeFilter: ["lang"] });
	callback();
}

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

// An answer to what is no longer on show (a photo that took its time) does not stand beside something else; what was never
// opened is not there.
const onShow = (source) => Boolean(document.getElementById(source)?.offsetParent);

// An answer to a pad that was blank may come after the pen has landed there.
const late = (source, blank) => blank && document.querySelector(`#${source} .board:not(.blank)`) !== null;

const QUIET = 400; // milliseconds without a change before it is said aloud
let quiet = 0;

// Screen readers hear the latest once, after the pen has lifted and the answer has come to rest.
function sayAloud(words) {
	clearTimeout(quiet);
	quiet = setTimeout(() => {
		if (document.querySelector("[data-drawing]")) sayAloud(words);
		else element.querySelector(".aloud").textContent = words;
	}, QUIET);
}
