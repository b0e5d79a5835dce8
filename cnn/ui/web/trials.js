// The visitor's own tests: kept in their browser alone, and told to every part of the page that shows them.
// A trial is {at, kind, meant, said, reason, guess, confidence, model, pixels, strokes}: `at` an ISO time, `kind` one of
// KINDS, `meant` a label or one of NO_DIGIT, `said` null where the network abstained, `reason` why, or null (and missing in
// older ones), `pixels` a picture's bytes in base64 (ink = 255), `strokes` the pad's or null. One of a class has a `writer` too,
// a name.

import { lasts, recall, remember } from "./memory.js";
import { set, subscribe } from "./store.js";

const TRIALS = "digit-trials";
export const KINDS = ["drawn", "uploaded", "photographed"];
export const NO_DIGIT = ["not_a_digit", "several_digits"];

// A list of trials that the browser keeps.
export function stored(key) {
	const kept = recall("localStorage", key);
	return Array.isArray(kept) ? kept : [];
}

export const store = (key, trials) => remember("localStorage", key, trials);
export const recallTrials = () => stored(TRIALS);

// Where the browser does not keep them, they last as long as the page; `lasting` tells.
export function keepTrials(trials) {
	store(TRIALS, trials);
	set("trials", trials);
}

export const lasting = () => lasts(TRIALS);

// Also what another tab of this browser adds.
export function onTrials(callback) {
	subscribe("trials", callback);
	window.addEventListener("storage", ({ key }) => key === TRIALS && callback());
	callback();
}

export const isDigit = ({ meant }) => !NO_DIGIT.includes(meant);

// The same test in two files is one.
export const identity = ({ at, pixels }) => at + pixels;

// What is no digit, or several, is rightly refused, for whichever reason.
export const isRight = (trial) => trial.said === (isDigit(trial) ? trial.meant : null);
