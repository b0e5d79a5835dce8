// Code as it stands in a file, with its lines numbered, to be read and copied.

import { copied, made } from "../web/dom.js";
import { say } from "../web/say.js";

const COPIED = 2000; // milliseconds that "copied" stands

// `title` says what it is; the numbers are no part of what is copied.
export function code(title, text, numbered = false) {
	const lines = text.replace(/\n$/, "").split("\n");
	const content = made("code", { className: numbered ? "numbered" : "" }, ...lines.map((line, at) => made("span", { textContent: at < lines.length - 1 ? `${line}\n` : line })));
	const block = made("pre", { tabIndex: 0 }, content); // what is wide scrolls, by the keyboard too
	block.setAttribute("role", "region");
	block.setAttribute("aria-label", title);
	return made("div", { className: "code" }, block, copyButton(title, content));
}

function copyButton(title, content) {
	const word = made("span", { textContent: say("number.copy") });
	const button = made("button", { type: "button", className: "more copy", ariaLabel: say("course.copy_label", { title }) }, word);
	button.setAttribute("aria-live", "polite");
	button.addEventListener("click", async () => {
		if (!(await copied(content))) return;
		word.textContent = say("number.copied");
		setTimeout(() => (word.textContent = say("number.copy")), COPIED);
	});
	return button;
}

// A text in which `names` stand between backquotes.
export const marked = (text) => text.split("`").map((part, at) => (at % 2 ? made("code", { textContent: part }) : part));
