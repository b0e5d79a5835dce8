// The pad: the pen draws, and what is drawn goes to the server while the pen moves.

const PACE = 80; // milliseconds between messages
const PLAY = 600; // milliseconds an example takes to draw itself
const SPECK = 0.4; // grid units; shorter moves say nothing
const SETTINGS = NUMBER ? "digit-pad-numbers" : "digit-pad"; // stay with the browser
const DRAWING = NUMBER ? "digit-pad-number" : "digit-pad-drawing"; // stays with the tab, through a reload
const NOTE = NUMBER ? "number" : "drawing"; // in the address
const SHARED_DRAWING = "digit-pad-shared";
const AS_NUMBER = "digit-pad-as-number"; // a drawing of one digit that was several

const board = element.querySelector(".board");
const canvas = element.querySelector("canvas");
const settings = { width: NUMBER ? 9 : 15, guide: true, ...recall("localStorage", SETTINGS) };

let still = FOLLOWS; // a picture of the digit, until the visitor wants to change it
let strokes = [];
let cleared = []; // what the last clearing took, until something new is drawn
let hands = 0;
let pen = null; // {id, type, at, stroke}; stroke is null while the pen is off the pad
let playing = 0; // the animation frame of an example that draws itself
let played = [];
let frame = 0;
let timer = 0;
let posted = 0;
let sent = JSON.stringify(props.value);

// ------------------------------------------------------------------ showing and sending

function show() {
	board.classList.toggle("blank", strokes.length === 0); // at once: an answer is for a blank pad, or is not
	frame ||= requestAnimationFrame(() => {
		frame = 0;
		const picture = still ? sharedPicture() : null;
		board.classList.toggle("pixels", picture !== null);
		if (picture !== null) paintPicture(canvas, picture);
		else paint(canvas, strokes, settings.width);
		enable("undo", strokes.length + cleared.length > 0);
		enable("clear", strokes.length > 0);
	});
}

// A button that can do nothing more hands the keyboard on to the pad.
function enable(act, can) {
	if (!can && document.activeElement === button(act)) canvas.focus();
	button(act).disabled = !can;
}

function send() {
	clearTimeout(timer);
	[timer, posted] = [0, performance.now()];
	const value = compact(strokes.map((stroke) => stroke.points));
	if (JSON.stringify(value) === sent) return;
	sent = JSON.stringify(value);
	props.value = value;
	if (!NUMBER) {
		sharePicture(null);
		window.dispatchEvent(new CustomEvent(SHARED_DRAWING, { detail: { from: element, strokes } }));
	}
	trigger("input");
}

// One drawing for all pads of the page: what another one sends is shown here, and sent by that one alone.
function follow({ detail }) {
	if (detail.from === element) return;
	stop();
	drop();
	strokes = detail.strokes.map((stroke) => whole(stroke.points, ++hands));
	sent = JSON.stringify(compact(strokes.map((stroke) => stroke.points)));
	show();
}

// What a link shows, or else what was drawn before.
const drawn = () => {
	const found = deciphered(noted()[NOTE]) ?? recall("sessionStorage", DRAWING) ?? [];
	return found.map((points) => whole(points, ++hands));
};

function sendSoon() {
	timer ||= setTimeout(send, Math.max(0, posted + PACE - performance.now()));
}

function redraw(next, moving = false) {
	strokes = next;
	show();
	if (moving) return sendSoon();
	keep();
	send();
}

function keep() {
	const points = strokes.map((stroke) => stroke.points);
	remember("sessionStorage", DRAWING, points);
	note({ [NOTE]: written(compact(points).strokes), test: "" });
}

// ------------------------------------------------------------------ the pen

function place(event) {
	const box = canvas.getBoundingClientRect();
	return [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * SIDE];
}

function land(event) {
	// A pen outranks the palm that landed before it; any other second pointer is ignored.
	const palm = pen?.type === "touch" && event.pointerType === "pen";
	if (still || event.button !== 0 || (pen && !palm)) return;
	if (palm) undo();
	stop();
	canvas.setPointerCapture(event.pointerId);
	const at = place(event);
	pen = { id: event.pointerId, type: event.pointerType, at, stroke: begun(at, ++hands) };
	strokes.push(pen.stroke);
	cleared = [];
	board.dataset.drawing = "";
	show();
	sendSoon();
}

// A stroke ends at the edge of the pad, and a new one begins where the pen comes back.
function move(point) {
	if (distance(point, pen.at) < SPECK) return;
	if (pen.stroke && inside(point)) {
		extend(pen.stroke, point);
	} else if (pen.stroke) {
		extend(pen.stroke, edge(pen.stroke.points.at(-1), point));
		pen.stroke = null;
	} else if (inside(point)) {
		pen.stroke = begun(edge(point, pen.at), hands);
		extend(pen.stroke, point);
		strokes.push(pen.stroke);
	}
	pen.at = point;
}

function drag(event) {
	if (event.pointerId !== pen?.id) return;
	// Between two frames a pen reports many positions; all of them make the line smooth.
	const all = event.getCoalescedEvents?.() ?? [];
	for (const one of all.length > 0 ? all : [event]) move(place(one));
	show();
	sendSoon();
}

function lift(event) {
	if (event.pointerId !== pen?.id) return;
	drop();
	keep();
	send();
}

function drop() {
	pen = null;
	delete board.dataset.drawing;
}

// ------------------------------------------------------------------ the tools

const button = (act) => board.querySelector(`[data-act=${act}]`);

function undo() {
	if (strokes.length === 0) return redraw(cleared.splice(0));
	const last = strokes.at(-1)?.hand;
	redraw(strokes.filter((stroke) => stroke.hand !== last));
}

const acts = {
	undo,
	clear: () => {
		if (strokes.length > 0) cleared = strokes;
		redraw([]);
	},
	guide: () => adjust({ guide: !settings.guide }),
	change: () => {
		hold(!still);
		if (!still) canvas.focus({ preventScroll: true });
	},
};

// Still: the page scrolls over the digit, and no pen changes it. A picture that is to change makes place for a drawing.
function hold(next) {
	if (!next && sharedPicture() !== null) strokes = [];
	still = next;
	board.classList.toggle("still", still);
	canvas.tabIndex = still ? -1 : 0;
	canvas.setAttribute("role", still ? "img" : "application");
	canvas.dataset.label = still ? "pad.still" : NUMBER ? "pad.canvas_number" : "pad.canvas";
	button("change").querySelector("span").dataset.text = still ? "pad.change" : "pad.done";
	translate();
	show();
}

function act(name) {
	stop();
	drop();
	acts[name]();
}

function adjust(change) {
	Object.assign(settings, change);
	remember("localStorage", SETTINGS, settings);
	board.classList.toggle("guided", settings.guide);
	button("guide").setAttribute("aria-pressed", settings.guide);
	for (const choice of board.querySelectorAll(".pens input")) choice.checked = Number(choice.value) === settings.width;
	show();
}

function press(event) {
	const undoes = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
	const clears = ["Delete", "Backspace", "Escape"].includes(event.key);
	if (still || (!undoes && !clears)) return;
	event.preventDefault();
	act(undoes ? "undo" : "clear");
}

// ------------------------------------------------------------------ drawings that come from elsewhere

// Whoever does something while an example draws itself finds it drawn.
function stop() {
	if (!playing) return;
	cancelAnimationFrame(playing);
	playing = 0;
	strokes = played;
}

// An example draws itself, so that the answer is seen to change as it does when a person draws.
function play(drawing) {
	stop();
	cleared = [];
	hands += 1;
	played = drawing.map((points) => whole(points, hands));
	if (calm()) return redraw(played);
	const total = drawing.flat().length;
	const started = performance.now();
	const step = (now) => {
		const share = Math.min(1, Math.max(0, now - started) / PLAY);
		redraw(share < 1 ? beginning(drawing, Math.ceil(share * total)) : played, share < 1);
		playing = share < 1 ? requestAnimationFrame(step) : 0;
	};
	playing = requestAnimationFrame(step);
}

function beginning(drawing, count) {
	const parts = [];
	for (const points of drawing) {
		if (count > 0) parts.push(whole(points.slice(0, count), hands));
		count -= points.length;
	}
	return parts;
}

function offer(example) {
	const choice = document.createElement("button");
	const drawing = fitted(example.strokes);
	choice.type = "button";
	choice.dataset.label = "pad.example";
	choice.dataset.digit = example.label;
	choice.innerHTML = thumbnail(drawing);
	choice.addEventListener("click", () => play(drawing));
	board.querySelector(".examples .row").append(choice);
}

// A follower, which comes with its tab, shows what is drawn already; another pad has sent it.
function receive() {
	if (FOLLOWS) return follow({ detail: { strokes: drawn() } });
	stop();
	drop();
	sent = JSON.stringify(props.value);
	strokes = fitted(props.value).map((points) => whole(points, ++hands));
	show();
}

// ------------------------------------------------------------------ wiring

canvas.addEventListener("pointerdown", land);
canvas.addEventListener("pointermove", drag);
for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(end, lift);
canvas.addEventListener("contextmenu", (event) => event.preventDefault());
board.addEventListener("keydown", press);
for (const name of Object.keys(acts)) button(name).addEventListener("click", () => act(name));
for (const choice of board.querySelectorAll(".pens input")) {
	choice.name = `pen-${element.id}`;
	choice.addEventListener("change", () => adjust({ width: Number(choice.value) }));
}

if (!NUMBER) window.addEventListener(SHARED_DRAWING, follow);
else window.addEventListener(AS_NUMBER, ({ detail }) => redraw(fitted(detail).map((points) => whole(points, ++hands))));
onPicture(show);
new ResizeObserver(show).observe(canvas);
new MutationObserver(show).observe(document.body, { attributeFilter: ["class"] }); // light or dark
watch("value", receive);

for (const example of EXAMPLES) offer(example);
board.querySelector(".examples").hidden = EXAMPLES.length === 0;
board.classList.toggle("number", NUMBER);
board.classList.toggle("follower", FOLLOWS);
board.style.setProperty("--examples", EXAMPLES.length);
hold(FOLLOWS);
onLanguage(translate);
receive();
adjust({});
// Gradio listens once the page stands.
if (!FOLLOWS && strokes.length === 0) setTimeout(() => drawn().length > 0 && redraw(drawn()));
