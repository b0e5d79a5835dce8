// The page: what is drawn goes to the app, its answer is shown. Two requests, as Gradio's HTTP API has them:
// one hands the values over and gets a ticket, one waits for what the ticket is called up with.

const APP = new URLSearchParams(location.search).get("app") ?? "http://127.0.0.1:7860";
const MODEL = "default"; // or "course", "mlp": see /models

const words = speak({
	fr: { title: "Dessinez un chiffre", clear: "Effacer", travels: "Ce qui voyage", away: `L'application ne répond pas à ${APP}. Si elle est à un autre port\u00a0: ${location.pathname}?app=http://127.0.0.1:7861` },
	en: { title: "Draw a digit", clear: "Clear", travels: "What travels", away: `The app does not answer at ${APP}. If it is at another port: ${location.pathname}?app=http://127.0.0.1:7861` },
});
const canvas = document.querySelector("#pad");
const output = document.querySelector("output");
const show = (id, value) => (document.querySelector(id).textContent = JSON.stringify(value));
let classes; // what answers mean, by their label

async function ask(endpoint, ...values) {
	const address = `${APP}/gradio_api/call/${endpoint}`;
	const body = JSON.stringify({ data: values });
	const response = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body });
	const ticket = await response.json();
	if (!response.ok) throw new Error(ticket.error);
	const events = await (await fetch(`${address}/${ticket.event_id}`)).text();
	const [, kind, data] = events.match(/event: (complete|error)\ndata: (.*)/);
	if (kind === "error") throw new Error(data);
	return JSON.parse(data)[0];
}

async function read(strokes) {
	const drawing = { strokes, width: canvas.width, height: canvas.height };
	show("#sent", drawing);
	try {
		const answer = await ask("predict_strokes", drawing, MODEL);
		show("#received", answer);
		classes ??= (await ask("models")).find(({ name }) => name === answer.model).classes;
		output.textContent = classes[answer.label] ?? "?";
	} catch (error) {
		output.textContent = "⚠";
		document.querySelector("#received").textContent = error instanceof TypeError ? words.away : error.message; // TypeError: nobody answered
	}
}

const clear = startPad(canvas, read);
document.querySelector("button").addEventListener("click", () => {
	clear();
	output.textContent = "?";
});
