// What is looked at, what has come of it, and what is still asked for.

const panel = element.querySelector(".errors");
const part = (name) => panel.querySelector(`.${name}`);
const FIRST = 24; // pictures shown at once
const AGAIN = 2000; // milliseconds until what is still being fetched is asked for again

const state = { view: "list", model: MODELS[0], other: MODELS[1] ?? MODELS[0], order: "sure", digit: null, cell: null, shown: FIRST, open: null };
let tables = null; // the answer to {view: "tables"}
let missing = null; // the [key, values] of what cannot be had
let opened = null; // the answer to {view: "case"}
const pictures = new Map(); // of the test set, by index
const awaited = new Set();

function ask(asked) {
	props.value = asked;
	trigger("input");
}

const askTables = () => ask({ view: "tables", model: state.model, other: state.other });

function askPictures(indices) {
	const wanted = indices.filter((index) => !pictures.has(index) && !awaited.has(index));
	if (wanted.length === 0) return;
	wanted.forEach((index) => awaited.add(index));
	ask({ view: "pictures", indices: wanted });
}

function askCase({ index, said, label, neighbours = [] }) {
	ask({ view: "case", model: state.model, index, said, label, neighbours });
}

// 28x28 bytes of ink -> a picture's values.
const inkOf = (base64) => Float32Array.from(atob(base64), (sign) => sign.charCodeAt(0));

function gone(answer) {
	missing = [answer.missing, { name: answer.name }];
	if (answer.missing !== "error.mnist_loading") return;
	setTimeout(() => {
		missing = null;
		ask(answer.asked);
	}, AGAIN);
}

const takes = {
	tables(answer) {
		if (answer.asked.model !== state.model || answer.asked.other !== state.other) return;
		[tables, missing] = [answer.missing ? null : answer, null];
		awaited.clear(); // what another network lacked may be here for this one
		if (answer.missing) gone(answer);
	},
	pictures(answer) {
		for (const [index, pixels] of Object.entries(answer.pixels)) pictures.set(Number(index), inkOf(pixels));
		if (answer.missing) gone(answer);
	},
	case(answer) {
		if (answer.missing) return gone(answer);
		if (answer.asked.index !== state.open || answer.asked.model !== state.model) return;
		opened = answer;
		if (answer.neighbours.missing) gone({ ...answer, ...answer.neighbours });
	},
};

function receive() {
	const answer = props.value;
	if (!answer?.asked) return;
	takes[answer.asked.view](answer);
	show();
}
