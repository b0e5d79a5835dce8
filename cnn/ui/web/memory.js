// What the browser remembers, by key: in its "localStorage" for good, or in its "sessionStorage" as long as the tab.
// Where its storage is shut, so that the mere mention of it throws, or full, the page remembers until it is closed.

const unkept = new Map();

/** @typedef {"localStorage" | "sessionStorage"} Storage */

/** @param {Storage} storage @param {string} key */
export function recall(storage, key) {
	try {
		return JSON.parse(unkept.get(key) ?? window[storage].getItem(key)) ?? undefined;
	} catch {
		return undefined; // nothing is kept, or something else
	}
}

/** @param {Storage} storage @param {string} key @param {unknown} value */
export function remember(storage, key, value) {
	const text = JSON.stringify(value);
	unkept.delete(key);
	try {
		window[storage].setItem(key, text);
	} catch {
		unkept.set(key, text);
	}
}

export const lasts = (key) => !unkept.has(key);
