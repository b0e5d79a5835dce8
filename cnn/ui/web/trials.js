// The visitor's own tests: kept in their browser alone, and told to every part of the page that shows them.
// A trial is {at, kind, meant, said, reason, guess, confidence, model, pixels, strokes}: `at` an ISO time, `kind` one of
// KINDS, `meant` a digit or one of NO_DIGIT, `said` null where the network abstained, `reason` why, or null (and missing in
// older ones), `pixels` 28x28 bytes in base64 (ink = 255), `strokes` the pad's or null.

const TRIALS = "digit-trials";
const KINDS = ["drawn", "uploaded", "photographed"];
const NO_DIGIT = ["not_a_digit", "several_digits"];

// A list of trials that the browser keeps.
function stored(key) {
	const kept = recall("localStorage", key);
	return Array.isArray(kept) ? kept : [];
}

const store = (key, trials) => remember("localStorage", key, trials);
const recallTrials = () => stored(TRIALS);

// Where the browser does not keep them, they last as long as the page; `lasting` tells.
function keepTrials(trials) {
	store(TRIALS, trials);
	window.dispatchEvent(new CustomEvent(TRIALS));
}

const lasting = () => lasts(TRIALS);

// Also what another tab of this browser adds.
function onTrials(callback) {
	window.addEventListener(TRIALS, callback);
	window.addEventListener("storage", ({ key }) => key === TRIALS && callback());
	callback();
}

const isDigit = ({ meant }) => !NO_DIGIT.includes(meant);

// What is no digit, or several, is rightly refused, for whichever reason.
const isRight = (trial) => trial.said === (isDigit(trial) ? trial.meant : null);
