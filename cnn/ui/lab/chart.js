// Lines over steps.

import { svg } from "../web/dom.js";

const SIZE = { width: 340, height: 150, left: 40, right: 10, top: 8, bottom: 22 };

// Lines [{kind, points: [[x, y], ...], dot, colour}] over x from 0 to `right`, y from `bottom` to `top`; `ticks` are [x, words].
export function chart(lines, { right, top, bottom = 0, ticks, write, label, cursor = null }) {
	const x = (at) => SIZE.left + (at / (right || 1)) * (SIZE.width - SIZE.left - SIZE.right);
	const y = (value) => SIZE.top + (1 - (Math.max(bottom, Math.min(top, value)) - bottom) / (top - bottom)) * (SIZE.height - SIZE.top - SIZE.bottom);
	const drawing = svg("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", class: "chart", "aria-label": label });
	for (const share of [0, 0.5, 1]) {
		const value = bottom + share * (top - bottom);
		drawing.append(svg("path", { class: "mesh", d: `M${SIZE.left} ${y(value)}H${SIZE.width - SIZE.right}` }));
		drawing.append(svg("text", { x: SIZE.left - 6, y: y(value) + 4, "text-anchor": "end" }, write(value)));
	}
	for (const [at, words] of ticks) drawing.append(svg("text", { x: x(at), y: SIZE.height - 6, "text-anchor": at === right ? "end" : "middle" }, words));
	if (cursor !== null) drawing.append(svg("path", { class: "cursor", d: `M${x(cursor)} ${SIZE.top}V${SIZE.height - SIZE.bottom}` }));
	for (const { kind, points, dot, colour } of lines) {
		const style = colour ? { style: `--own: ${colour}` } : {};
		drawing.append(svg("polyline", { class: `line ${kind}`, ...style, points: points.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ") }));
		if (dot) drawing.append(svg("circle", { class: `dot ${kind}`, ...style, cx: x(dot[0]), cy: y(dot[1]), r: 4 }));
	}
	return drawing;
}
