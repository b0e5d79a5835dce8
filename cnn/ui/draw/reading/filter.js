// One filter of the network's first convolution, applied to the digit here: a picture that moves with the pen.

/** @typedef {import("../../web/types.js").LiveFilter} LiveFilter */

// What the filter makes of 28x28 bytes: at each place its kernel's weights times the pixels under them, with the bias, and
// what is below zero as zero (ReLU). `start` is the pixel that its first place begins at: below zero it is in the padding.
/** @param {Uint8Array} pixels @param {LiveFilter} filter */
export function filtered(pixels, { kernel, bias, start, side }) {
	const from = Math.sqrt(pixels.length);
	const pixel = (y, x) => (y < 0 || x < 0 || y >= from || x >= from ? 0 : pixels[y * from + x] / 255);
	return Float32Array.from({ length: side * side }, (_, at) => {
		const [top, left] = [start + Math.floor(at / side), start + (at % side)];
		let sum = bias;
		kernel.forEach((row, y) => row.forEach((weight, x) => (sum += weight * pixel(top + y, left + x))));
		return Math.max(0, sum);
	});
}
