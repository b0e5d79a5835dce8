// The answer panel. Elements are changed in place, so that bars move instead of being made anew.

const DOUBT = 0.6; // below this confidence the answer looks like a guess
const SURE = 0.95;

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

// empty: nothing to read. unread: abstained. doubtful: a guess. sure: an answer.
function stateOf(value) {
	if (!value?.probabilities || value.reason === "blank") return "empty";
	if (value.abstained) return "unread";
	return value.confidence < DOUBT ? "doubtful" : "sure";
}

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
		return ["?", say(`reading.${value.reason}`), closestTo(value)];
	},
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

// Ink is the text's own colour over the paper's, so that the picture suits light and dark.
function showPixels(pixels) {
	const context = part("seen").querySelector("canvas").getContext("2d");
	const image = context.createImageData(28, 28);
	const [red, green, blue] = getComputedStyle(part("seen")).color.match(/\d+/g).map(Number);
	const ink = atob(pixels ?? "");
	for (let at = 0; at < ink.length; at++) image.data.set([red, green, blue, ink.charCodeAt(at)], 4 * at);
	context.putImageData(image, 0, 0);
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
	part("model").textContent = state === "empty" ? "" : value.model;
	part("time").textContent = state === "empty" ? "" : say("reading.time", { time: time.format(value.milliseconds) });
}

// The answer to a pad that was blank may come after the pen has landed.
const late = (value) => value?.source === "pad" && value.reason === "blank" && document.querySelector("#pad .board:not(.blank)");

function show() {
	const value = props.value;
	if ((value?.source && !onShow(value.source)) || late(value)) return;
	const state = stateOf(value);
	const [digit, verdict, detail] = states[state](value);
	panel.dataset.state = state;
	part("digit").textContent = digit;
	part("verdict").textContent = verdict;
	part("detail").textContent = detail;
	showBars(value, state);
	showPixels(value?.pixels);
	showSteps(value?.steps);
	showMade(value, state);
	showJudged();
	sayAloud([digit, verdict, detail].filter((words) => words !== "").join(", "));
}

// ------------------------------------------------------------------ the visitor's verdict

// The verdict on the answer that is shown, if it was given just before: the same picture is not counted twice.
function judged() {
	const [last, value] = [recallTrials().at(-1), props.value];
	return last && ["pixels", "model", "kind"].every((part) => last[part] === value?.[part]) ? last : null;
}

// Another verdict on the same answer takes the place of the first.
function judge(meant) {
	const { kind, label: said, best_guess: guess, confidence, model, pixels, strokes } = props.value;
	const others = judged() ? recallTrials().slice(0, -1) : recallTrials();
	keepTrials([...others, { at: new Date().toISOString(), kind, meant, said, guess, confidence, model, pixels, strokes }]);
	part("aloud").textContent = part("ask").textContent;
}

function unjudge() {
	if (judged()) keepTrials(recallTrials().slice(0, -1));
	part("yes").focus();
}

function showJudged() {
	const empty = stateOf(props.value) === "empty";
	const [trial, count] = [empty ? null : judged(), recallTrials().length];
	const { label } = props.value ?? {};
	panel.toggleAttribute("data-judged", Boolean(trial));
	part("yes").disabled = empty || label === null;
	part("yes").setAttribute("aria-pressed", Boolean(trial && isRight(trial)));
	bars.forEach((item, digit) => {
		item.querySelector("button").disabled = empty;
		item.classList.toggle("meant", trial?.meant === digit);
	});
	part("undo").hidden = !trial;
	const noted = () => say(isRight(trial) ? "reading.noted_right" : "reading.noted_wrong", { ...trial, count });
	part("ask").textContent = trial ? noted() : empty ? "" : say("reading.judge");
}

part("yes").addEventListener("click", () => judge(props.value.label));
part("undo").addEventListener("click", unjudge);

// ------------------------------------------------------------------ wiring

watch("value", show);
new MutationObserver(() => showPixels(props.value?.pixels)).observe(document.body, { attributeFilter: ["class"] });
onLanguage(() => {
	translate();
	show();
});
onTrials(showJudged);
