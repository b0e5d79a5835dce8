// The starters: small programs that serve the network, to be run and changed.

import { made } from "../web/dom.js";
import { onLanguage, say, translate } from "../web/say.js";

const STARTERS = [
	["course.server_gradio", "course.server_gradio_about", "python assets/course/server-gradio/server.py"],
	["course.page_js", "course.page_js_about", "python app.py --port 7860 --allow-origin http://127.0.0.1:8000 & python -m http.server 8000 --bind 127.0.0.1 --directory assets/course/page-js"],
	["course.server_fastapi", "course.server_fastapi_about", "python assets/course/server-fastapi/server.py"],
	["course.browser_onnx", "course.browser_onnx_about", "python -m http.server 8000 --bind 127.0.0.1 --directory assets/course"],
];

export default function start({ element }) {
	/** @param {string[]} starter */
	const starter = ([title, about, command]) =>
		made("li", {}, made("h3", { textContent: say(title) }), made("p", { className: "hint", textContent: say(about) }), made("pre", { textContent: command, tabIndex: 0 }));
	onLanguage(() => {
		translate(element);
		element.querySelector(".starters").replaceChildren(...STARTERS.map(starter));
	});
}
