// The observation sheet, to hand in: one list of blocks, written as Markdown or as a page of its own that prints well.

import { figure, made } from "../web/dom.js";
import { className, classesOf, networkNames } from "../web/networks.js";
import { nearly, percent } from "../web/numbers.js";
import { base64Of, bytesOf } from "../web/paint.js";
import { language, networkName, say } from "../web/say.js";
import { isRight, KINDS, NO_DIGIT } from "../web/trials.js";
import { png } from "./files.js";
import { byMeant, confusions, extremes, rate, sureness, tried } from "./figures.js";

// What a series tells apart: the classes of the network that answered last.
export const classesIn = (trials) => classesOf(trials.at(-1)?.model);

export const between = ({ low, high }) => say("trials.between", { low: percent(low), high: percent(high) });
const saidOf = ({ said, model }) => (said === null ? "?" : className(model, said));
export const nameOf = (meant, classes) => (NO_DIGIT.includes(meant) ? say(`trials.${meant}`) : classes[meant]);
const dayOf = (trial) => new Date(trial.at).toLocaleDateString(language());
const meantOf = ({ meant, model }) => nameOf(meant, classesOf(model));
const guessOf = ({ guess, model }) => className(model, guess);
export const failure = (trial) =>
	trial.said === null
		? say("trials.refused", { meant: meantOf(trial), label: guessOf(trial), share: nearly(trial.confidence) })
		: say("trials.failure", { meant: meantOf(trial), said: saidOf(trial), share: nearly(trial.confidence) });

// {heading}, {fields}, {text}, {head, rows}, {trials} or {question}.
function observations(trials) {
	const wrong = trials.filter((trial) => !isRight(trial));
	const rated = (one) => [one.count, one.hits, one.count ? percent(one.share) : "", one.count ? between(one) : ""];
	const rates = [say("trials.tests"), say("trials.hits"), say("trials.rate"), say("trials.interval")];
	const days = [...new Set([trials[0], trials.at(-1)].map(dayOf))].join(" – ");
	const classes = classesIn(trials);
	const blank = "_".repeat(24);
	return [
		{ heading: say("trials.sheet_title"), level: 1 },
		{
			fields: [
				[say("trials.name"), blank],
				[say("trials.group"), blank],
				[say("trials.date"), days],
				[say("trials.model"), [...new Set(trials.map(({ model }) => networkName(model)))].join(", ")],
			],
		},
		{ heading: say("trials.result") },
		...sentences(trials).map((text) => ({ text })),
		{ heading: say("trials.by_kind") },
		{
			head: [say("trials.kind"), ...rates],
			rows: KINDS.map((kind) => [say(`trials.${kind}`), ...rated(rate(trials.filter((trial) => trial.kind === kind)))]),
		},
		{ heading: say("trials.by_digit") },
		{ head: [say("trials.digit"), ...rates], rows: byMeant(trials, classes.length).map((one) => [nameOf(one.meant, classes), ...rated(one)]) },
		{ heading: say("trials.matrix") },
		{ text: say("trials.matrix_caption") },
		{
			head: ["", ...classes, "?"],
			rows: confusions(trials, classes.length).map((row, at) => [nameOf(tried(trials, classes.length)[at], classes), ...row.map((count) => count || "·")]),
		},
		{ heading: say("trials.failures") },
		...(wrong.length ? [{ trials: wrong }] : [{ text: say("trials.no_failures") }]),
		{ heading: say("trials.gives_in") },
		{ head: ["", ...networkNames().map(networkName)], rows: ["turned", "moved", "noise"].map((way) => [say(`trials.${way}`), ...networkNames().map(() => "")]) },
		{ heading: say("trials.remarks") },
		...["common", "sure", "change"].map((key) => ({ question: say(`trials.ask.${key}`) })),
		{ heading: say("trials.all") },
		{
			head: ["", say("trials.kind"), say("trials.meant"), say("trials.said"), say("trials.confidence")],
			rows: trials.map((trial, at) => [
				at + 1,
				say(`trials.${trial.kind}`),
				meantOf(trial),
				`${saidOf(trial)}${isRight(trial) ? "" : " ✗"}`,
				trial.said === null ? "–" : nearly(trial.confidence),
			]),
		},
	];
}

// What the figures say, in words: also at the head of the page.
export function sentences(trials) {
	const classes = classesIn(trials);
	const all = rate(trials);
	const [right, wrong] = [sureness(trials, true), sureness(trials, false)];
	const { best, worst } = extremes(trials, classes.length);
	const listed = (labels) => labels.map((label) => classes[label]).join(", ");
	const lines = [
		say("trials.of", { hits: all.hits, count: all.count, share: percent(all.share) }),
		say("trials.means", { low: percent(all.low), high: percent(all.high) }),
	];
	if (right !== null) lines.push(say("trials.sure_right", { share: nearly(right) }));
	if (wrong !== null) lines.push(say("trials.sure_wrong", { share: nearly(wrong) }));
	if (best.length) lines.push(say("trials.extremes", { best: listed(best), worst: listed(worst) }));
	return lines;
}

// Text as it is, whatever signs it holds: in Markdown some make links, pictures, code, tables or HTML.
export const markdown = (text) => `${text}`.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replace(/[\\`*[\]|~]/g, "\\$&");

export function asMarkdown(trials) {
	const row = (cells) => `| ${cells.map(markdown).join(" | ")} |`;
	const table = ({ head, rows }) => [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
	const block = (one) => {
		if (one.heading) return `${one.level === 1 ? "#" : "##"} ${markdown(one.heading)}`;
		if (one.fields) return one.fields.map(([name, value]) => `- ${markdown(say("trials.field", { name, value }))}`).join("\n");
		if (one.trials) return one.trials.map((trial) => `- ${markdown(failure(trial))}`).join("\n");
		if (one.question) return `**${markdown(one.question)}**\n\n${"_".repeat(24)}`;
		return one.rows ? table(one) : markdown(one.text);
	};
	return `${observations(trials).map(block).join("\n\n")}\n`;
}

const PRINTED = `
	body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #18202c; font: 15px/1.5 system-ui, sans-serif; }
	h1 { margin: 0 0 1rem; font-size: 1.6rem; }
	h2 { margin: 1.75rem 0 .5rem; font-size: 1.1rem; break-after: avoid; }
	p { margin: .25rem 0; }
	dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; }
	dt { color: #565f6e; } dd { margin: 0; }
	table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
	th, td { padding: .2rem .6rem; border-bottom: 1px solid #dde2e9; text-align: right; }
	:is(th, td):first-child { text-align: left; }
	th { color: #565f6e; font-weight: 500; }
	thead { display: table-header-group; }
	tr, table:not(:last-of-type), .asked { break-inside: avoid; }
	p:has(+ table) { break-after: avoid; }
	.pictures { display: flex; flex-wrap: wrap; gap: 1rem; }
	figure { width: 7rem; margin: 0; break-inside: avoid; }
	img { width: 7rem; border: 1px solid #dde2e9; filter: invert(1); image-rendering: pixelated; print-color-adjust: exact; }
	figcaption { color: #565f6e; font-size: .8rem; line-height: 1.2; }
	.question { font-weight: 600; } .lines { height: 5rem; border-bottom: 1px solid #c2c9d4; margin-bottom: 1rem; }
	@page { margin: 18mm; } @media print { body { margin: 0; max-width: none; font-size: 11pt; } }
`;

export function asHtml(trials) {
	const sheet = document.implementation.createHTMLDocument(say("trials.sheet_title"));
	sheet.documentElement.lang = language();
	sheet.head.prepend(made("meta", { httpEquiv: "Content-Type", content: "text/html; charset=utf-8" }));
	sheet.head.append(made("style", { textContent: PRINTED }));
	for (const one of observations(trials)) sheet.body.append(...printed(one));
	return `<!doctype html>\n${sheet.documentElement.outerHTML}\n`;
}

function printed(one) {
	const cells = (name, values) => made("tr", {}, ...values.map((textContent) => made(name, { textContent })));
	if (one.heading) return [made(one.level === 1 ? "h1" : "h2", { textContent: one.heading })];
	if (one.fields) return [made("dl", {}, ...one.fields.flatMap(([name, value]) => [made("dt", { textContent: name }), made("dd", { textContent: value })]))];
	if (one.question) return [made("div", { className: "asked" }, made("p", { className: "question", textContent: one.question }), made("div", { className: "lines" }))];
	if (one.rows) return [made("table", {}, made("thead", {}, cells("th", one.head)), made("tbody", {}, ...one.rows.map((row) => cells("td", row))))];
	if (!one.trials) return [made("p", { textContent: one.text })];
	const pictures = one.trials.map((trial) => {
		const src = `data:image/png;base64,${base64Of(png(bytesOf(trial.pixels)))}`;
		return figure(made("img", { src, alt: failure(trial) }), failure(trial));
	});
	return [made("div", { className: "pictures" }, ...pictures)];
}
