// What a page says, in the browser's language: `texts` are { fr: { name: text }, en: { name: text } }. Each element gets the
// text that its data-text names; gives all of that language.
function speak(texts) {
	const language = navigator.language.startsWith("fr") ? "fr" : "en";
	document.documentElement.lang = language;
	for (const node of document.querySelectorAll("[data-text]")) node.textContent = texts[language][node.dataset.text];
	return texts[language];
}
