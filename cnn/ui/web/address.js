// Where the visitor is, in the address: ?lang=language#tab/view/choice?notes, so that a link shows what its sender saw,
// and Back goes back. What is left out is what opens by itself. The page remembers where the tabs are that are not open.

const split = () => location.hash.slice(1).split("?");

const here = () => {
	const [tab, view, choice] = split()[0].split("/").map(decoded);
	return { tab: tab || "draw", view: view ?? "", choice: choice ?? "" };
};

function decoded(part) {
	try {
		return decodeURIComponent(part);
	} catch {
		return ""; // it was typed
	}
}

function placeOf(tab) {
	const now = here();
	window.digitPlaces = { ...window.digitPlaces, [now.tab]: now };
	return window.digitPlaces[tab] ?? { tab, view: "", choice: "" };
}

function addressOf({ tab, view, choice }) {
	const asked = new URLSearchParams(location.search);
	asked.set("lang", language());
	const parts = [tab, view, choice].map(encodeURIComponent).join("/").replace(/\/+$/, "");
	const notes = new URLSearchParams(noted()).toString();
	return `${location.pathname}?${asked}#${parts}${notes && `?${notes}`}`;
}

// What changed of a tab's place, by the visitor's own hand.
function go(change) {
	const place = { ...placeOf(change.tab), ...change };
	if (JSON.stringify(place) === JSON.stringify(here())) return;
	window.digitPlaces[place.tab] = place;
	history.pushState(null, "", addressOf(place));
}

// Tells where a tab is, once it is open: at the start, and when Back or another address leads there.
function onPlace(tab, callback) {
	const tell = () => here().tab === tab && callback(placeOf(tab));
	window.addEventListener("popstate", tell);
	setTimeout(tell);
}

// ------------------------------------------------------------------ notes: what was drawn there, and how it was bent

const NOTING = 300; // milliseconds: browsers count how often an address changes
const LONGEST = 2000; // signs of one note: longer ones do not travel everywhere
let noting = 0;

const noted = () => (window.digitNotes ??= Object.fromEntries(new URLSearchParams(split()[1])));
noted(); // what the address came with

// A note stands wherever the visitor goes, and changing it is no step that Back takes back; empty, it is taken off.
function note(changes) {
	for (const [name, words] of Object.entries(changes)) {
		if (words && words.length <= LONGEST) noted()[name] = words;
		else delete noted()[name];
	}
	noting ||= setTimeout(writeNotes, NOTING);
}

function writeNotes() {
	noting = 0;
	history.replaceState(history.state, "", addressOf(here()));
}
