// The visitor's own tests: kept in their browser alone, and told to every part of the page that shows them.
// A trial is {at, kind, meant, said, guess, confidence, model, pixels, strokes}: `at` an ISO time, `kind` one of KINDS,
// `said` null where the network abstained, `pixels` 28x28 bytes in base64 (ink = 255), `strokes` the pad's or null.

const TRIALS = "digit-trials";
const KINDS = ["drawn", "uploaded", "photographed"];

// A list of trials in the browser's storage; none where it keeps nothing.
function stored(key) {
	try {
		const kept = JSON.parse(localStorage.getItem(key));
		return Array.isArray(kept) ? kept : [];
	} catch {
		return [];
	}
}

// Whether the browser keeps it: it may keep nothing, or have no room left.
function store(key, trials) {
	try {
		localStorage.setItem(key, JSON.stringify(trials));
		return true;
	} catch {
		return false;
	}
}

const recallTrials = () => window.digitTrials ?? stored(TRIALS);

// Where the browser does not keep them, they last as long as the page; `lasting` tells.
function keepTrials(trials) {
	window.digitTrials = store(TRIALS, trials) ? null : trials;
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
