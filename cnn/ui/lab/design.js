// A design and the choices of its training as one short text, for the address, and back. Knows no page.
//
// A record is its kind and its values, "convolution_32_3_1_valid"; records stand in a row with "~" between, the training's
// last. `tables` has by kind what each value may be, as the server told it: { name, default, options, least, most, whole }.

const BETWEEN = "~";
const WITHIN = "_";

export const TRAINING = "training";

/** @typedef {{ name: string, default: any, options: any[] | null, least: number, most: number, whole: boolean }} Values */

// A new record of a kind: its defaults.
/** @param {Record<string, Values[]>} tables */
export function fresh(tables, kind) {
	return { ...Object.fromEntries(tables[kind].map((values) => [values.name, values.default])), kind };
}

// Whether a number may be a value.
/** @param {Values} values @param {number} value */
export const fits = ({ least, most, whole }, value) => Number.isFinite(value) && value >= least && value <= most && (!whole || Number.isInteger(value));

/** @param {Record<string, Values[]>} tables */
export function asText(tables, { blocks, training }) {
	const record = (one, kind) => [kind, ...tables[kind].map(({ name }) => `${one[name]}`)].join(WITHIN);
	return [...blocks.map((block) => record(block, block.kind)), record(training, TRAINING)].join(BETWEEN);
}

// What such a text says, null where it is none: people may have typed it.
/** @param {Record<string, Values[]>} tables @param {string} text @param {number} most */
export function fromText(tables, text, most) {
	const records = text.split(BETWEEN).map((one) => recordOf(tables, one));
	const training = records.pop();
	const whole = training?.kind === TRAINING && records.length <= most && records.every((one) => one && one.kind !== TRAINING);
	if (!whole) return null;
	delete training.kind;
	return { blocks: records, training };
}

function recordOf(tables, text) {
	const [kind, ...words] = text.split(WITHIN);
	const table = Object.hasOwn(tables, kind) ? tables[kind] : null;
	if (!table || words.length !== table.length) return null;
	const found = table.map((values, at) => {
		if (values.options) return values.options.find((option) => `${option}` === words[at]);
		const value = words[at] === "" ? NaN : Number(words[at]);
		return fits(values, value) ? value : undefined;
	});
	if (found.includes(undefined)) return null;
	return { ...Object.fromEntries(table.map(({ name }, at) => [name, found[at]])), kind };
}

// What the server is to train. Several seeds follow one another.
export function orderOf({ blocks, training }) {
	const { seed, runs, ...choices } = training;
	return { design: blocks, ...choices, seeds: Array.from({ length: runs }, (_, at) => seed + at) };
}
