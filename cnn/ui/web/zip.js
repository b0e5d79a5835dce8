// Bytes of files, and zips of them: made and read here, so that nothing leaves the browser. Knows no page.

export const encoded = (text) => new TextEncoder().encode(text);

export function joined(parts) {
	const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

// Numbers of so many bytes each: [[value, bytes], ...].
export function numbers(fields, little) {
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

export function crc32(bytes) {
	let crc = 0xffffffff;
	for (const byte of bytes) crc = (crc >>> 8) ^ CRC[(crc ^ byte) & 255];
	return (crc ^ 0xffffffff) >>> 0;
}

// ------------------------------------------------------------------ zip

// Files {name: bytes} as a zip (PKWARE, APPNOTE 6.3), not compressed.
export function zipped(files) {
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

const MOST = 100_000_000; // bytes of all files together, unpacked: what a zip says of their sizes may be a lie

// A zip, ours or packed anew, as a Map of bytes by name. Throws for what is none, or holds more than MOST.
export async function unzipped(bytes) {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	let end = bytes.length - 22;
	while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
	if (end < 0) throw new Error("not a zip");
	const files = new Map();
	let at = view.getUint32(end + 16, true);
	let room = MOST;
	for (let left = view.getUint16(end + 10, true); left > 0; left--) {
		const [method, size] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true)];
		const [named, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
		const body = view.getUint32(at + 42, true);
		const start = body + 30 + view.getUint16(body + 26, true) + view.getUint16(body + 28, true);
		const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + named));
		const content = await inflated(bytes.subarray(start, start + size), method, room);
		files.set(name, content);
		room -= content.length;
		if (room < 0) throw new Error("too large");
		at += 46 + named + extra + comment;
	}
	return files;
}

async function inflated(data, method, most) {
	if (method === 0) return data;
	if (method !== 8) throw new Error("packed in another way");
	const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
	const parts = [];
	for (let room = most; room >= 0; ) {
		const { done, value } = await reader.read();
		if (done) return joined(parts);
		parts.push(value);
		room -= value.length;
	}
	await reader.cancel();
	throw new Error("too large");
}
