// Pen strokes as numbers: points on a SIDE x SIDE grid, y down. Knows no canvas and no page.

const SIDE = 280;
// A whole request stays below 500 bytes; Gradio's envelope around the strokes takes about 110 of them.
const BUDGET = 360;
// Points closer than this to the line through their neighbours say nothing about a digit.
const TOLERANCE = 0.7;
const KEPT = 1e6;

const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
const inside = (point) => point.every((part) => part >= 0 && part <= SIDE);

function offLine(point, from, to) {
	const span = distance(from, to);
	if (span === 0) return distance(point, from);
	const across = (to[0] - from[0]) * (from[1] - point[1]) - (from[0] - point[0]) * (to[1] - from[1]);
	return Math.abs(across) / span;
}

// Where the way from a point on the pad to a point off it crosses the edge.
function edge(within, beyond) {
	const reach = (part, axis) => {
		const step = beyond[axis] - part;
		return step > 0 ? (SIDE - part) / step : step < 0 ? -part / step : 1;
	};
	const share = Math.min(1, ...within.map(reach));
	return within.map((part, axis) => part + share * (beyond[axis] - part));
}

// The point between two others that lies farthest off the line through them, and how far.
function farthest(points, from, to) {
	let [far, most] = [-1, -1];
	for (let at = from + 1; at < to; at++) {
		const off = offLine(points[at], points[from], points[to]);
		if (off > most) [far, most] = [at, off];
	}
	return [far, most];
}

// The tolerance up to which Ramer-Douglas-Peucker keeps each point. Both ends outrank every other point,
// and those of a long stroke outrank those of a speck.
function ranks(points) {
	const rank = new Array(points.length).fill(0);
	const last = points.length - 1;
	const extent = Math.max(...points.map((point) => distance(point, points[0])));
	rank[0] = rank[last] = KEPT + extent;
	const spans = [[0, last]];
	while (spans.length > 0) {
		const [from, to] = spans.pop();
		const [far, most] = farthest(points, from, to);
		if (far < 0) continue;
		rank[far] = Math.min(most, rank[from], rank[to]);
		spans.push([from, far], [far, to]);
	}
	return rank;
}

// The drawing as the server reads it: the points that matter most, as many as the budget holds.
function compact(strokes) {
	const ranked = strokes.map((points) => ranks(points));
	const keep = (tolerance) => ({
		strokes: strokes
			.map((points, at) => points.filter((_, index) => ranked[at][index] >= tolerance))
			.map((points) => points.map((point) => point.map(Math.round)))
			.filter((points) => points.length > 0),
		width: SIDE,
		height: SIDE,
	});
	const steps = [...new Set(ranked.flat())].filter((rank) => rank >= TOLERANCE).sort((a, b) => b - a);
	let [fits, over] = [0, steps.length];
	while (over - fits > 1) {
		const middle = (fits + over) >> 1;
		if (JSON.stringify(keep(steps[middle])).length <= BUDGET) fits = middle;
		else over = middle;
	}
	return keep(steps[fits] ?? TOLERANCE);
}

// A drawing made on any pad, on ours.
function fitted(value) {
	const scale = SIDE / Math.max(value?.width || SIDE, value?.height || SIDE);
	const strokes = (value?.strokes ?? []).filter((points) => points.length > 0);
	return strokes.map((points) => points.map(([x, y]) => [x * scale, y * scale]));
}
