// The page is kept by the browser, for when its server is away (worker.js). Where nothing may be kept, as in some frames, or
// the page has not come safely, it goes without.

const SETTLED = 3000; // milliseconds without anything new, after which the page has all that it opens with

const files = []; // that it was made of, by their addresses

async function keep() {
	const { serviceWorker } = navigator;
	const page = new URL("./", document.baseURI).href;
	await serviceWorker.register(new URL("worker.js", import.meta.url), { scope: page });
	(await serviceWorker.ready).active.postMessage(files);
}

let settling;
const coming = new PerformanceObserver((found) => {
	files.push(...found.getEntries().map(({ name }) => name));
	clearTimeout(settling);
	settling = setTimeout(() => {
		coming.disconnect();
		keep().catch(() => {});
	}, SETTLED);
});
if ("serviceWorker" in navigator) coming.observe({ type: "resource", buffered: true });
