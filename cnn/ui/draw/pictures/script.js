// Example pictures: a click on one hands it in, as if it were uploaded.

import { made, onTheme } from "../../web/dom.js";
import { paintInk } from "../../web/paint.js";
import { onLanguage, translate } from "../../web/say.js";
import { set } from "../../web/store.js";

/** @param {any} page @param {{ pictures: { name: string, pixels: string }[] }} constants */
export default function start({ element, props, trigger }, { pictures }) {
	const row = element.querySelector(".row");
	const canvases = pictures.map(({ name }, place) => {
		const canvas = made("canvas", { width: 28, height: 28 });
		const button = made("button", { type: "button", data: { label: "pad.example", digit: name } }, canvas);
		button.addEventListener("click", () => {
			props.value = { place };
			trigger("input");
		});
		row.append(button);
		return canvas;
	});
	const paint = () => canvases.forEach((canvas, place) => paintInk(canvas, pictures[place].pixels));
	set("examples", pictures.map(({ pixels }) => pixels));
	row.style.setProperty("--pictures", pictures.length);
	onTheme(paint);
	onLanguage(() => translate(element));
	paint();
}
