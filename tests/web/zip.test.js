// Files made in the browser, read by others; and theirs, read here.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { asCsv, asZip, checked, fromZip, png } from "../../cnn/ui/trials/files.js";
import { markdown } from "../../cnn/ui/trials/observations.js";
import { crc32, encoded, unzipped, zipped } from "../../cnn/ui/web/zip.js";
import { learnNetworks } from "../../cnn/ui/web/networks.js";

learnNetworks({ networks: { fake: { parameters: 1, classes: ["0", "1", "2"], side: 4, framing: "mnist" } } });

/** What a script of Python's writes. @param {string} code @param {string | Uint8Array} input */
const python = (code, input = "") => execFileSync("python3", ["-c", `import io, sys, zipfile; ${code}`], { input });
const FILES = { "a.txt": encoded("one, two"), "é/b.bin": Uint8Array.from({ length: 300 }, (_, at) => at % 256), empty: encoded("") };

test("a checksum as published", () => {
	assert.equal(crc32(encoded("123456789")), 0xcbf43926);
});

test("a zip is read back, also of a larger buffer", async () => {
	const bytes = zipped(FILES);
	assert.deepEqual(await unzipped(bytes), new Map(Object.entries(FILES)));
	const padded = new Uint8Array(bytes.length + 50);
	padded.set(bytes, 50);
	assert.deepEqual(await unzipped(padded.subarray(50)), new Map(Object.entries(FILES)));
});

test("Python reads ours, and we Python's, packed", async () => {
	const read = "z = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); assert z.testzip() is None; print(*sorted(z.namelist()))";
	assert.equal(python(read, zipped(FILES)).toString().trim(), "a.txt empty é/b.bin");
	const write = "f = io.BytesIO(); z = zipfile.ZipFile(f, 'w', zipfile.ZIP_DEFLATED); z.writestr('x/y.txt', 'abc' * 99); z.close(); sys.stdout.buffer.write(f.getvalue())";
	assert.deepEqual(await unzipped(new Uint8Array(python(write))), new Map([["x/y.txt", encoded("abc".repeat(99))]]));
});

test("what is no zip is refused", async () => {
	await assert.rejects(unzipped(encoded("nothing of the kind")));
});

test("a picture as PNG", () => {
	const bytes = png(Uint8Array.from({ length: 16 }, (_, at) => 16 * at));
	const view = new DataView(bytes.buffer);
	assert.deepEqual([view.getUint32(16), view.getUint32(20)], [4, 4]);
	const start = Buffer.from(bytes).indexOf("IDAT");
	const rows = inflateSync(bytes.subarray(start + 4, start + 4 + view.getUint32(start - 4)));
	assert.deepEqual([...rows.subarray(5, 10)], [0, 64, 80, 96, 112]); // the second row, after its filter
});

const TRIAL = { at: "2026-01-02T03:04:05.000Z", kind: "drawn", meant: 1, said: 1, reason: null, guess: 1, confidence: 0.98765, model: "fake", pixels: btoa("0".repeat(16)), strokes: null };

test("a series as CSV, quoted where it has to be", () => {
	const rows = asCsv([TRIAL, { ...TRIAL, said: null, reason: "not_a_digit", model: 'a "b", c' }]).split("\r\n");
	assert.equal(rows[0], "number,time,kind,meant,said,reason,best_guess,confidence,right,model");
	assert.equal(rows[1], "1,2026-01-02T03:04:05.000Z,drawn,1,1,,1,0.9877,1,fake");
	assert.equal(rows[2], '2,2026-01-02T03:04:05.000Z,drawn,1,,not_a_digit,1,0.9877,0,"a ""b"", c"');
	assert.equal(rows[3], "");
});

test("a series as a zip: a folder a class, and the list without the pictures", async () => {
	const files = await unzipped(asZip([TRIAL]));
	assert.deepEqual([...files.keys()], ["series.json", "1/0001.png", "task.json"]);
	const [one] = JSON.parse(new TextDecoder().decode(files.get("series.json")));
	assert.equal(one.file, "1/0001.png");
	assert.ok(!("pixels" in one));
	assert.deepEqual(JSON.parse(new TextDecoder().decode(files.get("task.json"))), { classes: ["0", "1", "2"], framing: "mnist" });
});

// ------------------------------------------------------------------ series that others made

test("a zip that unpacks to very much, or that lies of it, is refused before it does", async () => {
	const packed = (change) =>
		new Uint8Array(python(`f = io.BytesIO(); z = zipfile.ZipFile(f, 'w', zipfile.ZIP_DEFLATED); z.writestr('series.json', bytes(300_000_000)); z.close(); b = f.getvalue(); ${change}; sys.stdout.buffer.write(b)`));
	await assert.rejects(fromZip(packed("pass")), /too large/);
	await assert.rejects(fromZip(packed("b = b.replace((300_000_000).to_bytes(4, 'little'), (9).to_bytes(4, 'little'))")), /too large/);
});

const ENTRY = { ...TRIAL, file: "1/0001.png" };
delete ENTRY.pixels;
const DRAWN = { strokes: [[[1, 2], [3, 4]]], width: 9, height: 9 };

test("what is right comes through, and nothing that it says besides", () => {
	const rest = { ...ENTRY };
	delete rest.file;
	const more = { ...ENTRY, more: 1 };
	assert.deepEqual(checked(more), rest);
	assert.deepEqual(checked({ ...ENTRY, strokes: { ...DRAWN, more: 1 } }).strokes, DRAWN);
	assert.equal(checked({ ...ENTRY, reason: undefined }).reason, null);
	assert.equal(checked({ ...ENTRY, writer: "Ada" }).writer, "Ada");
});

const ANYTHING = [undefined, null, true, -1, 1.5, 99, Infinity, "", "x", "1", [], [1], {}, { length: 1 }];
const WRONG = {
	at: [...ANYTHING, "=1+1", "2026", "<img src=x> 2026", "(<b>) 1 Jan 2026", "2026-13-45T99:99:99Z", 1767323045000],
	kind: ANYTHING, meant: ANYTHING, guess: ANYTHING, said: ANYTHING.filter((one) => one !== null),
	reason: ANYTHING.filter((one) => one !== null && one !== undefined),
	confidence: [...ANYTHING, "0.5", NaN, -0.1, 1.1],
	writer: [null, 1, "", [], {}, "a\nb", "\u202eb", "a".repeat(201)],
	model: [...ANYTHING.filter((one) => one !== "x" && one !== "1"), "a\nb", "\u202eb", "a".repeat(201)],
	strokes: [...ANYTHING.filter((one) => one !== null), ...[[["1", 2]], [[1]], [[1, 2, 3]], [[1, NaN]], "x", [null]].map((stroke) => ({ ...DRAWN, strokes: [stroke] })), { ...DRAWN, width: 0 }, { ...DRAWN, height: "9" }, { ...DRAWN, strokes: [Array(20_001).fill([1, 2])] }],
};

for (const [field, values] of Object.entries(WRONG)) {
	test(`a trial whose ${field} is wrong is none`, () => {
		for (const value of values) assert.throws(() => checked({ ...ENTRY, [field]: value }), undefined, JSON.stringify(value));
	});
}

test("a list that is none, or names what is not there, is refused", async () => {
	for (const list of ["{}", "5", "null", "[null]", "[[]]", '"x"', "[", `[${"0,".repeat(10_001)}0]`]) await assert.rejects(fromZip(zipped({ "series.json": encoded(list) })));
	for (const file of ["__proto__", "../series.json", "constructor", "1/9999.png", null, {}]) {
		await assert.rejects(fromZip(zipped({ "series.json": encoded(JSON.stringify([{ ...ENTRY, file }])) })));
	}
	const large = png(new Uint8Array(100 * 100));
	await assert.rejects(fromZip(zipped({ "series.json": encoded(JSON.stringify([ENTRY])), "1/0001.png": large })), /no PNG of 4 x 4/);
});

test("a spreadsheet sees no formula in CSV", () => {
	for (const model of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x","y")']) {
		const last = asCsv([{ ...TRIAL, model }]).split("1,fake").at(-1);
		const shown = last.slice(last.indexOf("0.9877,1,") + "0.9877,1,".length).trimEnd();
		assert.match(shown, /^"?'/, shown);
	}
	assert.match(asCsv([{ ...TRIAL, confidence: 0 }]), /,0\.0000,/);
});

test("Markdown has text as it is", () => {
	assert.equal(markdown("<img src=x> & [a](b) | `c` *d* \\"), "&lt;img src=x> &amp; \\[a\\](b) \\| \\`c\\` \\*d\\* \\\\");
	assert.equal(markdown("7 read as 1, 90.0%"), "7 read as 1, 90.0%");
	assert.equal(markdown("____"), "____");
});
