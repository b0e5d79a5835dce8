// Trials as files, and back: made here, so that nothing leaves the browser. Knows no page.

const encoded = (text) => new TextEncoder().encode(text);
const bytesOf = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
const base64Of = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

function joined(parts) {
	const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

// Numbers of so many bytes each: [[value, bytes], ...].
function numbers(fields, little) {
	return joined(
		fields.map(([value, size]) => {
			const bytes = Array.from({ length: size }, (_, at) => Math.floor(value / 256 ** at) & 255);
			return Uint8Array.from(little ? bytes : bytes.reverse());
		}),
	);
}

const CRC = Array.from({ length: 256 }, (_, byte) => {
	for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
	return byte >>> 0;
});

function crc32(bytes) {
	let crc = 0xffffffff;
	for (const byte of bytes) crc = (crc >>> 8) ^ CRC[(crc ^ byte) & 255];
	return (crc ^ 0xffffffff) >>> 0;
}

// ------------------------------------------------------------------ PNG

// 28x28 grey bytes as a PNG file (W3C, PNG specification), not compressed.
function png(pixels) {
	const chunk = (name, data) => {
		const body = joined([encoded(name), data]);
		return joined([numbers([[data.length, 4]]), body, numbers([[crc32(body), 4]])]);
	};
	const rows = joined(Array.from({ length: SIDE }, (_, y) => [[0], pixels.subarray(y * SIDE, (y + 1) * SIDE)]).flat());
	let [a, b] = [1, 0]; // Adler-32
	for (const byte of rows) [a, b] = [(a + byte) % 65521, (a + byte + b) % 65521];
	const size = numbers([[rows.length, 2], [rows.length ^ 0xffff, 2]], true);
	const stream = joined([[0x78, 1, 1], size, rows, numbers([[b, 2], [a, 2]])]);
	const head = numbers([[SIDE, 4], [SIDE, 4], [8, 1], [0, 4]]); // 8 bits, grey
	const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
	return joined([signature, chunk("IHDR", head), chunk("IDAT", stream), chunk("IEND", [])]);
}

// Any picture file of 28x28 pixels -> its bytes of grey.
async function pixelsOf(file) {
	const image = await createImageBitmap(new Blob([file]), { colorSpaceConversion: "none" });
	if (image.width !== SIDE || image.height !== SIDE) throw new Error("not 28x28");
	const context = made("canvas", { width: SIDE, height: SIDE }).getContext("2d");
	context.drawImage(image, 0, 0);
	const { data } = context.getImageData(0, 0, SIDE, SIDE);
	return Uint8Array.from({ length: SIDE * SIDE }, (_, at) => data[4 * at]);
}

// ------------------------------------------------------------------ zip

// Files {name: bytes} as a zip (PKWARE, APPNOTE 6.3), not compressed.
function zipped(files) {
	const [bodies, entries] = [[], []];
	let at = 0;
	for (const [path, data] of Object.entries(files)) {
		const name = encoded(path);
		// Version, UTF-8 names, stored, 1 January 1980.
		const about = [[20, 2], [0x800, 2], [0, 2], [0, 2], [0x21, 2], [crc32(data), 4], [data.length, 4], [data.length, 4]];
		const common = [...about, [name.length, 2], [0, 2]];
		bodies.push(numbers([[0x04034b50, 4], ...common], true), name, data);
		entries.push(numbers([[0x02014b50, 4], [20, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]], true), name);
		at += 30 + name.length + data.length;
	}
	const [count, size] = [entries.length / 2, joined(entries).length];
	const end = [[0x06054b50, 4], [0, 4], [count, 2], [count, 2], [size, 4], [at, 4], [0, 2]];
	return joined([...bodies, ...entries, numbers(end, true)]);
}

// A zip, ours or packed anew, as {name: bytes}.
async function unzipped(bytes) {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	let end = bytes.length - 22;
	while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
	if (end < 0) throw new Error("not a zip");
	const files = {};
	let at = view.getUint32(end + 16, true);
	for (let left = view.getUint16(end + 10, true); left > 0; left--) {
		const [method, size] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true)];
		const [named, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
		const body = view.getUint32(at + 42, true);
		const start = body + 30 + view.getUint16(body + 26, true) + view.getUint16(body + 28, true);
		const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + named));
		files[name] = await inflated(bytes.subarray(start, start + size), method);
		at += 46 + named + extra + comment;
	}
	return files;
}

async function inflated(data, method) {
	if (method === 0) return data;
	const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
	return new Uint8Array(await new Response(stream).arrayBuffer());
}

// ------------------------------------------------------------------ a series as a zip, and back

const LIST = "series.json";

// A folder for each digit meant, and for what is none, its pictures as MNIST has them (ink white on black), and the list of all with strokes.
function asZip(trials) {
	const files = {};
	const list = trials.map(({ pixels, ...rest }, at) => {
		const file = `${rest.meant}/${String(at + 1).padStart(4, "0")}.png`;
		files[file] = png(bytesOf(pixels));
		return { file, ...rest };
	});
	return zipped({ [LIST]: encoded(`[\n${list.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`), ...files });
}

// Throws for whatever is no series.
async function fromZip(bytes) {
	const files = await unzipped(bytes);
	const place = Object.keys(files).find((name) => name.split("/").at(-1) === LIST);
	const folder = place.slice(0, -LIST.length);
	const trials = [];
	for (const one of JSON.parse(new TextDecoder().decode(files[place]))) {
		trials.push(checked(one, base64Of(await pixelsOf(files[folder + one.file]))));
	}
	return trials;
}

function checked({ at, kind, meant, said, reason = null, guess, confidence, model, strokes }, pixels) {
	const digit = (label) => Number.isInteger(label) && label >= 0 && label < 10;
	const holds = [
		!Number.isNaN(Date.parse(at)),
		KINDS.includes(kind),
		(digit(meant) || NO_DIGIT.includes(meant)) && digit(guess) && (said === null || digit(said)),
		reason === null || NO_DIGIT.includes(reason),
		confidence >= 0 && confidence <= 1,
		typeof model === "string",
		strokes === null || Array.isArray(strokes?.strokes),
	];
	if (!holds.every(Boolean)) throw new Error("not a trial");
	return { at, kind, meant, said, reason, guess, confidence, model, pixels, strokes };
}

// ------------------------------------------------------------------ CSV

const COLUMNS = ["number", "time", "kind", "meant", "said", "reason", "best_guess", "confidence", "right", "model"];

// RFC 4180; what was refused has no `said`, but a `reason`.
function asCsv(trials) {
	const cell = (value) => (/[",\r\n]/.test(value) ? `"${`${value}`.replaceAll('"', '""')}"` : value);
	const row = (trial, at) => {
		const { at: time, kind, meant, said, reason, guess, confidence, model } = trial;
		return [at + 1, time, kind, meant, said ?? "", reason ?? "", guess, confidence.toFixed(4), isRight(trial) ? 1 : 0, model];
	};
	return [COLUMNS, ...trials.map(row)].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}
