// The course's files: the starters, read in place, and the notebooks.

import { download, made } from "../web/dom.js";
import { whole } from "../web/numbers.js";
import { language, say, sayCount } from "../web/say.js";
import { encoded, zipped } from "../web/zip.js";
import { code, marked } from "./code.js";

const STARTERS = {
	"server-gradio": ["course.server_gradio", "course.server_gradio_about"],
	"page-js": ["course.page_js", "course.page_js_about"],
	"server-fastapi": ["course.server_fastapi", "course.server_fastapi_about"],
	"browser-onnx": ["course.browser_onnx", "course.browser_onnx_about"],
};
const README = "README"; // the card says the same
const FOLDER = "assets/course"; // of the project: what is downloaded lies as it does there, so that the same line runs it
const JUPYTER = "pip install -r train/requirements.txt jupyterlab\njupyter lab assets/course/";

/** What the server keeps until it is wanted. @param {string} address */
const fetched = async (address) => (await import(`${new URL(address, document.baseURI)}`)).default;
/** @param {string} address */
const bytesAt = async (address) => new Uint8Array(await (await fetch(new URL(address, document.baseURI))).arrayBuffer());

const button = (text, label, onClick) => {
	const node = made("button", { type: "button", className: "more", textContent: text, ariaLabel: label });
	node.addEventListener("click", onClick);
	return node;
};

// ------------------------------------------------------------------ the starters

/** @param {{ name: string, command: string, files: string, beside: Record<string, string> }} starter */
export function starterCard({ name, command, files, beside }) {
	const [title, about] = STARTERS[name].map((key) => say(key));
	const place = made("div", { className: "sources" });
	const reading = made("details", { className: "source" }, made("summary", { textContent: say("course.read_code") }), place);
	reading.addEventListener("toggle", async () => {
		if (!reading.open || place.childElementCount) return;
		place.append(...Object.entries(await fetched(files)).filter(([file]) => !file.startsWith(README)).flatMap(source));
	});
	const keep = button(say("lab.download"), say("course.download_label", { title }), async () => {
		const texts = Object.entries(await fetched(files)).map(([file, text]) => [`${FOLDER}/${name}/${file}`, encoded(text)]);
		const others = await Promise.all(Object.entries(beside).map(async ([path, address]) => [path, await bytesAt(address)]));
		download(`${name}.zip`, "application/zip", zipped(Object.fromEntries([...texts, ...others])));
	});
	const head = made("div", { className: "head" }, made("h3", { textContent: title }), keep);
	return made("li", {}, head, made("p", { className: "hint", textContent: about }), code(say("course.command", { title }), command), reading);
}

const source = ([file, text]) => [made("h4", {}, file, made("small", { textContent: sayCount("course.lines", text.trimEnd().split("\n").length) })), code(file, text, true)];

// ------------------------------------------------------------------ the notebooks

// The visitor's language first.
/** @param {{ name: string, bytes: number, text: string }[]} notebooks */
export function notebookCards(notebooks) {
	const french = ({ name }) => name.includes(".fr.");
	const mine = (one) => french(one) === (language() === "fr");
	const sorted = [...notebooks.filter(mine), ...notebooks.filter((one) => !mine(one))];
	const cards = sorted.map(({ name, bytes, text }) => {
		const title = `${say(name.includes("solutions") ? "course.solved" : "course.exercises")}, ${say(french({ name }) ? "course.french" : "course.english")}`;
		const keep = button(say("lab.download"), say("course.download_notebook", { title }), async () => download(name, "application/x-ipynb+json", await fetched(text)));
		const about = made("p", { className: "hint", textContent: `${name}, ${whole(Math.round(bytes / 1000))}\u00a0${say("course.kilobytes")}` });
		return made("li", {}, made("div", { className: "head" }, made("h3", { textContent: title }), keep), about);
	});
	const run = made("li", { className: "whole" }, made("h3", { textContent: say("course.jupyter") }), made("p", { className: "hint" }, ...marked(say("course.jupyter_about"))), code(say("course.jupyter"), JUPYTER + sorted[0].name));
	return [...cards, run];
}
