// The page's name, its language, and which tab is open.

const LANGUAGE = "digit-language";
const TABS = ".pages > .tab-wrapper > .tab-container:not(.visually-hidden) >";
// Choices of Gradio's that are part of the address.
const CHOICES = [
	{ tab: "draw", group: "#task", part: "view" },
	{ tab: "inside", group: "#model", part: "network" },
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

// ------------------------------------------------------------------ wiring

function show() {
	const { missing, model } = props.value ?? {};
	const notice = element.querySelector("#notice");
	notice.hidden = !missing;
	if (missing) notice.textContent = say("hub.meanwhile", { reason: say(missing.key, missing.values), model });
}

watch("value", show);
window.addEventListener("popstate", openTab);
if (location.hash) openTab();
if (wanted()) speak(wanted());
onLanguage(() => {
	translate();
	document.title = say("page.title");
	for (const button of languages) button.setAttribute("aria-pressed", button.lang === language());
	show();
});
