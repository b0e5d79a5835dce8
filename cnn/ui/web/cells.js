// Numbers in cells, each in its colour, and what stands between two such tables.

import { figure, made } from "./dom.js";
import { number } from "./numbers.js";
import { shade } from "./paint.js";

// Values in rows of `width`, called `name`; whole numbers stand without digits.
export function grid(values, [, width], name, signed, limit, digits = 2) {
	const table = made("table", { className: "cells" });
	table.setAttribute("aria-label", name);
	const whole_numbers = values.every(Number.isInteger);
	for (let start = 0; start < values.length; start += width) {
		const row = made("tr");
		for (const value of values.slice(start, start + width)) {
			const cell = made("td", { textContent: number(value, whole_numbers ? 0 : digits) });
			const [red, green, blue] = shade(value, limit, signed).map(Math.round);
			cell.style.background = `rgb(${red} ${green} ${blue})`;
			cell.style.color = legibleOn(red, green, blue);
			row.append(cell);
		}
		table.append(row);
	}
	return figure(table, name);
}

const DARK = "#000";
const LIGHT = "#fff";
const EVEN = 0.179; // the luminance on which both are as legible, by 4.58

// The text colour with the larger contrast by WCAG's relative luminance: 4.5 at the least, as AA asks.
function legibleOn(...rgb) {
	const [red, green, blue] = rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue > EVEN ? DARK : LIGHT;
}

export const sign = (textContent) => made("b", { className: "sign", textContent });
