// The network as a picture: every layer with what it makes of the digit, and one channel opened.

const tilesOf = new Map(); // layer name -> its row's parts
const filtersOf = new Map(); // "model layer" -> its kernels, which no drawing changes
const likesOf = new Map(); // "model layer channel" -> what it likes to see
const network = { show: "maps", scale: "layer", layer: null, channel: 0 };

const layersList = panel.querySelector(".layers");
const KINDS = {
	Conv2D: "conv",
	MaxPooling2D: "pool",
	AveragePooling2D: "pool",
	Dense: "dense",
	Flatten: "flatten",
	Dropout: "dropout",
};

function showNetwork({ layers, parameters, unit }, { prediction }) {
	const names = layers.map((layer) => layer.name).join(" ");
	if (layersList.dataset.names !== `${prediction.model} ${names}`) {
		layersList.dataset.names = `${prediction.model} ${names}`;
		tilesOf.clear();
		layersList.replaceChildren(...layers.map(layerRow));
	}
	for (const layer of layers) paintLayer(layer, prediction);
	panel.querySelector(".total").textContent = say("inside.total", { parameters: whole(parameters) });
	showLegend(network.show === "filters");
	showUnit(unit, prediction.model);
}

function shapeWords({ shape }) {
	return shape.length === 3 ? `${shape[2]} × ${shape[0]}×${shape[1]}` : whole(shape.at(-1));
}

function layerRow(layer) {
	const title = made("h3", {}, made("b", { textContent: layer.name }));
	title.append(made("span", { className: "kind" }));
	const facts = made("p", { className: "facts" });
	const tiles = made("div", { className: "tiles" });
	const row = made("li", { className: "layer", data: { layer: layer.name } }, title, facts, tiles);
	tilesOf.set(layer.name, { row, title, facts, tiles, canvases: [] });
	return row;
}

function factsOf(layer) {
	const facts = [shapeWords(layer)];
	if (layer.parameters) facts.push(say("inside.parameters", { count: whole(layer.parameters) }));
	if (layer.shape.length === 3) facts.push(say("inside.sees", { side: layer.receptive_field }));
	if (layer.by_relu !== null) facts.push(say("inside.by_relu", { share: percent(layer.by_relu) }));
	if (layer.by_pooling !== null) facts.push(say("inside.by_pooling", { share: percent(layer.by_pooling) }));
	return facts.join(" · ");
}

function paintLayer(layer, prediction) {
	const { row, title, facts, tiles, canvases } = tilesOf.get(layer.name);
	const kind = WORDS[language()][`inside.kind.${KINDS[layer.type]}`] ?? layer.type;
	title.querySelector(".kind").textContent = kind;
	facts.textContent = factsOf(layer);
	row.dataset.kind = KINDS[layer.type] ?? "other";
	const last = layer === layersOf(prediction).at(-1);
	if (last) return paintOutputs(tiles, layer, prediction);
	if (layer.shape.length !== 3) return paintVector(tiles, layer);
	const maps = unpack(layer.maps);
	const [count, height, width] = maps.shape;
	while (canvases.length < count) canvases.push(tile(tiles, layer.name, canvases.length));
	tiles.style.setProperty("--tile", `${Math.min(52, Math.max(26, width * 2))}px`);
	const filters = network.show === "filters" ? kernelsFor(layer, prediction.model) : null;
	for (let index = 0; index < count; index++) {
		const values = plane(maps, index);
		const { button, canvas } = canvases[index];
		button.setAttribute("aria-label", say("inside.tile", { layer: layer.name, index, most: number(largest(values)) }));
		button.classList.toggle("open", network.layer === layer.name && network.channel === index);
		if (filters) paintKernel(canvas, filters, index);
		else {
			const limit = network.scale === "layer" ? layer.maps.limit : largest(values);
			paintValues(canvas, values, [height, width], { limit, signed: layer.maps.signed });
		}
	}
	row.classList.toggle("no-filters", network.show === "filters" && !filters);
}

const layersOf = () => latest.network?.layers ?? [];

// Tab reaches one tile of a layer; the arrow keys go on from there.
function tile(tiles, name, index) {
	const canvas = made("canvas", { className: "pixels" });
	const button = made("button", { type: "button", className: "tile", tabIndex: index ? -1 : 0 }, canvas);
	button.addEventListener("click", () => openUnit(name, index));
	button.addEventListener("keydown", (event) => {
		const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
		const next = step && tiles.children[index + step];
		if (!next) return;
		event.preventDefault();
		button.tabIndex = -1;
		next.tabIndex = 0;
		next.focus();
	});
	tiles.append(button);
	return { button, canvas };
}

function paintVector(tiles, layer) {
	if (["Flatten", "Dropout"].includes(layer.type)) {
		tiles.replaceChildren(made("p", { className: "passes", textContent: say(`inside.passes.${KINDS[layer.type]}`) }));
		return;
	}
	const { values } = unpack(layer.maps);
	const wide = 32;
	const high = Math.ceil(values.length / wide);
	const padded = new Float32Array(wide * high);
	padded.set(values);
	const canvas = tiles.querySelector("canvas") ?? made("canvas", { className: "pixels units" });
	canvas.setAttribute("role", "img");
	canvas.setAttribute("aria-label", say("inside.units", { count: values.length }));
	paintValues(canvas, padded, [high, wide], { limit: layer.maps.limit, signed: layer.maps.signed });
	canvas.style.width = `${Math.min(values.length, wide) * 14}px`;
	if (!canvas.isConnected) tiles.replaceChildren(canvas);
}

function paintOutputs(tiles, layer, prediction) {
	const { values } = unpack(layer.maps);
	const items = prediction.probabilities.map((share, digit) => {
		const bar = made("i");
		bar.style.setProperty("--share", share);
		const item = made("li", {}, made("b", { textContent: digit }), made("span", { className: "track" }, bar));
		item.append(made("span", { textContent: percent(share, 1) }), made("span", { className: "logit", textContent: number(values[digit]) }));
		item.classList.toggle("best", digit === prediction.best_guess);
		return item;
	});
	const head = made("li", { className: "head" }, made("b"), made("span", { textContent: say("inside.probability") }));
	head.append(made("span"), made("span", { className: "logit", textContent: say("inside.score") }));
	tiles.replaceChildren(made("ol", { className: "outputs" }, head, ...items));
}

// ------------------------------------------------------------------ kernels

function kernelsFor(layer, model) {
	if (!["Conv2D"].includes(layer.type)) return null;
	const key = `${model} ${layer.name}`;
	if (!filtersOf.has(key)) {
		filtersOf.set(key, null);
		ask({ view: "filters", layer: layer.name }, "submit");
	}
	return filtersOf.get(key);
}

function showFilters({ layer, weights, inputs }, { prediction }) {
	filtersOf.set(`${prediction.model} ${layer}`, { weights: unpack(weights), inputs });
	if (latest.network) showNetwork(latest.network, latest);
}

function paintKernel(canvas, { weights }, filter) {
	const [, inputs, height, width] = weights.shape;
	const size = height * width;
	const strongest = weights.values.subarray(filter * inputs * size, filter * inputs * size + size);
	paintValues(canvas, strongest, [height, width], { signed: true });
}

function showLegend(signed) {
	const bar = made("i", { className: signed ? "signed" : "ink" });
	const ends = signed ? [say("inside.negative"), "0", say("inside.positive")] : ["0", "", say("inside.most")];
	panel.querySelector(".legend").replaceChildren(ends[0], bar, ends[2]);
}

// ------------------------------------------------------------------ one channel, opened

const card = made("div", { className: "unit" });

function openUnit(layer, channel) {
	const closing = network.layer === layer && network.channel === channel;
	network.layer = closing ? null : layer;
	network.channel = closing ? 0 : channel;
	askAgain();
}

function showUnit(unit, model) {
	if (!unit) return card.remove();
	const { row, canvases } = tilesOf.get(unit.layer);
	const layer = layersOf().find(({ name }) => name === unit.layer);
	const [after, before, kernel] = [unit.after, unit.before, unit.kernel].map(unpack);
	const title = made("h4", { textContent: say("inside.channel", { layer: unit.layer, index: unit.channel }) });
	const close = made("button", { type: "button", className: "close", textContent: "×" });
	close.setAttribute("aria-label", say("inside.close"));
	close.addEventListener("click", () => {
		openUnit(unit.layer, unit.channel);
		canvases[unit.channel]?.button.focus();
	});
	const parts = made("div", { className: "parts" });
	if (kernel) parts.append(kernelFigure(kernel, unit, layer));
	if (before) parts.append(figure(picture(before.values, before.shape, { signed: true }, say("inside.before")), say("inside.before")));
	parts.append(figure(picture(after.values, after.shape, { signed: after.values.some((v) => v < 0) }, say("inside.after")), say(before ? "inside.after" : "inside.map")));
	const fires = after.values.filter((value) => value > 0).length / after.values.length;
	const strength = say("inside.fires", { share: percent(fires), most: number(largest(after.values)) });
	const likes = made("div", { className: "likes" });
	card.replaceChildren(close, title, made("p", { className: "facts", textContent: strength }), parts, likes);
	if (card.parentNode !== row) row.append(card);
	showLikes(likes, unit, model);
}

function kernelFigure(kernel, unit, layer) {
	const [inputs, height, width] = kernel.shape;
	const limit = largest(kernel.values);
	const strip = made("div", { className: "kernels" });
	for (let index = 0; index < inputs; index++) {
		const canvas = picture(plane(kernel, index), [height, width], { signed: true, limit }, say("inside.kernel"));
		strip.append(inputs > 1 ? figure(canvas, `← ${unit.inputs[index]}`) : canvas);
	}
	return figure(strip, say(inputs > 1 ? "inside.kernel_inputs" : "inside.kernel"));
}

// Sought only when asked for: it takes seconds.
function showLikes(place, { layer, channel }, model) {
	const key = `${model} ${layer} ${channel}`;
	const found = likesOf.get(key);
	if (found === undefined) {
		const button = made("button", { type: "button", className: "more", textContent: say("inside.likes_ask") });
		button.addEventListener("click", () => {
			likesOf.set(key, null);
			ask({ view: "likes", layer, channel }, "submit");
			showLikes(place, { layer, channel }, model);
		});
		return place.replaceChildren(button);
	}
	if (found === null) return place.replaceChildren(made("p", { className: "working", textContent: say("inside.likes_wait") }));
	const { preferred, excerpts } = found;
	const best = figure(picture(preferred.values, preferred.shape, {}, say("inside.preferred")), say("inside.preferred"));
	const list = made("div", { className: "excerpts" });
	for (const { picture: part, activation } of excerpts) {
		list.append(figure(picture(part.values, part.shape, { limit: 1 }, say("inside.excerpt", { value: number(activation) })), number(activation)));
	}
	place.replaceChildren(best, excerpts.length ? figure(list, say("inside.excerpts")) : made("p", { textContent: say("inside.silent") }));
}

function keepLikes({ layer, channel, preferred, excerpts }, { prediction }) {
	const unpacked = excerpts.map(({ picture: part, activation }) => ({ picture: unpack(part), activation }));
	likesOf.set(`${prediction.model} ${layer} ${channel}`, { preferred: unpack(preferred), excerpts: unpacked });
	const place = card.querySelector(".likes");
	if (place && network.layer === layer && network.channel === channel) showLikes(place, { layer, channel }, prediction.model);
}

for (const name of ["show", "scale"]) {
	for (const choice of panel.querySelectorAll(`[name=inside-${name}]`)) {
		choice.addEventListener("change", () => {
			network[name] = choice.value;
			if (latest.network) showNetwork(latest.network, latest);
		});
	}
}
