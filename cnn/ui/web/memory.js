// What the browser remembers, by key: in its "localStorage" for good, or in its "sessionStorage" as long as the tab.
// Where its storage is shut, so that the mere mention of it throws, or full, the page remembers until it is closed.

const unkept = (window.digitMemory ??= {});

function recall(storage, key) {
	try {
		return JSON.parse(unkept[key] ?? window[storage].getItem(key)) ?? undefined;
	} catch {
		return undefined; // nothing is kept, or something else
	}
}

function remember(storage, key, value) {
	const text = JSON.stringify(value);
	delete unkept[key];
	try {
		window[storage].setItem(key, text);
	} catch {
		unkept[key] = text;
	}
}

const lasts = (key) => unkept[key] === undefined;
