// Shares against a strength: one line a network, on top of how its test digits fare.

const CHART = { narrow: 300, wide: 820, height: 300, left: 44, right: 12, top: 12, bottom: 40 };

// lines: [{model, strengths, shares, dashed, mark}], where a mark is a place on the line.
function chart(name, lines, words) {
	const { minimum, maximum, neutral } = bends[name];
	const { narrow, wide, height, left, right, top, bottom } = CHART;
	const width = Math.min(wide, Math.max(narrow, panel.clientWidth)); // so that its words are as large as the page's
	const x = (strength) => left + ((strength - minimum) / (maximum - minimum)) * (width - left - right);
	const y = (share) => top + (1 - share) * (height - top - bottom);
	const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words });
	for (const share of [0, 0.25, 0.5, 0.75, 1]) {
		drawing.append(svg("line", { class: "grid", x1: left, x2: width - right, y1: y(share), y2: y(share) }));
		drawing.append(svg("text", { x: left - 6, y: y(share) + 4, "text-anchor": "end" }, percent(share)));
	}
	for (let part = 0; part <= 4; part++) {
		const strength = minimum + (part / 4) * (maximum - minimum);
		const anchor = ["start", "middle", "middle", "middle", "end"][part];
		drawing.append(svg("text", { x: x(strength), y: height - bottom + 20, "text-anchor": anchor }, amount(name, strength)));
	}
	drawing.append(svg("line", { class: "neutral", x1: x(neutral), x2: x(neutral), y1: top, y2: height - bottom }));
	for (const { model, strengths, shares, dashed } of lines) {
		const points = strengths.map((strength, at) => `${x(strength).toFixed(1)},${y(shares[at]).toFixed(1)}`).join(" ");
		drawing.append(svg("polyline", { class: dashed ? "line test" : "line", points, style: `stroke: ${colourOf(model)}` }));
	}
	for (const { model, strengths, shares, mark } of lines) {
		if (mark === undefined || mark < 0) continue;
		drawing.append(svg("circle", { class: "mark", cx: x(strengths[mark]), cy: y(shares[mark]), r: 5, style: `fill: ${colourOf(model)}` }));
	}
	return drawing;
}
