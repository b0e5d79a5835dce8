// What the page knows of the networks: {name: {parameters, classes, side, framing}}. Alone says what they tell apart, and how large
// the pictures are that they read.

import { made } from "./dom.js";
import { whole } from "./numbers.js";
import { known, say } from "./say.js";

const networks = {};
let bundled = [];

// What the server gives; a component may know more of them than another.
export function learnNetworks(given) {
	Object.assign(networks, given.networks);
	if (given.bundled) bundled = given.bundled;
}

// One that joined later, from the Hub, is taken for one like the first.
const about = (name) => networks[name] ?? Object.values(networks)[0];

export const networkNames = () => Object.keys(networks);
export const classesOf = (name) => about(name).classes;
export const sideOf = (name) => about(name).side;

// What a network recognises, as its `config.json` says it.
export function taskOf(name) {
	const { classes, framing } = about(name);
	return { classes, framing };
}


// A label as people write it: labels count the classes from 0.
export const className = (name, label) => classesOf(name)[label] ?? label;

// One line on a network that came with the app; nothing on others.
export function networkNote(name) {
	const key = `network.${name}.note`;
	return networks[name] && known(key) ? say(key, { parameters: whole(networks[name].parameters) }) : "";
}

// A network's colour, in every picture and at every visit: each that comes with the app has its own; any other takes the
// next free one, and keeps it.
const COLOURS = 8; // in theme.py
const joined = [];
export function colourOf(name) {
	if (!bundled.includes(name) && !joined.includes(name)) joined.push(name);
	return `var(--model-${[...bundled, ...joined].indexOf(name) % COLOURS})`;
}

// A dot in a network's colour.
export function dot(name) {
	const node = made("i", { className: "dot" });
	node.style.background = colourOf(name);
	return node;
}
