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
			cell.style.color = 0.3 * red + 0.59 * green + 0.11 * blue > 140 ? "#111" : "#fff";
			row.append(cell);
		}
		table.append(row);
	}
	return figure(table, name);
}

export const sign = (textContent) => made("b", { className: "sign", textContent });
