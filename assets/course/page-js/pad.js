// A pad to draw on: mouse, finger or pen. `onStroke(strokes)` is called after each stroke; gives a function that clears it.
// A stroke is a list of points [x, y], in the canvas's pixels.
function startPad(canvas, onStroke) {
	const brush = canvas.getContext("2d");
	let strokes = [];

	function clear() {
		strokes = [];
		brush.fillStyle = "white";
		brush.fillRect(0, 0, canvas.width, canvas.height);
	}

	function at({ offsetX, offsetY }) {
		const scale = canvas.width / canvas.clientWidth;
		return [Math.round(offsetX * scale), Math.round(offsetY * scale)];
	}

	function draw([x, y]) {
		brush.lineTo(x, y);
		brush.stroke();
		strokes.at(-1).push([x, y]);
	}

	canvas.addEventListener("pointerdown", (event) => {
		canvas.setPointerCapture(event.pointerId);
		Object.assign(brush, { lineWidth: canvas.width / 14, lineCap: "round", lineJoin: "round", strokeStyle: "black" });
		strokes.push([]);
		brush.beginPath();
		draw(at(event));
	});
	canvas.addEventListener("pointermove", (event) => event.buttons && draw(at(event)));
	canvas.addEventListener("pointerup", () => onStroke(strokes));
	clear();
	return clear;
}
