// The network in the browser: the drawing is framed here, read here, and sent nowhere.

const MODEL = "model.onnx";
const CONFIG = "config.json"; // beside it, with the names of its classes; where there is none, they are the digits
const SIDE = 28;
const BOX = 20; // pixels: how long MNIST's digits are

const words = speak({
	fr: { title: "Le réseau est ici", clear: "Effacer", inside: "Ce qu'il reçoit, ce qu'il répond", not_fetched: "ONNX Runtime n'a pas pu être téléchargé\u00a0; le README dit comment l'avoir ici, sans Internet." },
	en: { title: "The network is here", clear: "Clear", inside: "What it gets, what it answers", not_fetched: "ONNX Runtime could not be fetched; the README says how to have it here, without the Internet." },
});
const pad = document.querySelector("#pad");
const picture = document.querySelector("#picture");
const output = document.querySelector("output");

// The drawing as MNIST has its digits, painted into `picture`: in a box of 20 pixels, its centre of mass in the middle.
// Gives SIDE * SIDE values, ink 1 on paper 0; null for a blank pad.
function framed() {
	const drawn = inkOf(pad);
	const inked = [...drawn.keys()].filter((at) => drawn[at] > 0.5);
	if (!inked.length) return null;
	const [across, down] = [inked.map((at) => at % pad.width), inked.map((at) => Math.floor(at / pad.width))];
	const [left, top] = [across, down].map((places) => places.reduce((a, b) => Math.min(a, b)));
	const [wide, high] = [across, down].map((places, axis) => places.reduce((a, b) => Math.max(a, b)) + 1 - [left, top][axis]);
	const scale = BOX / Math.max(wide, high);
	const brush = picture.getContext("2d", { willReadFrequently: true });
	brush.imageSmoothingQuality = "high";

	function paint(x, y) {
		brush.fillStyle = "white";
		brush.fillRect(0, 0, SIDE, SIDE);
		brush.drawImage(pad, left, top, wide, high, x, y, wide * scale, high * scale);
	}

	const [x, y] = [wide, high].map((side) => (SIDE - side * scale) / 2);
	paint(x, y);
	const [massX, massY] = middleOf(inkOf(picture));
	paint(x + SIDE / 2 - massX, y + SIDE / 2 - massY);
	return inkOf(picture);
}

function inkOf(canvas) {
	const { data } = canvas.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, canvas.width, canvas.height);
	return Float32Array.from({ length: data.length / 4 }, (_, at) => 1 - data[4 * at] / 255);
}

function middleOf(ink) {
	let [total, x, y] = [0, 0, 0];
	ink.forEach((value, at) => {
		total += value;
		x += value * ((at % SIDE) + 0.5);
		y += value * (Math.floor(at / SIDE) + 0.5);
	});
	return [x / total, y / total];
}

// How likely each class is: the softmax of logits; what a network gives that ends in one itself stays as it is.
function likely(answer) {
	const sum = (values) => values.reduce((a, b) => a + b);
	if (Math.min(...answer) >= 0 && Math.abs(sum(answer) - 1) < 0.001) return answer;
	const powers = answer.map((logit) => Math.exp(logit - Math.max(...answer)));
	return powers.map((power) => power / sum(powers));
}

// What its outputs mean, in order; what comes after them is none of these.
async function namesOf(config) {
	const answer = await fetch(config);
	return (answer.ok && (await answer.json()).task?.classes) || [..."0123456789"];
}

async function start() {
	if (!globalThis.ort) throw new Error(words.not_fetched);
	ort.env.wasm.numThreads = 1; // more need headers that few servers send
	const session = await ort.InferenceSession.create(MODEL);
	const classes = [...(await namesOf(CONFIG)), "?"];
	output.textContent = "?";

	async function read() {
		const ink = framed();
		if (!ink) return;
		const tensor = new ort.Tensor("float32", ink, [1, SIDE, SIDE, 1]);
		const answer = await session.run({ [session.inputNames[0]]: tensor });
		const shares = likely([...answer[session.outputNames[0]].data]);
		output.textContent = classes[shares.indexOf(Math.max(...shares))];
		document.querySelector("#received").textContent = shares.map((share, at) => `${classes[at]}  ${share.toFixed(4)}`).join("\n");
	}

	const clear = startPad(pad, read);
	document.querySelector("button").addEventListener("click", () => {
		clear();
		output.textContent = "?";
	});
}

start().catch((error) => {
	output.textContent = "⚠";
	document.querySelector("#received").textContent = error.message;
});
