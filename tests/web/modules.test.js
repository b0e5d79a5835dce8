// The page's arrows: a component imports itself and what is shared, what is shared imports no component.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const UI = fileURLToPath(new URL("../../cnn/ui/", import.meta.url));
const MODULES = readdirSync(UI, { recursive: true }).map(String).filter((name) => name.endsWith(".js"));
const imports = (name) => [...readFileSync(join(UI, name), "utf-8").matchAll(/\bfrom "([^"]+)"/g)].map(([, path]) => path);

test("there are modules", () => assert.ok(MODULES.includes(join("web", "store.js"))));

for (const name of MODULES) {
	test(name, () => {
		for (const path of imports(name)) {
			assert.match(path, /^\.\.?\/.*\.js$/); // as browsers resolve it: nothing is built
			const found = normalize(join(dirname(name), path));
			assert.ok(existsSync(join(UI, found)), found);
			assert.ok([dirname(name), "web"].includes(dirname(found)), `${name} imports ${found}`);
		}
	});
}
