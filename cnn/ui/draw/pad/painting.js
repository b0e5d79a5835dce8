// Strokes on a canvas. A stroke is {points, path, hand}: `path` is the smooth line through its points, made
// as they come; `hand` counts the pen's landings, so that undo takes back all that one landing drew.

const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

export function begun(point, hand) {
	const stroke = { points: [], path: new Path2D(), hand };
	extend(stroke, point);
	return stroke;
}

// Quadratic curves from middle to middle, with the points as handles, have no corners.
export function extend(stroke, point) {
	const last = stroke.points.at(-1);
	if (last === undefined) stroke.path.moveTo(...point);
	else stroke.path.quadraticCurveTo(...last, ...middle(last, point));
	stroke.points.push(point);
}

export function whole(points, hand) {
	const stroke = begun(points[0], hand);
	for (const point of points.slice(1)) extend(stroke, point);
	return stroke;
}

function paintStroke(context, { points, path }) {
	const [before, last] = [points.at(-2) ?? points[0], points.at(-1)];
	context.stroke(path);
	context.beginPath();
	context.moveTo(...middle(before, last));
	context.lineTo(last[0], last[1] + (points.length === 1 ? 0.01 : 0));
	context.stroke();
}

// The canvas takes the size it is shown at, in the screen's own pixels; strokes stay on their grid.
export function paint(canvas, strokes, [width, height], pen) {
	const [across, down] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * window.devicePixelRatio));
	if (across === 0) return;
	if (canvas.width !== across) canvas.width = across;
	if (canvas.height !== down) canvas.height = down;
	const context = canvas.getContext("2d");
	context.setTransform(across / width, 0, 0, down / height, 0, 0);
	context.clearRect(0, 0, width, height);
	context.lineCap = context.lineJoin = "round";
	context.lineWidth = pen;
	context.strokeStyle = getComputedStyle(canvas).color;
	for (const stroke of strokes) paintStroke(context, stroke);
}

// A small picture of a drawing, for the button that puts it on the pad.
export function thumbnail(strokes, [width, height]) {
	const lines = strokes.map((points) => `M${points.map((point) => point.map(Math.round).join(" ")).join("L")}`);
	return `<svg viewBox="0 0 ${width} ${height}" aria-hidden="true"><path d="${lines.join("")}"/></svg>`;
}
