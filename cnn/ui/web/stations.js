// The way through: five stations, each with the wings that its tab holds. Each view of a wing asks a question; it is done
// once the answer was looked up, and a station once all of its views are.

import { recall, remember } from "./memory.js";
import { get, set } from "./store.js";

const KEY = "digit-done";

// `minutes` are the plan's of a lesson of two hours (docs/teach.md), rounded to fives; `views` are named as in the address.
/** @type {Record<string, { minutes: number, wings: Record<string, string[]> }>} */
export const STATIONS = {
	draw: { minutes: 20, wings: { draw: ["read", "number"] } },
	inside: { minutes: 20, wings: { inside: ["play", "network", "why"] } },
	lab: { minutes: 25, wings: { lab: ["film", "step", "build", "train", "teach", "sweep"] } },
	test: { minutes: 30, wings: { stress: ["compare", "breaking", "card", "score"], errors: ["list", "compare", "calibration"], trials: ["mine", "class"] } },
	course: { minutes: 25, wings: { course: ["wire", "starters", "notebooks", "adapt"] } },
};

const OF_DIGITS = ["draw/number", "stress/score"]; // what networks of other symbols have not

// The station that a wing, or a station, stands in.
export const stationOf = (name) => Object.keys(STATIONS).find((station) => station === name || name in STATIONS[station].wings);

// The wing that opens with a station.
export const firstWing = (station) => Object.keys(STATIONS[station].wings)[0];

// The views of a station as wing/view.
export const viewsOf = (station) => Object.entries(STATIONS[station].wings).flatMap(([wing, views]) => views.map((view) => `${wing}/${view}`));

export const isDone = (view) => get("done").includes(view);
export const isThrough = (station) => viewsOf(station).every((view) => isDone(view) || (get("symbols") && OF_DIGITS.includes(view)));

// Whoever opens an answer is done with its view; the browser keeps it.
export function followAnswers() {
	set("done", recall("localStorage", KEY) ?? []);
	const opened = ({ target }) => {
		const view = target.dataset?.answers;
		if (!view || !target.open || isDone(view)) return;
		set("done", [...get("done"), view]);
		remember("localStorage", KEY, get("done"));
	};
	document.addEventListener("toggle", opened, { capture: true }); // it does not bubble
}
