// Files made in the browser, read by others; and theirs, read here.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { asCsv, asZip, png } from "../../cnn/ui/trials/files.js";
import { crc32, encoded, unzipped, zipped } from "../../cnn/ui/trials/zip.js";
import { learnNetworks } from "../../cnn/ui/web/networks.js";

learnNetworks({ networks: { fake: { parameters: 1, classes: ["0", "1", "2"], side: 4 } } });

/** What a script of Python's writes. @param {string} code @param {string | Uint8Array} input */
const python = (code, input = "") => execFileSync("python3", ["-c", `import io, sys, zipfile; ${code}`], { input });
const FILES = { "a.txt": encoded("one, two"), "é/b.bin": Uint8Array.from({ length: 300 }, (_, at) => at % 256), empty: encoded("") };

test("a checksum as published", () => {
	assert.equal(crc32(encoded("123456789")), 0xcbf43926);
});

test("a zip is read back, also of a larger buffer", async () => {
	const bytes = zipped(FILES);
	assert.deepEqual(await unzipped(bytes), FILES);
	const padded = new Uint8Array(bytes.length + 50);
	padded.set(bytes, 50);
	assert.deepEqual(await unzipped(padded.subarray(50)), FILES);
});

test("Python reads ours, and we Python's, packed", async () => {
	const read = "z = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); assert z.testzip() is None; print(*sorted(z.namelist()))";
	assert.equal(python(read, zipped(FILES)).toString().trim(), "a.txt empty é/b.bin");
	const write = "f = io.BytesIO(); z = zipfile.ZipFile(f, 'w', zipfile.ZIP_DEFLATED); z.writestr('x/y.txt', 'abc' * 99); z.close(); sys.stdout.buffer.write(f.getvalue())";
	assert.deepEqual(await unzipped(new Uint8Array(python(write))), { "x/y.txt": encoded("abc".repeat(99)) });
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
	assert.deepEqual(Object.keys(files), ["series.json", "1/0001.png"]);
	const [one] = JSON.parse(new TextDecoder().decode(files["series.json"]));
	assert.equal(one.file, "1/0001.png");
	assert.ok(!("pixels" in one));
});
