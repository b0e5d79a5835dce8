// The answer panel. Elements are changed in place, so that bars move instead of being made anew.

const DOUBT = 0.6; // below this confidence the answer looks like a guess
const SURE = 0.95;
const CLOSE = 0.3; // below this nothing refused is close to any digit

const EMPTY = { pad: "reading.empty_pad", photo: "reading.empty_photo" };

const panel = element.querySelector(".reading");
const part = (name) => panel.querySelector(`.${name}`);
const bars = Array.from({ length: 10 }, (_, digit) => bar(digit));

function bar(digit) {
	const item = document.createElement("li");
	item.innerHTML = `<span class="share"></span><span class="track"><i></i></span><button type="button">${digit}</button>`;
	item.querySelector("button").addEventListener("click", () => judge(digit));
	part("bars").append(item);
	return item;
}

let shown = props.value; // the answer on show, which need not be the last that came
let taken = null; // the picture whose refused best guess the visitor took

// empty: nothing to read. unread: abstained. taken: so, but the visitor took the best guess. doubtful: a guess. sure: an
// answer.
function stateOf(value) {
	if (!value?.probabilities || value.reason === "blank") return "empty";
	if (value.abstained) return taken === value.pixels ? "taken" : "unread";
	return value.confidence < DOUBT ? "doubtful" : "sure";
}

const close = ({ confidence }) => confidence >= CLOSE;

function runnerUp({ probabilities, best_guess }) {
	const second = Math.max(...probabilities.filter((_, digit) => digit !== best_guess));
	const label = probabilities.findIndex((share, digit) => share === second && digit !== best_guess);
	return { label, share: percent(second) };
}

const states = {
	empty: (value) => {
		const looked = value?.reason === "blank" && value.source === "photo";
		return ["", say(looked ? "reading.no_ink" : EMPTY[value?.source ?? "pad"]), ""];
	},
	unread: (value) => {
		const guess = { label: value.best_guess, share: nearly(value.confidence) };
		return ["?", say(`reading.${value.reason}`), say(close(value) ? "reading.closest" : "reading.nothing_close", guess)];
	},
	taken: (value) => [value.best_guess, say("reading.taken", { label: value.best_guess }), say("reading.refused")],
	doubtful: (value) => [value.label, nearly(value.confidence), say("reading.doubtful", runnerUp(value))],
	sure: (value) => {
		const words = say(value.confidence < SURE ? "reading.likely" : "reading.certain");
		return [value.label, nearly(value.confidence), words];
	},
};

function showBars(value, state) {
	bars.forEach((item, digit) => {
		const share = state === "empty" ? 0 : value.probabilities[digit];
		item.style.setProperty("--share", share);
		item.classList.toggle("best", state !== "empty" && digit === value.best_guess);
		item.querySelector(".share").textContent = share < 0.005 ? "" : nearly(share, 0).replace(/[\s%]/g, "");
		item.setAttribute("aria-label", `${digit}: ${nearly(share, 0)}`);
		item.querySelector("button").setAttribute("aria-label", say("reading.meant", { digit }));
	});
}

const showPixels = (pixels) => paintPicture(part("seen").querySelector("canvas"), pixels);

// What a refusal leaves to the visitor: to take the best guess, and to have several digits read as a number.
function showOffers(value, state) {
	part("take").hidden = state !== "taken" && !(state === "unread" && close(value));
	part("take").textContent = say(state === "taken" ? "reading.untake" : "reading.take", { label: value?.best_guess });
	part("as-number").hidden = state !== "unread" || value.reason !== "several_digits";
}

function take() {
	taken = stateOf(shown) === "taken" ? null : shown.pixels;
	show();
}

// The same drawing, or the same photo, where numbers are read.
function readAsNumber() {
	const { source, strokes } = shown;
	if (source === "pad") window.dispatchEvent(new CustomEvent("digit-pad-as-number", { detail: strokes }));
	const number = document.querySelector("#task input[value=number]");
	number.click();
	number.focus({ preventScroll: true }); // the button that was tapped goes
}

const PAGES = ["step.sent", "step.grey"]; // what a person sent; the other steps are ink alone, 1 where there is most

function showSteps(steps = []) {
	part("steps").hidden = steps.length === 0;
	part("steps").querySelector("ol").replaceChildren(
		...steps.map(({ name, picture }) => {
			const item = document.createElement("li");
			item.className = PAGES.includes(name) ? "" : "ink";
			const image = Object.assign(new Image(), { src: picture, alt: "" });
			const words = document.createElement("span");
			words.textContent = WORDS[language()][name] ?? name;
			item.append(image, words);
			return item;
		}),
	);
}

function showMade(value, state) {
	const time = new Intl.NumberFormat(language(), { minimumFractionDigits: 1, maximumFractionDigits: 1 });
	part("model").textContent = state === "empty" ? "" : networkName(value.model);
	part("time").textContent = state === "empty" ? "" : say("reading.time", { time: time.format(value.milliseconds) });
}

function receive() {
	const value = props.value;
	if ((value?.source && !onShow(value.source)) || late(value?.source, value?.reason === "blank")) return;
	shown = value;
	if (!value?.again) sharePicture(value?.source === "photo" && value.reason !== "blank" ? (value.pixels ?? null) : null);
	show();
}

function show() {
	const value = shown;
	const state = stateOf(value);
	const [digit, verdict, detail] = states[state](value);
	panel.dataset.state = state;
	part("digit").textContent = digit;
	part("verdict").textContent = verdict;
	part("detail").textContent = detail;
	showBars(value, state);
	showPixels(value?.pixels);
	showOffers(value, state);
	showSteps(value?.steps);
	showMade(value, state);
	showJudged();
	sayAloud([digit, verdict, detail].filter((words) => words !== "").join(", "));
}

// ------------------------------------------------------------------ the visitor's verdict

// The verdict on the answer that is shown, if it was given just before: the same picture is not counted twice.
function judged() {
	const last = recallTrials().at(-1);
	return last && ["pixels", "model", "kind"].every((part) => last[part] === shown?.[part]) ? last : null;
}

// Another verdict on the same answer takes the place of the first.
function judge(meant) {
	const { kind, label: said, reason, best_guess: guess, confidence, model, pixels, strokes } = shown;
	const others = judged() ? recallTrials().slice(0, -1) : recallTrials();
	const at = new Date().toISOString();
	keepTrials([...others, { at, kind, meant, said, reason, guess, confidence, model, pixels, strokes }]);
	part("aloud").textContent = part("ask").textContent;
}

function unjudge() {
	if (judged()) keepTrials(recallTrials().slice(0, -1));
	part("yes").focus();
}

// What "right" says of the answer on show: its digit, what was refused, or the guess that the visitor took.
const rightly = (value) => (stateOf(value) === "taken" ? value.best_guess : (value.label ?? value.reason));

function showJudged() {
	const empty = stateOf(shown) === "empty";
	const [trial, count] = [empty ? null : judged(), recallTrials().length];
	panel.toggleAttribute("data-judged", Boolean(trial));
	part("yes").disabled = empty;
	part("yes").setAttribute("aria-pressed", Boolean(trial && trial.meant === rightly(shown)));
	for (const button of panel.querySelectorAll(".not")) {
		button.disabled = empty;
		button.setAttribute("aria-pressed", trial?.meant === button.dataset.meant);
	}
	bars.forEach((item, digit) => {
		item.querySelector("button").disabled = empty;
		item.classList.toggle("meant", trial?.meant === digit);
	});
	part("undo").hidden = !trial;
	const noted = () => say(`reading.noted.${isRight(trial) ? "right" : isDigit(trial) ? "wrong" : trial.meant}`, { ...trial, count });
	part("ask").textContent = trial ? noted() : empty ? "" : say("reading.judge");
}

part("yes").addEventListener("click", () => judge(rightly(shown)));
for (const button of panel.querySelectorAll(".not")) button.addEventListener("click", () => judge(button.dataset.meant));
part("take").addEventListener("click", take);
part("as-number").addEventListener("click", readAsNumber);
part("undo").addEventListener("click", unjudge);

// ------------------------------------------------------------------ wiring

watch("value", receive);
new MutationObserver(() => showPixels(shown?.pixels)).observe(document.body, { attributeFilter: ["class"] });
onLanguage(() => {
	translate();
	show();
});
onTrials(showJudged);
