// Beside the page, and when that is closed: what the network does not give of the page is given as it was when it last came.
// While the server answers, all comes from there: nothing is ever older than the server has it.

const worker = /** @type {any} */ (self); // TypeScript takes it for a window
const page = worker.registration.scope;
const KEPT = `page ${page}`; // others may share this origin's caches
const AWAY = [502, 503, 504]; // says a proxy whose server is away

// What the page is made of, by its address; nothing that was asked of a network is kept.
const isFile = (url) => url.startsWith(page) && /^(assets|static|gradio_api\/page)\/|^theme\.css/.test(url.slice(page.length));

// The page anew, and the files that it is made of now; the names of those change with what they say.
async function keep(urls) {
	const cache = await caches.open(KEPT);
	const wanted = [...new Set(urls.filter(isFile))];
	const put = async (url) => {
		const answer = await fetch(url, { cache: "force-cache" }); // the browser has just had it
		if (answer.ok && !answer.redirected) await cache.put(url, answer);
	};
	await Promise.all(wanted.map(async (url) => (await cache.match(url)) ?? put(url)));
	await put(page);
	const old = (await cache.keys()).filter(({ url }) => url !== page && !wanted.includes(url));
	await Promise.all(old.map((request) => cache.delete(request)));
}

async function answer(request, url) {
	const kept = async () => {
		const found = await (await caches.open(KEPT)).match(url, { ignoreVary: true });
		return found && new Response(found.body, found); // of no address: the page's is what was asked for, with its language
	};
	try {
		const given = await fetch(request);
		return (AWAY.includes(given.status) && (await kept())) || given;
	} catch {
		return (await kept()) ?? Response.error();
	}
}

worker.addEventListener("message", (event) => event.waitUntil(keep(event.data)));
worker.addEventListener("fetch", (event) => {
	const { method, mode, url } = event.request;
	const opens = mode === "navigate" && url.split(/[?#]/)[0] === page;
	if (method === "GET" && (opens || isFile(url))) event.respondWith(answer(event.request, opens ? page : url));
});
