// The texts of `assets/text`, as the page's modules get them from the server.

import { readFileSync } from "node:fs";
import { learn } from "../../cnn/ui/web/say.js";
import { set } from "../../cnn/ui/web/store.js";

const read = (language) => JSON.parse(readFileSync(new URL(`../../assets/text/${language}.json`, import.meta.url), "utf-8"));

learn({ en: read("en"), fr: read("fr") });

// Does something as a visitor of each language sees it: gives {language: result}.
export function inEach(does) {
	return Object.fromEntries(
		["en", "fr"].map((language) => {
			set("language", language);
			return [language, does()];
		}),
	);
}
