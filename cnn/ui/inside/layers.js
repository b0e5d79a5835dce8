// What is said of a layer, and how its parts are called.

import { sideOf } from "../web/networks.js";
import { counted, whole } from "../web/numbers.js";
import { unpack } from "../web/paint.js";
import { say } from "../web/say.js";

/** @typedef {import("../web/types.js").LayerShown} LayerShown */

const KINDS = {
	Conv2D: "conv",
	MaxPooling2D: "pool",
	AveragePooling2D: "pool",
	Dense: "dense",
	Flatten: "flatten",
	Dropout: "dropout",
	Activation: "activation",
	ReLU: "activation",
};

/** @param {{ type: string }} layer */
export const kindOf = ({ type }) => KINDS[type] ?? "other";
export const kindName = (layer) => (kindOf(layer) === "other" ? layer.type : say(`inside.kind.${kindOf(layer)}`));
export const aboutKind = (layer) => (kindOf(layer) === "other" ? "" : say(`inside.about.${kindOf(layer)}`));

// One of a layer's maps, numbers or filters.
export const nameOf = (layer, index, what) => say(`inside.name.${what}`, { layer, index });

/** @param {LayerShown} layer */
export const isMap = ({ shape }) => shape.length === 3;
export const countOf = ({ shape }) => shape.at(-1);

// What only passes on a row of numbers has nothing to show: it is explained.
export const passesOn = ({ type, shape }) => ["Flatten", "Dropout"].includes(type) && shape.length === 1;

// A convolution's weights are pictures, and those of a dense layer that sees the whole picture.
export function hasPictures({ type, parameters, shape }, model) {
	return type === "Conv2D" || (type === "Dense" && parameters === (sideOf(model) ** 2 + 1) * shape[0]);
}

/** @param {LayerShown} layer */
export function shapeWords(layer) {
	const { shape } = layer;
	if (isMap(layer)) return say("inside.shape_maps", { count: shape[2], side: `${shape[0]}×${shape[1]}` });
	return say("inside.shape_numbers", { count: whole(shape.at(-1)) });
}

/** @param {LayerShown} layer */
export function factsOf(layer) {
	const facts = [shapeWords(layer)];
	if (layer.parameters) facts.push(say("inside.parameters", { count: whole(layer.parameters) }));
	if (isMap(layer)) facts.push(say("inside.sees", { side: layer.receptive_field }));
	if (layer.by_relu !== null) facts.push(say("inside.by_relu", { share: counted(layer.by_relu) }));
	if (layer.by_pooling !== null) facts.push(say("inside.by_pooling", { share: counted(layer.by_pooling) }));
	return facts.join(" · ");
}

// What a layer makes of the digit, (channels, height, width): a number is a map of one pixel.
/** @param {LayerShown} layer */
export function mapsOf(layer) {
	const maps = unpack(layer.maps);
	const [count, height, width] = maps.shape.length === 3 ? maps.shape : [maps.shape[0], 1, 1];
	return { values: maps.values, shape: [count, height, width], signed: layer.maps.signed };
}
