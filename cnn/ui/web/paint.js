// Numbers from the server, and pictures of them.

import { made } from "./dom.js";

/** @typedef {import("./types.js").Packed} Packed */
/** @typedef {import("./types.js").Shades} Shades */

// {data, shape, limits?, signed?}: bytes are shares of their tile's limit, everything else is little-endian float32.
/** @param {Packed & Partial<Shades> | null | undefined} packed */
export function unpack(packed) {
	if (!packed) return null;
	const { data, shape, limits, signed } = packed;
	const bytes = bytesOf(data);
	if (!limits) return { values: new Float32Array(bytes.buffer), shape };
	const [steps, most] = signed ? [new Int8Array(bytes.buffer), 127] : [bytes, 255];
	const size = steps.length / limits.length;
	const values = new Float32Array(steps.length);
	for (let at = 0; at < steps.length; at++) values[at] = (steps[at] * limits[Math.floor(at / size)]) / most;
	return { values, shape };
}

// A network's maps are many thousand numbers at each moment of a drawing: loops, which are several times as fast.
export function bytesOf(base64) {
	const text = atob(base64);
	const bytes = new Uint8Array(text.length);
	for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
	return bytes;
}

export const base64Of = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

export const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
export const plane = ({ values, shape }, index) => {
	const size = values.length / shape[0];
	return values.subarray(index * size, (index + 1) * size);
};

// ------------------------------------------------------------------ colours

let palette = null; // of light or of dark: theme.py's names for them, as numbers

export function colours() {
	const dark = document.body.classList.contains("dark");
	if (palette?.dark === dark) return palette;
	const probe = document.body.appendChild(made("i"));
	const rgb = (name) => {
		probe.style.color = `var(${name})`;
		return getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
	};
	palette = { dark, zero: rgb("--paper"), ink: rgb("--text"), for: rgb("--for"), against: rgb("--against"), ramps: {} };
	probe.remove();
	return palette;
}

const mixed = (from, to, share) => from.map((start, part) => start + (to[part] - start) * share);

// Ink-like numbers go from paper to ink; signed ones from the colour against, through paper, to the colour for.
// Where a drawing lies under them, its ink shows through, on light paper as on dark.
export function shade(value, limit, signed, under = 0) {
	const { zero, ink, for: pro, against } = colours();
	const share = Math.min(1, Math.abs(value) / (limit || 1));
	const pole = signed ? (value < 0 ? against : pro) : ink;
	return mixed(mixed(zero, ink, 0.4 * under), mixed(pole, ink, 0.25 * under), share);
}

// The 256 colours from paper to a pole: a network's maps are many thousand pixels.
function ramp(pole) {
	const found = colours();
	return (found.ramps[pole] ??= Array.from({ length: 256 }, (_, step) => mixed(found.zero, found[pole], step / 255)));
}

// ------------------------------------------------------------------ canvases

// values (height * width) as pixels of a canvas; the style sheet enlarges them.
/** @param {HTMLCanvasElement} canvas @param {Float32Array | number[]} values @param {number[]} shape @param {{ limit?: number, signed?: boolean, ink?: Float32Array | null }} how */
export function paintValues(canvas, values, [height, width], { limit = largest(values), signed = false, ink = null } = {}) {
	if (canvas.width !== width) canvas.width = width;
	if (canvas.height !== height) canvas.height = height;
	const context = canvas.getContext("2d");
	const image = context.createImageData(width, height);
	const [up, down] = signed ? [ramp("for"), ramp("against")] : [ramp("ink"), ramp("ink")];
	for (let at = 0; at < values.length; at++) {
		const step = Math.min(255, Math.round((255 * Math.abs(values[at])) / (limit || 1)));
		const colour = ink ? shade(values[at], limit, signed, ink[at]) : (values[at] < 0 ? down : up)[step];
		for (let part = 0; part < 3; part++) image.data[4 * at + part] = colour[part];
		image.data[4 * at + 3] = 255;
	}
	context.putImageData(image, 0, 0);
}

// A canvas of its own.
/** @param {Float32Array | number[]} values @param {number[]} shape @param {{ limit?: number, signed?: boolean, ink?: Float32Array | null }} how */
export function picture(values, shape, how = {}, label = "") {
	const canvas = made("canvas", { className: "pixels" });
	if (label) canvas.setAttribute("role", "img");
	else canvas.setAttribute("aria-hidden", "true"); // what it is stands beside it
	canvas.setAttribute("aria-label", label);
	paintValues(canvas, values, shape, how);
	return canvas;
}

// ------------------------------------------------------------------ square pictures of ink: a byte a pixel, ink = 255, in base64

export const squareOf = (values) => Array(2).fill(Math.sqrt(values.length));
export const inkOf = (base64) => Float32Array.from(bytesOf(base64));
export const pictureOf = (shares) => base64Of(Array.from(shares, (share) => Math.round(255 * share)));

// In the text's own colour over the paper's, so that it suits light and dark.
export function paintInk(canvas, pixels) {
	const ink = bytesOf(pixels ?? "");
	const side = Math.sqrt(ink.length) || canvas.width;
	if (canvas.width !== side) canvas.width = canvas.height = side;
	const context = canvas.getContext("2d");
	const image = context.createImageData(side, side);
	const [red, green, blue] = getComputedStyle(canvas).color.match(/\d+/g).map(Number);
	for (let at = 0; at < ink.length; at++) image.data.set([red, green, blue, ink[at]], 4 * at);
	context.putImageData(image, 0, 0);
}
