// Where the visitor is, in the address: ?lang=language#tab/view/choice?notes, where the tab is a wing's, so that a link shows what its sender saw,
// and Back goes back. What is left out is what opens by itself. The page remembers where the tabs are that are not open.

import { made } from "./dom.js";
import { language } from "./say.js";
import { firstWing, STATIONS } from "./stations.js";

const FIRST = "draw"; // the tab that opens by itself
const places = {}; // of the tabs that were open

// An address's hash as {tab, view, choice} and its notes.
export function parsed(hash) {
	const [path, notes] = hash.replace(/^#/, "").split("?");
	const [tab, view, choice] = path.split("/").map(decoded);
	return { place: { tab: tab in STATIONS ? firstWing(tab) : tab || FIRST, view: view ?? "", choice: choice ?? "" }, notes: Object.fromEntries(new URLSearchParams(notes)) };
}

function decoded(part) {
	try {
		return decodeURIComponent(part);
	} catch {
		return ""; // it was typed
	}
}

// A place and its notes as an address's hash.
export function hashOf({ tab, view, choice }, notes) {
	const parts = [tab, view, choice].map(encodeURIComponent).join("/").replace(/\/+$/, "");
	const noted = new URLSearchParams(notes).toString();
	return `#${parts}${noted && `?${noted}`}`;
}

export const here = () => parsed(location.hash).place;

export function placeOf(tab) {
	const now = here();
	places[now.tab] = now;
	return places[tab] ?? { tab, view: "", choice: "" };
}

function addressOf(place) {
	const asked = new URLSearchParams(location.search);
	asked.set("lang", language());
	return `${location.pathname}?${asked}${hashOf(place, noted())}`;
}

// Where a link leads, with the notes of this moment: without a load of the page, which a mere "#..." would be, for the page's
// base is without what is asked of it.
export const linkTo = (place) => `${location.pathname}${location.search}${hashOf({ view: "", choice: "", ...place }, noted())}`;

// A link that leads there with the notes of the moment in which it is followed. `properties` are the node's.
export function linkingTo(place, properties) {
	const link = made("a", { ...properties, href: linkTo(place) });
	link.addEventListener("click", () => (link.href = linkTo(place)));
	return link;
}

// What changed of a tab's place, by the visitor's own hand.
export function go(change) {
	const place = { ...placeOf(change.tab), ...change };
	if (JSON.stringify(place) === JSON.stringify(here())) return;
	places[place.tab] = place;
	history.pushState(null, "", addressOf(place));
}

// Tells where a tab is, once it is open: at the start, and when Back or another address leads there.
export function onPlace(tab, callback) {
	const tell = () => here().tab === tab && callback(placeOf(tab));
	window.addEventListener("popstate", tell);
	setTimeout(tell);
}

// ------------------------------------------------------------------ notes: what was drawn there, and how it was bent

const NOTING = 300; // milliseconds: browsers count how often an address changes
const LONGEST = 2000; // signs of one note: longer ones do not travel everywhere
let noting;
const notes = typeof location === "undefined" ? {} : parsed(location.hash).notes; // what the address came with

export const noted = () => notes;

// A note stands wherever the visitor goes, and changing it is no step that Back takes back; empty, it is taken off.
export function note(changes) {
	for (const [name, words] of Object.entries(changes)) {
		if (words && words.length <= LONGEST) notes[name] = words;
		else delete notes[name];
	}
	noting ||= setTimeout(writeNotes, NOTING);
}

export function writeNotes() {
	noting = null;
	history.replaceState(history.state, "", addressOf(here()));
}
