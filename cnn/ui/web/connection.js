// Whether the server answers. A request that finds none waits, and is sent again once one answers: nothing on the page
// fails meanwhile. It says so in the page's language, and <html data-lost> has the style sheet grey what is not up to date.

import { say } from "./say.js";
import { subscribe } from "./store.js";

const RETRY = 1500; // milliseconds
const TIMES = 3; // that one request is sent again by a server that answers others
const page = document.documentElement;
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// The address of the app's own endpoints; undefined for every other request.
const endpoints = (input) => /^.*?\/gradio_api(?=\/)/.exec(new URL(input.url ?? input, document.baseURI).href)?.[0];

// A proxy answers in place of its server with a page; the server itself with JSON.
const absent = ({ status, headers }) => (status === 404 || status >= 500) && !headers.get("content-type")?.includes("json");

const notice = document.createElement("p");
notice.id = "connection";
notice.setAttribute("role", "alert");

function show(lost) {
	page.toggleAttribute("data-lost", lost);
	notice.textContent = lost ? say("page.lost") : "";
}

// A `fetch` that waits for the server, of one that does not.
export function waiting(send) {
	let back = null; // while the server is looked for: until it is found

	async function identity(api) {
		try {
			const response = await send(`${api}/app_id`, { cache: "no-store" });
			return response.ok ? (await response.json()).app_id : null;
		} catch {
			return null;
		}
	}

	async function search(api) {
		let id = await identity(api);
		if (id !== null) return;
		for (show(true); id === null; id = await identity(api)) await pause(RETRY);
		// Another run of the server knows nothing of this page: a fresh one brings back what the browser remembers.
		if (id !== (window["gradio_config"]?.app_id ?? id)) return location.reload();
		show(false);
	}

	const found = (api) => (back ??= search(api).finally(() => (back = null)));

	// The one request that stays open tells when the server goes, also while nobody asks anything; it is opened anew then.
	async function stay(response, input, init) {
		await response.clone().body?.pipeTo(new WritableStream()).catch(() => {});
		await pause(RETRY);
		await window.fetch(input, init).catch(() => {}); // the page may have closed it
	}

	document.body.append(notice);
	subscribe("language", () => show(page.hasAttribute("data-lost")));
	return async (input, init) => {
		const api = endpoints(input);
		for (let time = 0; ; time++) {
			try {
				const response = await send(input instanceof Request ? input.clone() : input, init);
				if (!api || !absent(response) || time === TIMES) {
					if (api && `${input.url ?? input}`.includes("/heartbeat/")) stay(response, input, init);
					return response;
				}
			} catch (error) {
				if (!api || error.name === "AbortError" || time === TIMES) throw error;
			}
			await found(api);
		}
	};
}
