// What the page's own parts reach in Gradio's: by the names that our Python gives them.

import { get } from "./store.js";

// The tabs of Gradio's that are part of the address, of which it keeps a hidden copy: the stations', and within one of them
// those of its wings.
const shownIn = (tabs) => `.${tabs} > .tab-wrapper > .tab-container:not(.visually-hidden) >`;
export const STATION_TABS = shownIn("pages");
export const WING_TABS = shownIn("wings");

// An answer to what is no longer on show (a photo that took its time) does not stand beside something else; what was never
// opened is not there.
export const onShow = (source) => Boolean(document.getElementById(source)?.offsetParent);

// An answer to a pad that was blank may come after the pen has landed there.
export const late = (source, blank) => blank && get("blank")[source] === false;

/** An input of Gradio's. @returns {HTMLInputElement | null} */
export const inputAt = (selector) => document.querySelector(selector);

/** The part of Gradio's that an event, or a change, came from. @returns {HTMLElement | null} */
export const within = ({ target }, selector) => target.closest?.(selector) ?? null;

// Whether the pad beside a part of ours, in the row that both stand in, is shown.
export const showPadBeside = (element, shown) => element.closest(".looking")?.classList.toggle("alone", !shown);

// Has numbers read in place of digits, with the keyboard on that choice.
export function chooseNumber() {
	const number = inputAt("#task input[value=number]");
	number.click();
	number.focus({ preventScroll: true });
}

// Asks for a digit of the test set, by the field that visitors write it in.
export function askTestDigit(index) {
	whenThere("#test-digit input", (field) => {
		field.value = index;
		field.dispatchEvent(new Event("input", { bubbles: true }));
	});
}

// Gradio makes a tab's content when it is first opened.
export function whenThere(selector, callback) {
	const found = document.querySelector(selector);
	if (found) return callback(found);
	const observer = new MutationObserver(() => {
		const come = document.querySelector(selector);
		if (!come) return;
		observer.disconnect();
		callback(come);
	});
	observer.observe(document.body, { childList: true, subtree: true });
}

// Gradio has no word for it: its language is a store that one of its scripts, whatever its name, exports.
export async function gradiosLanguage() {
	const scripts = performance.getEntriesByType("resource").map(({ name }) => name);
	for (const url of scripts.filter((name) => /\/(assets|immutable)\/.*\.js$/.test(name))) {
		const found = Object.values(await import(url)).find(isLanguage);
		if (found) return found;
	}
	return null;
}

function isLanguage(store) {
	if (typeof store?.subscribe !== "function" || typeof store.set !== "function") return false;
	let value;
	store.subscribe((one) => (value = one))();
	return value === document.documentElement.lang;
}
