// The pad: the pen draws, and what is drawn goes to the server while the pen moves.

import { note, noted } from "../../web/address.js";
import { calm, onTheme } from "../../web/dom.js";
import { recall, remember } from "../../web/memory.js";
import { paintInk } from "../../web/paint.js";
import { onLanguage, say, translate } from "../../web/say.js";
import { get, set, subscribe } from "../../web/store.js";
import { answerWords } from "../../web/views.js";
import { compact, deciphered, distance, edge, fitted, inside, written } from "./geometry.js";
import { begun, extend, paint, thumbnail, whole } from "./painting.js";

const PACE = 80; // milliseconds between messages
const PATIENCE = 3000; // milliseconds in which an answer comes; longer, and the message was lost
const PLAY = 600; // milliseconds an example takes to draw itself
const GREETING = { label: 7, style: "crossed seven", milliseconds: 1600 }; // the example that greets who comes first
const GREETED = "digit-greeted"; // whether the visitor has drawn here
const SPECK = 0.4; // grid units; shorter moves say nothing
const STRIDE = 10; // grid units an arrow key moves the pen; a fifth of them with Shift
// Thirds of the sheet, from left to right and down.
const PLACES = ["top_left", "top", "top_right", "left", "middle", "right", "bottom_left", "bottom", "bottom_right"];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// What is drawn here: `settings` stay with the browser, the `drawing` with the tab, through a reload; a `note` of it stands in
// the address. A whole request of a digit stays below 500 bytes; Gradio's envelope around the strokes takes about 110 of
// them. Each digit of a number has as many points as it needs: thirty of them stay below its `budget`.
const DIGIT = { name: "pad", pen: 15, budget: 360, settings: "digit-pad", drawing: "digit-pad-drawing", note: "drawing" };
const NUMBER = { name: "pad-number", pen: 9, budget: 16_384, settings: "digit-pad-numbers", drawing: "digit-pad-number", note: "number" };

// `follows`, `number`, `grid` and `instead` as the class Pad has them.
export default function start({ element, trigger, props, watch }, { examples, follows, number, grid, instead }) {
	const kind = number ? NUMBER : DIGIT;
	const board = element.querySelector(".board");
	const canvas = element.querySelector("canvas");
	const settings = { width: kind.pen, guide: true, ...recall("localStorage", kind.settings) };

	let still = follows !== null; // a picture of the digit, until the visitor wants to change it; one line of a phone has room for that
	let greeting = false; // the pad draws by itself, until the visitor does something
	let strokes = [];
	let cleared = []; // what the last clearing took, until something new is drawn; or what a fresh sheet took away
	let hands = 0;
	let pen = null; // {id, type, at, stroke}; stroke is null while the pen is off the pad
	let cursor = null; // where the keyboard's pen is, once it was moved
	let touched = 0; // how many of the sheet's edges it is at
	const held = new Set(); // the arrow keys that are down: two of them go aslant
	let playing = 0; // the animation frame of an example that draws itself
	let played = [];
	let frame = 0;
	let timer;
	let posted = 0;
	let sent = JSON.stringify(props.value);
	let answered = ""; // the drawing of the last answer
	let waiting;

	// ------------------------------------------------------------------ showing and sending

	const points = () => strokes.map((stroke) => stroke.points);
	const compacted = () => compact(points(), grid, kind.budget);
	const strokesOf = (drawing) => drawing.map((stroke) => whole(stroke, ++hands));

	function show() {
		const blank = strokes.length === 0;
		board.classList.toggle("blank", blank);
		if (!follows) set("blank", { ...get("blank"), [kind.name]: blank }); // at once: an answer is for a blank pad, or is not
		frame ||= requestAnimationFrame(() => {
			frame = 0;
			const picture = still ? (get("picture") ?? instead ?? example()) : null;
			board.classList.toggle("pixels", picture !== null);
			if (picture !== null) paintInk(canvas, picture);
			else paint(canvas, strokes, grid, settings.width);
			enable("undo", strokes.length + cleared.length > 0);
			enable("clear", strokes.length > 0);
		});
	}

	// Before anything is drawn, the station beside looks at an example.
	const example = () => (strokes.length === 0 ? get("says")[follows]?.picture : null) ?? null;

	// What is said of the digit: by the station beside, or else by the first one, where it read this very digit.
	function saidOf() {
		const read = get("read");
		const same = get("picture") === null ? JSON.stringify(read?.strokes?.strokes) === JSON.stringify(get("drawing")?.sent?.strokes) : read?.pixels === get("picture");
		return get("says")[follows]?.prediction ?? (read?.probabilities && same ? read : null);
	}

	function showSaid() {
		const prediction = saidOf();
		const { digit, verdict } = prediction ? answerWords(prediction) : { digit: "", verdict: "" };
		board.querySelector(".said b").textContent = digit;
		board.querySelector(".said span").textContent = verdict;
		show();
	}

	// A button that can do nothing more hands the keyboard on to the pad.
	function enable(act, can) {
		if (!can && document.activeElement === button(act)) canvas.focus();
		button(act).disabled = !can;
	}

	function send() {
		clearTimeout(timer);
		[timer, posted] = [0, performance.now()];
		const value = message(pen === null && playing === 0);
		if (JSON.stringify(value) === sent) return;
		sent = JSON.stringify(value);
		props.value = value;
		if (!number) {
			set("picture", null);
			set("drawing", { from: element, strokes: points(), sent: value });
		}
		ask();
		if (!follows) expectAnswer(value.strokes);
	}

	// Where a network of the visitor's own reads, what is sent says which, and goes a way of its own.
	const reader = () => (follows || number ? null : get("reader"));
	const message = (lifted) => ({ ...compacted(), lifted, ...(reader() && { reader: reader() }) });
	const ask = () => trigger(reader() ? "select" : "input");

	// A message can be lost: on its way, or in Gradio, which does not listen before the page stands. It is sent once more.
	function expectAnswer(drawing) {
		const wanted = JSON.stringify(drawing);
		clearTimeout(waiting);
		waiting = setTimeout(() => answered !== wanted && ask(), PATIENCE);
	}

	// One drawing for all pads of the page: what another one sends is shown here, and sent by that one alone.
	function follow({ from = null, strokes: shared }) {
		if (from === element) return;
		settle();
		drop();
		strokes = strokesOf(shared);
		sent = JSON.stringify(message(true));
		show();
	}

	// What a link shows, or else what was drawn before.
	const drawn = () => deciphered(noted()[kind.note], grid) ?? recall("sessionStorage", kind.drawing) ?? [];

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
		if (greeting) return;
		remember("sessionStorage", kind.drawing, points());
		note({ [kind.note]: written(compacted().strokes), test: "" });
	}

	// ------------------------------------------------------------------ the pen

	function place(event) {
		const box = canvas.getBoundingClientRect();
		return [((event.clientX - box.left) / box.width) * grid[0], ((event.clientY - box.top) / box.height) * grid[1]];
	}

	function land(event) {
		// A pen outranks the palm that landed before it; any other second pointer is ignored.
		const palm = pen?.type === "touch" && event.pointerType === "pen";
		if (still || event.button !== 0 || (pen && !palm && pen.type !== "keyboard")) return;
		if (palm) undo();
		if (pen?.type === "keyboard") drop();
		canvas.setPointerCapture(event.pointerId);
		setDown(place(event), event.pointerId, event.pointerType);
	}

	// What was judged is done with: the next stroke has a fresh sheet, and undo brings the old one back.
	function setDown(at, id, type) {
		welcome();
		stop();
		const done = !follows && !number && get("judged") === JSON.stringify(compacted().strokes);
		cleared = done ? strokes : [];
		if (done) strokes = [];
		pen = { id, type, at, stroke: begun(at, ++hands) };
		strokes.push(pen.stroke);
		set("pen", true);
		show();
		sendSoon();
		if (type === "keyboard") tell(done ? "fresh" : "down");
	}

	// A stroke ends at the edge of the pad, and a new one begins where the pen comes back.
	function move(point) {
		if (distance(point, pen.at) < SPECK) return;
		if (pen.stroke && inside(point, grid)) {
			extend(pen.stroke, point);
		} else if (pen.stroke) {
			extend(pen.stroke, edge(pen.stroke.points.at(-1), point, grid));
			pen.stroke = null;
		} else if (inside(point, grid)) {
			pen.stroke = begun(edge(point, pen.at, grid), hands);
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
		if (!pen) return;
		pen = null;
		set("pen", false);
		showCursor();
	}

	// ------------------------------------------------------------------ the keyboard's pen

	const centre = () => grid.map((side) => side / 2);

	// Said aloud, with the place of the pen.
	function tell(what) {
		const [column, row] = cursor.map((place, axis) => Math.floor((3 * place) / grid[axis]));
		board.querySelector(".aloud").textContent = say(`pad.${what}`, { place: say(`pad.place.${PLACES[3 * row + column]}`) });
	}

	function steer(stride) {
		const ways = [...held].map((key) => ARROWS[key]);
		const to = cursor.map((from, axis) => from + stride * ways.reduce((sum, way) => sum + way[axis], 0));
		cursor = to.map((place, axis) => Math.max(0, Math.min(grid[axis] - 1, place)));
		const edges = cursor.filter((place, axis) => place === 0 || place === grid[axis] - 1).length;
		if (edges > touched) tell("edge");
		touched = edges;
		if (pen?.type !== "keyboard") return;
		move(cursor);
		show();
		sendSoon();
	}

	// Arrows move the pen; Space sets it down and lifts it. Tells whether the key was one of these.
	function typed({ key, shiftKey }) {
		if (key !== " " && !ARROWS[key]) return false;
		cursor ??= centre();
		if (ARROWS[key]) {
			held.add(key);
			steer(shiftKey ? STRIDE / 5 : STRIDE);
		} else if (pen) {
			lift({ pointerId: "keyboard" });
			tell("up");
		} else setDown(cursor, "keyboard", "keyboard");
		showCursor();
		return true;
	}

	function showCursor() {
		const mark = /** @type {HTMLElement} */ (board.querySelector(".cursor"));
		mark.hidden = cursor === null || document.activeElement !== canvas;
		mark.classList.toggle("down", pen?.type === "keyboard");
		if (cursor) [mark.style.left, mark.style.top] = cursor.map((place, axis) => `${(100 * place) / grid[axis]}%`);
	}

	function recentre() {
		[cursor, touched] = [centre(), 0];
		showCursor();
		tell("cleared");
	}

	function letGo() {
		held.clear();
		lift({ pointerId: "keyboard" });
		showCursor();
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
			if (cursor) recentre();
		},
		guide: () => adjust({ guide: !settings.guide }),
		change: () => {
			hold(!still);
			if (!still) canvas.focus({ preventScroll: true });
		},
	};

	// Still: the page scrolls over the digit, and no pen changes it. A picture that is to change makes place for a drawing.
	function hold(next) {
		if (!next && get("picture") !== null) strokes = [];
		still = next;
		board.classList.toggle("still", still);
		canvas.tabIndex = still ? -1 : 0;
		canvas.setAttribute("role", still ? "img" : "application");
		canvas.dataset.label = still ? "pad.still" : number ? "pad.canvas_number" : "pad.canvas";
		button("change").setAttribute("aria-expanded", !still);
		button("change").querySelector("span").dataset.text = still ? "pad.change" : "pad.done";
		translate(element);
		show();
	}

	function act(name) {
		if (name === "undo" || name === "clear") welcome();
		stop();
		drop();
		acts[name]();
	}

	function adjust(change) {
		Object.assign(settings, change);
		remember("localStorage", kind.settings, settings);
		board.classList.toggle("guided", settings.guide);
		button("guide").setAttribute("aria-pressed", settings.guide);
		for (const choice of board.querySelectorAll(".pens input")) choice.checked = Number(choice.value) === settings.width;
		show();
	}

	function press(event) {
		if (!still && event.target === canvas && typed(event)) return event.preventDefault();
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
	function play(drawing, milliseconds = PLAY) {
		stop();
		cleared = [];
		hands += 1;
		played = drawing.map((points) => whole(points, hands));
		if (calm()) return redraw(played);
		const total = drawing.flat().length;
		const started = performance.now();
		const step = (now) => {
			const share = Math.min(1, Math.max(0, now - started) / milliseconds);
			playing = share < 1 ? requestAnimationFrame(step) : 0;
			redraw(share < 1 ? beginning(drawing, Math.ceil(share * total)) : played, share < 1);
		};
		playing = requestAnimationFrame(step);
	}

	// The visitor's own hand: what the pad drew by itself makes place.
	function welcome() {
		if (!follows) remember("localStorage", GREETED, true);
		if (!greeting) return;
		settle();
		strokes = [];
	}

	function settle() {
		stop();
		greeting = false;
		board.classList.remove("greeting");
	}

	function beginning(drawing, count) {
		const parts = [];
		for (const points of drawing) {
			if (count > 0) parts.push(whole(points.slice(0, count), hands));
			count -= points.length;
		}
		return parts;
	}

	// Who comes first sees a digit written and read, until they do something.
	function greet() {
		const { label, style, milliseconds } = GREETING;
		const example = examples.find((one) => one.label === label && one.style === style);
		if (!example || number || recall("localStorage", GREETED) || !canvas.offsetParent) return;
		greeting = true;
		board.classList.add("greeting");
		play(fitted(example.strokes, grid), milliseconds);
	}

	function offer(example) {
		const choice = document.createElement("button");
		const drawing = fitted(example.strokes, grid);
		choice.type = "button";
		choice.dataset.label = "pad.example";
		choice.dataset.digit = example.label;
		choice.innerHTML = thumbnail(drawing, grid);
		choice.addEventListener("click", () => {
			welcome();
			play(drawing);
		});
		board.querySelector(".examples .row").append(choice);
	}

	// A follower, which comes with its tab, shows what is drawn already; another pad has sent it.
	function receive() {
		if (follows) return follow({ strokes: drawn() });
		settle();
		drop();
		sent = JSON.stringify(props.value);
		strokes = strokesOf(fitted(props.value, grid));
		show();
	}

	// ------------------------------------------------------------------ wiring

	canvas.addEventListener("pointerdown", land);
	canvas.addEventListener("pointermove", drag);
	for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(end, lift);
	canvas.addEventListener("contextmenu", (event) => event.preventDefault());
	board.addEventListener("keydown", press);
	canvas.addEventListener("keyup", ({ key }) => held.delete(key));
	canvas.addEventListener("blur", letGo);
	for (const name of Object.keys(acts)) button(name).addEventListener("click", () => act(name));
	for (const choice of board.querySelectorAll(".pens input")) {
		choice.name = `pen-${element.id}`;
		choice.addEventListener("change", () => adjust({ width: Number(choice.value) }));
	}

	if (!follows && !number) set("examples", examples.map((one) => JSON.stringify(compact(fitted(one.strokes, grid), grid, kind.budget).strokes)));
	if (number) subscribe("asNumber", ({ drawing }) => redraw(strokesOf(fitted(drawing, grid))));
	else subscribe("drawing", follow);
	subscribe("read", (value) => {
		if (value?.source === kind.name) answered = JSON.stringify(value.strokes?.strokes ?? value.strokes ?? []);
	});
	subscribe("picture", show);
	// Whoever changes it asks for what it says of the same drawing.
	subscribe("reader", () => {
		if (follows || number) return;
		props.value = message(true);
		sent = JSON.stringify(props.value);
	});
	if (follows) for (const key of ["says", "read", "drawing"]) subscribe(key, showSaid);
	new ResizeObserver(show).observe(canvas);
	onTheme(show);
	watch("value", receive);

	for (const example of examples) offer(example);
	board.querySelector(".examples").hidden = examples.length === 0;
	board.classList.toggle("number", number);
	board.classList.toggle("follower", still);
	board.classList.toggle("penless", instead !== null);
	board.style.setProperty("--examples", examples.length);
	hold(still);
	onLanguage(() => {
		translate(element);
		showSaid();
	});
	receive();
	adjust({});
	// Gradio listens once the page stands.
	if (!follows && strokes.length === 0) setTimeout(() => (drawn().length > 0 ? redraw(strokesOf(drawn())) : greet()));
}
