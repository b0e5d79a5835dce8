// The page's name, its language, and which tab is open.

import { go, here, onPlace, writeNotes } from "../web/address.js";
import { byArrows, made } from "../web/dom.js";
import { gradiosLanguage, inputAt, STATION_TABS, whenThere, WING_TABS, within } from "../web/gradio.js";
import { recall, remember } from "../web/memory.js";
import { percent } from "../web/numbers.js";
import { language, languages, offered, onLanguage, say, sayIn, saysIn, translate } from "../web/say.js";
import { firstWing, followAnswers, isThrough, STATIONS, stationOf } from "../web/stations.js";
import { set, subscribe } from "../web/store.js";

const LANGUAGE = "digit-language";
const WAYS = ".reader .switch [data-tab-id]"; // the tabs within the first one: by pen or by photo
// Choices of Gradio's that are part of the address.
const CHOICES = [
	{ tab: "draw", group: "#task", part: "view" },
	{ tab: "inside", group: "#model", part: "choice" },
];

export default function start({ element, props, watch }, { symbols, penless, accuracy }) {
	set("penless", penless);
	set("symbols", symbols);
	const buttons = languages().map((name) => {
		const button = made("button", { type: "button", lang: name, textContent: sayIn(name, "language.name") });
		button.addEventListener("click", () => {
			remember("localStorage", LANGUAGE, name);
			speak(name);
		});
		return button;
	});
	element.querySelector(".languages").replaceChildren(...buttons);

	// ------------------------------------------------------------------ the language

	// Asked for by the address; or chosen before, where the browser keeps that.
	function wanted() {
		const asked = new URLSearchParams(location.search).get("lang") ?? recall("localStorage", LANGUAGE);
		return languages().includes(asked) ? asked : null;
	}

	// The server's refusals are in the language of the address too: Gradio sends it along.
	function writeLanguage(chosen) {
		const asked = new URLSearchParams(location.search);
		asked.set("lang", chosen);
		history.replaceState(history.state, "", `${location.pathname}?${asked}${location.hash}`);
	}

	async function speak(chosen) {
		writeLanguage(chosen);
		if (chosen === language()) return;
		try {
			await (await gradiosLanguage()).set(chosen);
		} catch {
			document.documentElement.lang = chosen; // our own words at least: it has no such store, or its words do not come
		}
	}

	// ------------------------------------------------------------------ what Gradio says in one language alone

	// Its messages and the labels of its picture: a text of ours, in whichever language it stands.
	const GRADIOS = [
		"error", "warning", "close", "upload", "uploading", "camera", "paste", "stop", "webcam", "grant", "capture", "clear", "empty", "choose", "no_webcam",
	].map((name) => `gradio.${name}`);
	// Its French for the choice of a file speaks of a download; for a page without a webcam it has no words.
	const keyOf = (words) => GRADIOS.find((key) => saysIn(key, words) || saysIn([key, "theirs"].join("."), words));
	const OURS = ".toast-wrap, #photo";

	function put(words, write) {
		const key = /^Invalid file type/.test(words) ? "error.unreadable" : keyOf(words);
		if (key && say(key) !== words) write(say(key));
	}

	function reword(place) {
		const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
		while (texts.nextNode()) put(texts.currentNode.nodeValue.trim(), (words) => (texts.currentNode.nodeValue = words));
		for (const label of ["aria-label", "title"]) {
			for (const node of place.querySelectorAll(`[${label}]`)) {
				put(node.getAttribute(label), (words) => node.setAttribute(label, words));
			}
		}
	}

	/** @returns {NodeListOf<HTMLElement>} */
	const stationTabs = () => document.querySelectorAll(`${STATION_TABS} [data-tab-id]`);

	/** @returns {NodeListOf<HTMLElement>} */
	const tabs = () => document.querySelectorAll(`${STATION_TABS} [data-tab-id], ${WING_TABS} [data-tab-id], ${WAYS}`);
	const nameOf = (tab) => say(tab.matches(WAYS) ? `draw.${tab.dataset.tabId}` : `${tab.dataset.tabId}.tab`);

	// A tab that was never opened keeps the name that it came with.
	function nameTabs() {
		for (const tab of tabs()) {
			const name = [...tab.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue.trim());
			const words = nameOf(tab);
			if (name && name.nodeValue.trim() !== words) name.nodeValue = words;
		}
		noteStations();
		rove();
	}

	// As the tabs of a tab list are reached (ARIA's practices): one by Tab, the others by arrows.
	const LISTS = ":is(.pages, .wings, .switch) > .tab-wrapper > [role=tablist]";
	document.addEventListener("keydown", (event) => {
		/** @type {NodeListOf<HTMLElement> | undefined} */
		const tabs = within(event, LISTS)?.querySelectorAll("[role=tab]");
		if (tabs) byArrows(event, [...tabs]);
	});

	function rove() {
		/** @type {NodeListOf<HTMLElement>} */
		const all = document.querySelectorAll(`${LISTS} > [role=tab]`);
		for (const tab of all) tab.tabIndex = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
	}

	// How long each station takes, and whether the visitor is through with it.
	function noteStations() {
		for (const tab of stationTabs()) {
			const { minutes } = STATIONS[tab.dataset.tabId];
			const through = isThrough(tab.dataset.tabId);
			tab.dataset.minutes = say("page.minutes", { minutes });
			tab.toggleAttribute("data-done", through);
			tab.setAttribute("aria-description", say(through ? "page.station_done" : "page.station", { minutes }));
		}
	}

	const toasts = ({ target }) => target.querySelector?.(":scope > .toast-wrap");

	new MutationObserver((changes) => {
		const places = new Set(changes.map((change) => within(change, OURS) ?? toasts(change)));
		for (const place of places) if (place) reword(place);
		if (changes.some((change) => within(change, ".pages > .tab-wrapper, .wings > .tab-wrapper"))) nameTabs();
	}).observe(document.body, { childList: true, subtree: true });

	// ------------------------------------------------------------------ tabs and choices

	// A station that holds several wings shows the one that was open last.
	function shownWing(station) {
		/** @type {HTMLElement | null} */
		const open = document.querySelector(`${WING_TABS} [aria-selected=true]`);
		return open && stationOf(open.dataset.tabId) === station ? open.dataset.tabId : firstWing(station);
	}

	document.addEventListener("click", (event) => {
		const station = within(event, `${STATION_TABS} [data-tab-id]`)?.dataset.tabId;
		const wing = within(event, `${WING_TABS} [data-tab-id]`)?.dataset.tabId;
		if (wing) go({ tab: wing });
		else if (station && station !== stationOf(here().tab)) go({ tab: shownWing(station) });
	});

	function select(tabs, name) {
		whenThere(`${tabs} [data-tab-id="${CSS.escape(name)}"]`, (tab) => {
			if (tab.getAttribute("aria-selected") !== "true") tab.click();
		});
	}

	function openTab() {
		const { tab } = here();
		const station = stationOf(tab);
		if (station) select(STATION_TABS, station);
		if (station !== tab) select(WING_TABS, tab);
	}

	for (const { tab, group, part } of CHOICES) {
		let usual = null; // what is chosen where the address says nothing
		document.addEventListener("change", (event) => {
			const input = /** @type {HTMLInputElement} */ (event.target);
			if (within(event, group)) go({ tab, [part]: input.value });
		});
		onPlace(tab, (place) =>
			whenThere(`${group} :checked`, ({ value }) => {
				usual ??= value;
				const chosen = inputAt(`${group} input[value="${CSS.escape(place[part] || usual)}"]`);
				if (chosen && !chosen.checked) chosen.click();
			}),
		);
	}

	// The ways in, by pen or by photo, are tabs of Gradio's within the first one.
	let way = ""; // the pen's, which opens by itself
	document.addEventListener("click", (event) => {
		const clicked = within(event, WAYS)?.dataset.tabId;
		if (!clicked) return;
		way = clicked === "pen" ? "" : clicked;
		go({ tab: "draw", choice: way });
	});
	onPlace("draw", ({ choice }) => {
		if (choice === way) return; // who was faster than this script is not called back
		way = choice;
		whenThere(`.switch [data-tab-id="${CSS.escape(choice || "pen")}"]`, (tab) => tab.click());
	});

	// ------------------------------------------------------------------ wiring

	function show() {
		const { missing, model } = props.value ?? {};
		const notice = element.querySelector("#notice");
		notice.hidden = !missing;
		if (missing) notice.textContent = say("hub.meanwhile", { reason: say(missing.key, missing.values), model });
	}

	new MutationObserver(rove).observe(document.body, { attributeFilter: ["aria-selected"], subtree: true });
	followAnswers();
	subscribe("done", noteStations);
	watch("value", show);
	window.addEventListener("popstate", () => {
		writeNotes();
		openTab();
	});
	for (const tabs of [STATION_TABS, WING_TABS]) whenThere(`${tabs} [data-tab-id]`, nameTabs);
	if (location.hash) openTab();
	if (wanted()) speak(wanted());
	else if (offered(navigator.language) !== language()) speak(offered(navigator.language)); // Gradio may not have it
	onLanguage(() => {
		translate(element);
		document.title = say("page.title");
		if (accuracy) element.querySelector(".tagline").textContent = say("page.hook", { accuracy: percent(accuracy, 1) });
		nameTabs();
		document.querySelectorAll(OURS).forEach(reword);
		for (const button of buttons) button.setAttribute("aria-pressed", button.lang === language());
		show();
	});
}
