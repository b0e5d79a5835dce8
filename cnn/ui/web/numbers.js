// Numbers as the visitor's language writes them.

import { language } from "./say.js";

const formats = new Map(); // made once each: making one takes as long as writing forty numbers

function formatted(value, format) {
	const key = language() + JSON.stringify(format);
	if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(language(), format));
	return formats.get(key).format(value);
}

export function percent(share, digits = 0) {
	return formatted(share, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits });
}

// A probability never rounds to certainty, nor to nothing.
export function nearly(share, digits = 1) {
	const step = 10 ** (-2 - digits);
	if (share > 1 - 0.6 * step) return `>\u00a0${percent(1 - step, digits)}`;
	if (share < 0.5 * step) return `<\u00a0${percent(step, digits)}`;
	return percent(share, digits);
}

// A share that was counted is all or nothing only where it is.
export function counted(share, digits = 0) {
	const least = 10 ** -(digits + 2);
	if (share > 0 && share < least / 2) return `<\u00a0${percent(least, digits)}`;
	if (share < 1 && share >= 1 - least / 2) return `>\u00a0${percent(1 - least, digits)}`;
	return percent(share, digits);
}

export function number(value, digits = 2) {
	const shown = Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value;
	return formatted(shown, { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
}

const raised = (power) => `${power}`.replace("-", "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]);

export const tenTo = (power) => `10${raised(power)}`;

// A number that may be small, with three digits that say something: 1.23, 0.0123, 1.23 × 10⁻⁵.
export function small(value) {
	const size = Math.abs(value);
	if (size === 0) return number(0, 0);
	const power = Math.floor(Math.log10(size));
	if (power >= -3) return number(value, Math.max(0, 2 - Math.min(power, 0) - (power > 0 ? 1 : 0)));
	return `${number(value / 10 ** power, 2)}\u00a0×\u00a0${tenTo(power)}`;
}

export const whole = (value) => formatted(value, {});

// With as many digits as it has, three at most.
export const exact = (value) => formatted(value, { maximumFractionDigits: 3 });

// A day, written as in 2026-11-27.
export const day = (written) => new Intl.DateTimeFormat(language(), { dateStyle: "long", timeZone: "UTC" }).format(new Date(written));

// A number as a field holds it, and what was written there, NaN where that is none: either sign parts decimals, for people
// copy them from anywhere.
export const inField = (value) => formatted(value, { useGrouping: false, maximumFractionDigits: 9 });
export const fromField = (words) => (words.trim() === "" ? NaN : Number(words.trim().replace(",", ".")));

// What stands between a number and its per-cent sign.
const apart = () => new Intl.NumberFormat(language(), { style: "percent" }).formatToParts(0).find(({ type }) => type === "literal");

// A number that was written, in a unit.
export function inUnit(words, unit) {
	const between = unit === "°" ? "" : unit === "%" ? (apart()?.value ?? "") : "\u00a0";
	return `${words.replace("-", "−")}${between}${unit}`;
}
