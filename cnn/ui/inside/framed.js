// A picture with a frame on it, which the mouse, a finger or the arrow keys move; it says which place it was moved to.

import { made } from "../web/dom.js";
import { paintValues, picture } from "../web/paint.js";
import { say } from "../web/say.js";

// `onPoint(row, column)` is told of the pixel pointed at, `onStep(down, across)` of an arrow key; without, it stands still.
export function framed(label, onPoint, onStep) {
	const canvas = picture([0], [1, 1], {}, label);
	const mark = made("i", { className: "mark" });
	const holder = made("div", { className: "framed" }, canvas, mark);
	const paint = (values, [rows, columns], how, { row, column, height, width }) => {
		paintValues(canvas, values, [rows, columns], how);
		Object.assign(mark.style, {
			top: `${(100 * row) / rows}%`,
			left: `${(100 * column) / columns}%`,
			height: `${(100 * height) / rows}%`,
			width: `${(100 * width) / columns}%`,
		});
	};
	if (!onPoint) return { holder, paint };
	const point = (event) => {
		const box = canvas.getBoundingClientRect();
		const [across, down] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
		onPoint(Math.floor(down * canvas.height), Math.floor(across * canvas.width));
	};
	Object.assign(holder, { tabIndex: 0 }).classList.add("movable");
	holder.setAttribute("role", "application");
	holder.setAttribute("aria-label", say("inside.move", { picture: label }));
	holder.addEventListener("pointermove", point);
	holder.addEventListener("pointerdown", point);
	holder.addEventListener("keydown", (event) => {
		const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
		if (!step) return;
		event.preventDefault();
		onStep(...step);
	});
	return { holder, paint };
}

// The place on a map of `shape` that is worked out: the one chosen, or, where none is, the brightest.
export function placeOn({ values, shape: [rows, columns] }, { row, column }) {
	const most = values.indexOf(Math.max(...values));
	const within = (index, count) => Math.max(0, Math.min(count - 1, index));
	return { row: within(row ?? Math.floor(most / columns), rows), column: within(column ?? most % columns, columns) };
}
