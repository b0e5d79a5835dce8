// What the results of trainings say, and how surely. Knows no page.

/** @typedef {import("../web/types.js").Result} Result */
/** @typedef {{ share: number, low: number, high: number, spread: number, seeds: number, error: number }} Score */

const SURE = 1.96; // standard errors of a 95 % interval

const sum = (values) => values.reduce((total, value) => total + value, 0);
export const mean = (values) => sum(values) / values.length;

// The standard deviation of a sample; 0 for a single value.
export function deviation(values) {
	const middle = mean(values);
	return values.length > 1 ? Math.sqrt(sum(values.map((value) => (value - middle) ** 2)) / (values.length - 1)) : 0;
}

// The share of a set of pictures that was read right: the mean over seeds, and its 95 % interval. One seed has Wilson's; the
// mean of several varies with the pictures that happen to be in the set, and with the seeds.
/** @param {Result[]} results @param {"mnist" | "made" | "perturbed" | "further"} set @returns {Score} */
export function score(results, set) {
	const shares = results.map((one) => one[set].hits / one[set].pictures);
	const [share, spread] = [mean(shares), deviation(shares)];
	const { pictures, low, high } = results[0][set];
	const error = Math.sqrt((share * (1 - share)) / pictures + spread ** 2 / shares.length);
	const limits = shares.length > 1 ? [Math.max(0, share - SURE * error), Math.min(1, share + SURE * error)] : [low, high];
	return { share, low: limits[0], high: limits[1], spread, seeds: shares.length, error };
}

// Whether two scores differ by more than chance explains, the pictures taken for other ones each time: of two that differ,
// some are called alike, and hardly any the other way round.
/** @param {Score} one @param {Score} other */
export const differ = (one, other) => Math.abs(one.share - other.share) > SURE * Math.hypot(one.error, other.error);

// Blocks in a line, by the short names that code gives them; `write` writes a number.
/** @param {any[]} design @param {(value: number) => string} write */
export function inShort(design, write = String) {
	const words = {
		convolution: ({ filters, kernel, stride }) => `conv ${filters} × ${kernel}×${kernel}${stride > 1 ? ` / ${stride}` : ""}`,
		pooling: ({ by, size }) => `${by === "max" ? "max" : "mean"} ${size}`,
		normalisation: () => "norm",
		dropout: ({ rate }) => `dropout ${write(rate)}`,
		dense: ({ units }) => `dense ${units}`,
		activation: ({ function: name }) => name,
	};
	return design.map((block) => words[block.kind](block)).join(" · ");
}
