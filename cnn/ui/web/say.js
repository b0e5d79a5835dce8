// The page's words, in the language that Gradio's own labels are in. Knows no element but those it is handed.

import { get, set, subscribe } from "./store.js";

const tables = {}; // language -> key -> text

export const languages = () => Object.keys(tables);
export const language = () => get("language");

// The texts that the server gives. Gradio writes the language it chose into <html lang>, at the start and when the visitor
// changes it.
export function learn(texts) {
	Object.assign(tables, texts);
	if (typeof document === "undefined") return;
	const follow = () => set("language", offered(document.documentElement.lang));
	new MutationObserver(follow).observe(document.documentElement, { attributeFilter: ["lang"] });
	follow();
}

// The language among ours that is spoken where `tag` is: "fr" for "fr-CA", and the first where none is.
export function offered(tag) {
	const wanted = tag.toLowerCase().split("-")[0];
	return wanted in tables ? wanted : languages()[0];
}

export function onLanguage(callback) {
	subscribe("language", callback);
	subscribe("symbols", callback);
	callback();
}

export const known = (key) => key in tables[language()];

// Where networks tell other classes apart than the ten digits, what is said of digits has another text, of symbols, and
// where no pen makes those, what is said of symbols has one of pictures.
function textAt(key) {
	const texts = tables[language()];
	return (get("penless") && texts[`${key}.picture`]) || (get("symbols") && texts[`${key}.symbol`]) || texts[key];
}

export const sayIn = (spoken, key) => tables[spoken][key];

// Whether these words are what some language says at `key`.
export const saysIn = (key, words) => languages().some((one) => tables[one][key] === words);

// What people call a network: one that the visitor trained is theirs, by its number; one of the Hub's or of a folder is called
// what it is called there.
export function networkName(name) {
	const [, number] = /^mine-(\d+)$/.exec(name) ?? [];
	return number ? say("network.own", { number }) : (tables[language()][`network.${name}`] ?? name);
}

const NETWORKS_OF_TEXTS = ["model", "other", "better"]; // fields that hold the name of one

// The text of `key` with its {fields} filled in.
export function say(key, values = {}) {
	const value = (name) => (NETWORKS_OF_TEXTS.includes(name) ? networkName(values[name]) : values[name]);
	return textAt(key).replace(/\{(\w+)\}/g, (field, name) => value(name) ?? field);
}

// The text for so many of something, by the language's own rule: at `key.one`, `key.other` and what else it has.
export function sayCount(key, count, values = {}) {
	const form = `${key}.${new Intl.PluralRules(language()).select(count)}`;
	return say(known(form) ? form : `${key}.other`, { count, ...values });
}

// data-text is what an element says; data-label is what it is called where it shows a picture only.
export function translate(element) {
	for (const node of element.querySelectorAll("[data-text]")) {
		node.textContent = say(node.dataset.text, node.dataset);
	}
	for (const node of element.querySelectorAll("[data-label]")) {
		const label = say(node.dataset.label, node.dataset);
		node.setAttribute("aria-label", label);
		if (node.matches("button, label")) node.title = label;
	}
}

const QUIET = 400; // milliseconds without a change before it is said aloud

// For a component's element: a function that screen readers hear the latest words of, once, after the pen has lifted and
// the answer has come to rest.
export function aloudIn(element) {
	let quiet;
	return function sayAloud(words) {
		clearTimeout(quiet);
		quiet = setTimeout(() => {
			if (get("pen")) sayAloud(words);
			else element.querySelector(".aloud[role=status]").textContent = words;
		}, QUIET);
	};
}
