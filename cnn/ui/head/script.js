// The page's name, its language, and which tab is open.

const LANGUAGE = "digit-language";
const TABS = ".pages > .tab-wrapper > .tab-container:not(.visually-hidden) >";
// Choices of Gradio's that are part of the address.
const CHOICES = [
	{ tab: "draw", group: "#task", part: "view" },
	{ tab: "inside", group: "#model", part: "choice" },
];

const languages = [...element.querySelectorAll("[data-language]")];

// ------------------------------------------------------------------ the language

// Asked for by the address; or chosen before, where the browser keeps that.
function wanted() {
	const asked = new URLSearchParams(location.search).get("lang") ?? recall("localStorage", LANGUAGE);
	return languages.some(({ lang }) => lang === asked) ? asked : null;
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
	const store = await gradiosLanguage();
	if (store) store.set(chosen);
	else document.documentElement.lang = chosen; // our own words at least
}

// Gradio has no word for it: its language is a store that one of its scripts, whatever its name, exports.
async function gradiosLanguage() {
	const scripts = performance.getEntriesByType("resource").map(({ name }) => name);
	for (const url of scripts.filter((name) => /\/(assets|immutable)\/.*\.js$/.test(name))) {
		const found = Object.values(await import(url)).find(isLanguage);
		if (found) return found;
	}
	return null;
}

function isLanguage(store) {
	if (typeof store?.subscribe !== "function" || typeof store.set !== "function") return false;
	let value;
	store.subscribe((one) => (value = one))();
	return value === document.documentElement.lang;
}

for (const button of languages) {
	button.addEventListener("click", () => {
		remember("localStorage", LANGUAGE, button.lang);
		speak(button.lang);
	});
}

// ------------------------------------------------------------------ what Gradio says in one language alone

// Its messages and the labels of its picture: a text of ours, in whichever language it stands.
const GRADIOS = [
	"error", "warning", "close", "upload", "uploading", "camera", "paste", "stop", "webcam", "grant", "capture", "clear", "empty", "choose",
].map((name) => `gradio.${name}`);
const MISSAID = { "Cliquez pour télécharger un fichier": "gradio.choose" }; // that is French for a download
const keyOf = (words) => MISSAID[words] ?? GRADIOS.find((key) => Object.values(WORDS).some((table) => table[key] === words));
const OURS = ".toast-wrap, #photo";

function put(words, write) {
	const key = /^Invalid file type/.test(words) ? "error.unreadable" : keyOf(words);
	if (key && say(key) !== words) write(say(key));
}

function reword(place) {
	const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
	while (texts.nextNode()) put(texts.currentNode.data.trim(), (words) => (texts.currentNode.data = words));
	for (const label of ["aria-label", "title"]) {
		for (const node of place.querySelectorAll(`[${label}]`)) {
			put(node.getAttribute(label), (words) => node.setAttribute(label, words));
		}
	}
}

// A tab that was never opened keeps the name that it came with.
function nameTabs() {
	for (const tab of document.querySelectorAll(`${TABS} [data-tab-id]`)) {
		const name = [...tab.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
		const words = say(`${tab.dataset.tabId}.tab`);
		if (name && name.data.trim() !== words) name.data = words;
	}
}

new MutationObserver((changes) => {
	const places = new Set(changes.map(({ target }) => target.closest?.(OURS) ?? target.querySelector?.(":scope > .toast-wrap")));
	for (const place of places) if (place) reword(place);
	if (changes.some(({ target }) => target.closest?.(".pages > .tab-wrapper"))) nameTabs();
}).observe(document.body, { childList: true, subtree: true });

// ------------------------------------------------------------------ tabs and choices

// Gradio makes a tab's content when it is first opened.
function whenThere(selector, callback) {
	const found = document.querySelector(selector);
	if (found) return callback(found);
	const observer = new MutationObserver(() => {
		const come = document.querySelector(selector);
		if (!come) return;
		observer.disconnect();
		callback(come);
	});
	observer.observe(document.body, { childList: true, subtree: true });
}

document.addEventListener("click", ({ target }) => {
	const tab = target.closest?.(`${TABS} [data-tab-id]`)?.dataset.tabId;
	if (tab) go({ tab });
});

function openTab() {
	whenThere(`${TABS} [data-tab-id="${CSS.escape(here().tab)}"]`, (tab) => {
		if (tab.getAttribute("aria-selected") !== "true") tab.click();
	});
}

for (const { tab, group, part } of CHOICES) {
	let usual = null; // what is chosen where the address says nothing
	document.addEventListener("change", ({ target }) => {
		if (target.closest?.(group)) go({ tab, [part]: target.value });
	});
	onPlace(tab, (place) =>
		whenThere(`${group} :checked`, ({ value }) => {
			usual ??= value;
			const chosen = document.querySelector(`${group} input[value="${CSS.escape(place[part] || usual)}"]`);
			if (chosen && !chosen.checked) chosen.click();
		}),
	);
}

// The ways in, by pen or by photo, are tabs of Gradio's within the first one.
let way = ""; // the pen's, which opens by itself
document.addEventListener("click", ({ target }) => {
	const clicked = target.closest?.(".switch [data-tab-id]")?.dataset.tabId;
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

watch("value", show);
window.addEventListener("popstate", () => {
	writeNotes();
	openTab();
});
if (location.hash) openTab();
if (wanted()) speak(wanted());
onLanguage(() => {
	translate();
	document.title = say("page.title");
	nameTabs();
	document.querySelectorAll(OURS).forEach(reword);
	for (const button of languages) button.setAttribute("aria-pressed", button.lang === language());
	show();
});
