// What travels between the page and the server: overheard, written for people, and put into words for other programs.

const WIDE = 56; // signs of a line
const LONG = 40; // signs of a text, more of which is cut
const MANY = 3; // points of a stroke, more of which are left out
const CUT = Symbol("cut"); // stands in a list for what was left out

/** What went and came. @typedef {{ method: string, address: string, sent: string, received: string, milliseconds: number }} Exchange */

// Tells of each drawing that the page sends from now on, once it is answered.
/** @param {(exchange: Exchange) => void} tell */
export function overhear(tell) {
	const send = window.fetch;
	window.fetch = async (input, init) => {
		const begun = performance.now();
		const response = await send(input, init);
		const sent = init?.body;
		if (typeof sent === "string" && sent.startsWith('{"data":[{"strokes"')) {
			const { url } = response;
			response.clone().text().then((received) => tell({ method: init.method, address: url, sent, received, milliseconds: performance.now() - begun }), () => {});
		}
		return response;
	};
}

// ------------------------------------------------------------------ for people

const isPoint = (value) => Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === "number");

// A value of JSON without what nobody reads: long texts, most points of a stroke, and all but three digits.
export function shortened(value) {
	if (typeof value === "number") return Number(value.toPrecision(3));
	if (typeof value === "string") return value.length > LONG ? `${value.slice(0, LONG)}… (${value.length})` : value;
	if (Array.isArray(value) && value.length > MANY && value.every(isPoint)) return [...value.slice(0, MANY - 1), { [CUT]: value.length - MANY + 1 }];
	if (Array.isArray(value)) return value.map(shortened);
	if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shortened(one)]));
	return value;
}

// A value as JSON for reading: what fits stands on one line; what was left out is "… 31".
export function pretty(value, indent = "") {
	if (value?.[CUT]) return `… ${value[CUT]}`;
	if (value === null || typeof value !== "object") return JSON.stringify(value);
	const list = Array.isArray(value);
	const inner = `${indent}  `;
	const parts = list ? value.map((one) => pretty(one, inner)) : Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${pretty(one, inner)}`);
	const [open, close] = list ? "[]" : "{}";
	const line = `${open}${parts.join(", ")}${close}`;
	if (parts.length === 0 || (!line.includes("\n") && indent.length + line.length <= WIDE)) return line;
	return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
}

/** @param {string} text */
export function readable(text) {
	try {
		return pretty(shortened(JSON.parse(text)));
	} catch {
		return text; // a proxy answered, in its own words
	}
}

// ------------------------------------------------------------------ for other programs

// The last drawing in what was sent: as the scripted API takes it.
/** @param {string} sent */
export function drawingIn(sent) {
	const { strokes, width, height } = JSON.parse(sent).data[0];
	return { strokes, width, height };
}

// Gradio's HTTP API has two requests: one hands the values over, and one waits for what it gave a ticket for.
export function curl(app, drawing) {
	const address = `${app}/gradio_api/call/predict_strokes`;
	const ticket = `curl -s ${address} -H 'Content-Type: application/json' -d '${JSON.stringify({ data: [drawing, "default"] })}' | cut -d'"' -f4`;
	return `curl -s ${address}/$(${ticket})`;
}

export function python(app, drawing) {
	return `from gradio_client import Client

client = Client("${app}")
drawing = ${JSON.stringify(drawing)}
print(client.predict(drawing, "default", api_name="/predict_strokes"))`;
}
