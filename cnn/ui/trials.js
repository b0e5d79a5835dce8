// The visitor's own tests: kept in their browser alone, and told to every part of the page that shows them.
// A trial is {at, kind, meant, said, guess, confidence, model, pixels, strokes}: `at` an ISO time, `kind` one of KINDS,
// `said` null where the network abstained, `pixels` 28x28 bytes in base64 (ink = 255), `strokes` the pad's or null.

const TRIALS = "digit-trials";
const KINDS = ["drawn", "uploaded", "photographed"];

function recallTrials() {
	if (window.digitTrials) return window.digitTrials;
	try {
		const kept = JSON.parse(localStorage.getItem(TRIALS));
		return Array.isArray(kept) ? kept : [];
	} catch {
		return [];
	}
}

// Where the browser keeps nothing, or has no room left, they last as long as the page.
function keepTrials(trials) {
	window.digitTrials = trials;
	try {
		localStorage.setItem(TRIALS, JSON.stringify(trials));
		window.digitTrials = null;
	} catch {
		// `lasting` tells
	}
	window.dispatchEvent(new CustomEvent(TRIALS));
}

const lasting = () => !window.digitTrials;

// Also what another tab of this browser adds.
function onTrials(callback) {
	window.addEventListener(TRIALS, callback);
	window.addEventListener("storage", ({ key }) => key === TRIALS && callback());
	callback();
}

const isRight = (trial) => trial.said === trial.meant;
