// The perturbations, as the server knows them, and how they are said.

import { made } from "../web/dom.js";
import { exact, inUnit, number } from "../web/numbers.js";
import { say } from "../web/say.js";

export const bends = {}; // by name, in the server's order

export function learnPerturbations(given) {
	for (const one of given) bends[one.name] = one;
}

export const bendNames = () => Object.keys(bends);
export const labelOf = (name) => say(`perturbation.${name}.label`);
export const descriptionOf = (name) => say(`perturbation.${name}.description`);

// A slider's strength, with as many digits as its steps; and any other one, with all of its own.
export function amount(name, strength) {
	const { step, unit } = bends[name];
	return inUnit(number(strength, step >= 1 ? 0 : step >= 0.1 ? 1 : 2), unit);
}
export const finely = (name, strength) => inUnit(exact(strength), bends[name].unit);

// A perturbation to choose.
export function picker(chosen, onChoose) {
	const select = made("select", {});
	select.setAttribute("aria-label", say("stress.perturbation"));
	const worst = made("optgroup", { label: say("stress.worst") });
	for (const { name, worst_case } of Object.values(bends)) {
		const option = made("option", { value: name, textContent: labelOf(name), selected: name === chosen });
		(worst_case ? worst : select).append(option);
	}
	select.append(worst);
	select.addEventListener("change", () => onChoose(select.value));
	return select;
}

// Strong enough to see what it does: a third of the way.
export const start = (name) => {
	const { neutral, maximum, step } = bends[name];
	return neutral + Math.round((maximum - neutral) / 3 / step) * step;
};
