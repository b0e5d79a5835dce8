// How the digit is bent: what all views share, and its word in the address.

import { bends } from "./perturbations.js";

export const usual = () => ({ stack: [{ name: "rotation", strength: 30 }], name: "rotation", seed: 0, against: null, touched: 0 });

export const seedOf = (value) => Math.min(2 ** 32 - 1, Math.max(0, Math.round(value) || 0));

// As a word of the address: name~strength, with an exclamation mark between those that lie one over the other.
export const written = ({ stack }) => stack.map(({ name, strength }) => `${name}~${strength}`).join("!");

// What a link says of a stack of so many at most; an unknown one is left as it was.
export function read(bend, notes, most) {
	const { bend: word, seed } = notes;
	const rows = (word ?? "").split("!").map((row) => row.split("~"));
	const known = rows.every(([name, strength]) => bends[name] && strength !== "" && Number.isFinite(Number(strength)));
	if (known) {
		const within = (name, strength) => Math.min(bends[name].maximum, Math.max(bends[name].minimum, Number(strength)));
		bend.stack = rows.slice(0, most).map(([name, strength]) => ({ name, strength: within(name, strength) }));
		bend.name = bend.stack[0].name;
	}
	bend.seed = seedOf(Number(seed));
}
