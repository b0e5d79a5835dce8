// A series of trials as files, and back: made here, so that nothing leaves the browser. Knows no page.

import { made } from "../web/dom.js";
import { classesOf, sideOf, taskOf } from "../web/networks.js";
import { base64Of, bytesOf } from "../web/paint.js";
import { isRight, KINDS, NO_DIGIT } from "../web/trials.js";
import { crc32, encoded, joined, numbers, unzipped, zipped } from "../web/zip.js";

// ------------------------------------------------------------------ PNG

// Square grey bytes as a PNG file (W3C, PNG specification), not compressed.
export function png(pixels) {
	const side = Math.sqrt(pixels.length);
	const chunk = (name, data) => {
		const body = joined([encoded(name), data]);
		return joined([numbers([[data.length, 4]]), body, numbers([[crc32(body), 4]])]);
	};
	const rows = joined(Array.from({ length: side }, (_, y) => [[0], pixels.subarray(y * side, (y + 1) * side)]).flat());
	let [a, b] = [1, 0]; // Adler-32
	for (const byte of rows) [a, b] = [(a + byte) % 65521, (a + byte + b) % 65521];
	const size = numbers([[rows.length, 2], [rows.length ^ 0xffff, 2]], true);
	const stream = joined([[0x78, 1, 1], size, rows, numbers([[b, 2], [a, 2]])]);
	const head = numbers([[side, 4], [side, 4], [8, 1], [0, 4]]); // 8 bits, grey
	const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
	return joined([signature, chunk("IHDR", head), chunk("IDAT", stream), chunk("IEND", [])]);
}

// A PNG file of `side` x `side` pixels -> its bytes of grey. What it says of its size is read before anything is decoded.
async function pixelsOf(file, side) {
	const view = new DataView(file.buffer, file.byteOffset, file.length);
	const says = [view.getUint32(0), view.getUint32(16), view.getUint32(20)];
	if (says[0] !== 0x89504e47 || says[1] !== side || says[2] !== side) throw new Error(`no PNG of ${side} x ${side}`);
	const image = await createImageBitmap(new Blob([file], { type: "image/png" }), { colorSpaceConversion: "none" });
	const context = made("canvas", { width: side, height: side }).getContext("2d");
	context.drawImage(image, 0, 0);
	const { data } = context.getImageData(0, 0, side, side);
	return Uint8Array.from({ length: side * side }, (_, at) => data[4 * at]);
}

// ------------------------------------------------------------------ a series as a zip, and back

const LIST = "series.json";
const TASK = "task.json";

// A folder for each class meant, and for what is none, its pictures as MNIST has them (ink white on black), the list of all
// with strokes, and what the classes are.
export function asZip(trials) {
	const files = {};
	const list = trials.map(({ pixels, ...rest }, at) => {
		const file = `${rest.meant}/${String(at + 1).padStart(4, "0")}.png`;
		files[file] = png(bytesOf(pixels));
		return { file, ...rest };
	});
	if (trials.length > 0) files[TASK] = encoded(JSON.stringify(taskOf(trials[0].model)));
	return zipped({ [LIST]: encoded(`[\n${list.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`), ...files });
}

const MOST = 10_000; // trials in a file
const LARGEST = 50_000_000; // bytes of a zip that is opened

// As fromZip, of a file that a visitor has chosen.
export async function opened(file) {
	if (file.size > LARGEST) throw new Error("too large");
	return fromZip(new Uint8Array(await file.arrayBuffer()));
}

// Throws for whatever is no series.
export async function fromZip(bytes) {
	const files = await unzipped(bytes);
	const place = [...files.keys()].find((name) => name.split("/").at(-1) === LIST);
	const folder = place.slice(0, -LIST.length);
	const list = JSON.parse(new TextDecoder().decode(files.get(place)));
	if (!Array.isArray(list) || list.length > MOST) throw new Error("no list of trials");
	const trials = [];
	for (const one of list) {
		const trial = checked(one);
		trials.push({ ...trial, pixels: base64Of(await pixelsOf(files.get(folder + one.file), sideOf(trial.model))) });
	}
	return trials;
}

// A series as it was handed in to a class. Throws for whatever is none.
export function fromText(text) {
	return JSON.parse(text).map((one) => {
		const trial = checked(one);
		if (bytesOf(one.pixels).length !== sideOf(trial.model) ** 2) throw new Error("no picture");
		return { ...trial, pixels: one.pixels, writer: undefined };
	});
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/; // as toISOString writes it; Date.parse takes nearly anything
const NAME = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,200}$/u; // on one line

// What a file says of one trial, without its picture; whatever else it says is left out. Throws for what is none.
export function checked({ at, kind, meant, said, reason = null, guess, confidence, model, strokes, writer = undefined }) {
	const isName = (value) => typeof value === "string" && NAME.test(value);
	const named = isName(model);
	const count = named ? classesOf(model).length : 0;
	const digit = (label) => Number.isInteger(label) && label >= 0 && label < count;
	const holds = [
		named,
		typeof at === "string" && TIME.test(at) && !Number.isNaN(Date.parse(at)),
		KINDS.includes(kind),
		(digit(meant) || NO_DIGIT.includes(meant)) && digit(guess) && (said === null || digit(said)),
		reason === null || NO_DIGIT.includes(reason),
		typeof confidence === "number" && confidence >= 0 && confidence <= 1,
		strokes === null || isDrawing(strokes),
		writer === undefined || isName(writer),
	];
	if (!holds.every(Boolean)) throw new Error("not a trial");
	const drawing = strokes && { strokes: strokes.strokes, width: strokes.width, height: strokes.height };
	const trial = { at, kind, meant, said, reason, guess, confidence, model, strokes: drawing };
	return writer === undefined ? trial : { ...trial, writer };
}

const MOST_POINTS = 20_000; // as cnn/framing/ink.py has it

function isDrawing({ strokes, width, height }) {
	const isSide = (side) => Number.isFinite(side) && side > 0;
	if (!isSide(width) || !isSide(height) || !Array.isArray(strokes) || !strokes.every(Array.isArray)) return false;
	const isPoint = (point) => Array.isArray(point) && point.length === 2 && point.every(Number.isFinite);
	return strokes.length <= MOST_POINTS && strokes.flat().length <= MOST_POINTS && strokes.flat().every(isPoint);
}

// ------------------------------------------------------------------ CSV

const COLUMNS = ["number", "time", "kind", "meant", "said", "reason", "best_guess", "confidence", "right", "model"];

// A cell of CSV (RFC 4180). Text that a spreadsheet would take for a formula gets an apostrophe before it.
function cell(value) {
	const text = typeof value === "string" && /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : `${value}`;
	return /[",\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// What was refused has no `said`, but a `reason`; a class's trials have a column for the writer.
export function asCsv(trials) {
	const written = trials.some(({ writer }) => writer !== undefined);
	const row = (trial, at) => {
		const { at: time, kind, meant, said, reason, guess, confidence, model, writer = "" } = trial;
		const cells = [at + 1, time, kind, meant, said ?? "", reason ?? "", guess, confidence.toFixed(4), isRight(trial) ? 1 : 0, model];
		return written ? [...cells, writer] : cells;
	};
	return [written ? [...COLUMNS, "writer"] : COLUMNS, ...trials.map(row)].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}
