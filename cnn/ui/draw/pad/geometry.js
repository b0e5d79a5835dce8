// Pen strokes as numbers: points on a grid, [width, height], y down. Knows no canvas and no page.

// Points closer than this to the line through their neighbours say nothing about a digit.
const TOLERANCE = 0.7;
const SHORTEST = 6; // bytes of a point that is written [1,2], with its comma

export const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
export const inside = (point, grid) => point.every((part, axis) => part >= 0 && part <= grid[axis]);

function offLine(point, from, to) {
	const span = distance(from, to);
	if (span === 0) return distance(point, from);
	const across = (to[0] - from[0]) * (from[1] - point[1]) - (from[0] - point[0]) * (to[1] - from[1]);
	return Math.abs(across) / span;
}

// Where the way from a point on the pad to a point off it crosses the edge.
export function edge(within, beyond, grid) {
	const reach = (part, axis) => {
		const step = beyond[axis] - part;
		return step > 0 ? (grid[axis] - part) / step : step < 0 ? -part / step : 1;
	};
	const share = Math.min(1, ...within.map(reach));
	return within.map((part, axis) => part + share * (beyond[axis] - part));
}

// A part of a stroke and, between its ends, the point that lies farthest off the line through them.
function span(at, points, from, to) {
	let [far, most] = [-1, -1];
	for (let index = from + 1; index < to; index++) {
		const off = offLine(points[index], points[from], points[to]);
		if (off > most) [far, most] = [index, off];
	}
	return { at, from, to, far, most };
}

// The points of a drawing as [stroke, index], those that matter most first: the ends of every stroke, the longest
// stroke's before a speck's, then always the one that lies farthest off what is there (Douglas and Peucker 1973).
function ranked(strokes, limit) {
	const extent = (points) => Math.max(...points.map((point) => distance(point, points[0])));
	const order = strokes.map((points, at) => ({ at, last: points.length - 1, extent: extent(points) }));
	order.sort((a, b) => b.extent - a.extent);
	const ranks = order.flatMap(({ at, last }) => (last > 0 ? [[at, 0], [at, last]] : [[at, 0]]));
	const spans = strokes.map((points, at) => span(at, points, 0, points.length - 1));
	while (ranks.length < limit) {
		const next = spans.reduce((best, one, index) => (one.most > (spans[best]?.most ?? TOLERANCE) ? index : best), -1);
		if (next < 0) break;
		const { at, from, far, to } = spans[next];
		ranks.push([at, far]);
		spans.splice(next, 1, span(at, strokes[at], from, far), span(at, strokes[at], far, to));
	}
	return ranks;
}

// The drawing as the server reads it: the points that matter most, as many as the budget, in bytes, holds. Made compact
// once more, as what a link shows is, it stays the same: points are whole before they are weighed.
export function compact(drawn, [width, height], budget) {
	const strokes = drawn.map((points) => points.map((point) => point.map(Math.round)));
	const ranks = ranked(strokes, budget / SHORTEST);
	const keep = (count) => {
		const kept = strokes.map(() => []);
		for (const [at, index] of ranks.slice(0, count)) kept[at].push(index);
		const points = (indices, at) => indices.sort((a, b) => a - b).map((index) => strokes[at][index]);
		return { strokes: kept.map(points).filter((stroke) => stroke.length > 0), width, height };
	};
	if (JSON.stringify(keep(ranks.length)).length <= budget) return keep(ranks.length);
	let [fits, over] = [0, ranks.length];
	while (over - fits > 1) {
		const middle = (fits + over) >> 1;
		if (JSON.stringify(keep(middle)).length <= budget) fits = middle;
		else over = middle;
	}
	return keep(fits);
}

// A drawing as a word of an address: two signs a number, a dot between strokes; and back, null for any other word.
const BASE = 36;
export const written = (strokes) =>
	strokes.map((points) => points.flat().map((part) => part.toString(BASE).padStart(2, "0")).join("")).join(".");

export function deciphered(word, grid) {
	if (!/^([0-9a-z]{4})+(\.([0-9a-z]{4})+)*$/i.test(word ?? "")) return null;
	const point = (signs) => grid.map((most, axis) => Math.min(most, parseInt(signs.slice(2 * axis, 2 * axis + 2), BASE)));
	return word.split(".").map((stroke) => stroke.match(/.{4}/g).map(point));
}

// A drawing made on any pad, in the middle of ours.
export function fitted(value, [across, down]) {
	const [width, height] = [value?.width || across, value?.height || down];
	const scale = Math.min(across / width, down / height);
	const [left, top] = [(across - scale * width) / 2, (down - scale * height) / 2];
	const strokes = (value?.strokes ?? []).filter((points) => points.length > 0);
	return strokes.map((points) => points.map(([x, y]) => [left + x * scale, top + y * scale]));
}
