// Where the visitor is, in the address: ?lang=language#tab/view/network, so that a link shows what its sender saw, and
// Back goes back. What is left out is what opens by itself. The page remembers where the tabs are that are not open.

const here = () => {
	const [tab, view, network] = location.hash.slice(1).split("/").map(decoded);
	return { tab: tab || "draw", view: view ?? "", network: network ?? "" };
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
	return window.digitPlaces[tab] ?? { tab, view: "", network: "" };
}

function addressOf({ tab, view, network }) {
	const asked = new URLSearchParams(location.search);
	asked.set("lang", language());
	const parts = [tab, view, network].map(encodeURIComponent).join("/");
	return `${location.pathname}?${asked}#${parts.replace(/\/+$/, "")}`;
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
