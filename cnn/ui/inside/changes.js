// What the visitor has changed of the network by hand: filters switched off, kernels of other weights. The page keeps it
// and sends it with what it asks; the server keeps nothing.

/** @typedef {import("../web/types.js").Changes} Changes */

export function changesMade() {
	let model = null; // whose they are
	const off = new Set(); // [layer, channel] as JSON
	const kernels = new Map(); // [layer, channel, input] as JSON -> its weights, row by row
	const key = (...place) => JSON.stringify(place);

	function clear() {
		off.clear();
		kernels.clear();
	}

	return {
		clear,
		// Another network has none of them.
		of(name) {
			if (name !== model) clear();
			model = name;
		},
		isOff: (layer, channel) => off.has(key(layer, channel)),
		turn: (layer, channel) => off.delete(key(layer, channel)) || off.add(key(layer, channel)),
		edit: (layer, channel, input, weights) => kernels.set(key(layer, channel, input), weights),
		reset: (layer, channel, input) => kernels.delete(key(layer, channel, input)),
		// The weights of a kernel that was changed.
		edited: (layer, channel, input) => kernels.get(key(layer, channel, input)),
		count: () => ({ off: off.size, kernels: kernels.size }),
		/** As the server takes them; null where there are none. @returns {Changes | null} */
		asked() {
			if (!off.size && !kernels.size) return null;
			/** @type {Record<string, number[]>} */
			const channels = {};
			for (const [layer, channel] of [...off].map((place) => JSON.parse(place))) (channels[layer] ??= []).push(channel);
			const changed = [...kernels].map(([place, weights]) => {
				const [layer, channel, input] = JSON.parse(place);
				return { layer, channel, input, weights };
			});
			return { model, off: channels, kernels: changed };
		},
	};
}
