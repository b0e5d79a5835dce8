// What the parts of the page tell each other, by key. A part that comes late, with its tab, finds what was told before.
//
// language   the visitor's, one of the languages of the texts
// symbols    whether the networks tell other classes apart than the ten digits
// penless    whether they read pictures that no pen makes
// picture    the digit of all tabs, where it is no drawing of the pad's: its pixels, a byte each, in base64; or null
// read       the last answer to what was drawn or photographed in the first tab
// says       by wing, what its station says of that digit: {prediction, picture}; null where it says nothing
// drawing    the digit of all tabs as the pads show it: {from, strokes, sent}, `from` the element that it was drawn on, `sent`
//            what went to the server of it
// asNumber   {drawing}, a drawing of one digit that was several, to be read as a number
// pen        whether a pen is down on some pad
// blank      by the name of a pad, whether nothing is on it
// trials     the visitor's own tests
// examples   what the first tab offers to try: the strokes of drawings, as JSON, or the pixels of pictures, as in "picture"
// judged     the strokes that the answer in the first tab was made from, as JSON, where the visitor has judged it; else null
// done       the views whose question was answered, as wing/view
// own        the names of the networks that the visitor has trained, and that are still there
// reader     which of these reads in the first tab; null where the one does that reads for everybody

const told = { language: "en", symbols: false, penless: false, picture: null, read: null, says: {}, drawing: null, asNumber: null, pen: false, blank: {}, trials: null, examples: [], judged: null, done: [], own: [], reader: null };
const listeners = new Map();

export const get = (key) => told[key];

// Whoever listens is told at once.
export function set(key, value) {
	if (told[key] === value) return;
	told[key] = value;
	for (const callback of listeners.get(key) ?? []) callback(value);
}

export function subscribe(key, callback) {
	if (!listeners.has(key)) listeners.set(key, new Set());
	listeners.get(key).add(callback);
}
