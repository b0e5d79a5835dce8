// The errors themselves: a matrix to choose from, tiles, and one digit with its evidence and its neighbours.

const ORDERS = ["sure", "unsure", "doubtful"];
const ordered = (order) => (order === "doubtful" ? tables.doubtful : order === "sure" ? tables.errors : [...tables.errors].reverse());

function chosen() {
	const { order, digit, cell } = state;
	// On the diagonal stand right answers: what can be shown of them is the doubtful ones.
	const from = cell && cell[0] === cell[1] ? tables.doubtful : ordered(order);
	return from.filter(({ label, said }) => (cell ? label === cell[0] && said === cell[1] : digit === null || label === digit));
}

const readAs = ({ label, said }) => (label === said ? say("errors.right_as", { label }) : say("errors.read_as", { label, said }));

// The digit, or where its picture cannot be had, what its tables say.
function pictured(one) {
	const ink = pictures.get(one.index);
	if (ink) return picture(ink, [SIDE, SIDE], { limit: 255 }, "");
	return made("span", { className: "unseen", textContent: one.label === one.said ? one.label : `${one.label}→${one.said}` });
}

// `owner` is the network whose error it is.
function tile(one, owner) {
	const known = LABEL_ERRORS[one.index];
	const words = [readAs(one), nearly(one.confidence), known && say("errors.known_short")].filter(Boolean);
	const button = made("button", { type: "button", className: "tile" }, pictured(one));
	button.append(made("b", { textContent: one.label === one.said ? one.label : `${one.label} → ${one.said}` }), made("span", { textContent: nearly(one.confidence) }));
	if (known) button.append(made("em", { textContent: say("errors.known_short") }));
	button.setAttribute("aria-label", words.join(", "));
	button.setAttribute("aria-expanded", state.open === one.index);
	button.addEventListener("click", () => openCase(one, owner));
	return button;
}

function showMap() {
	const name = (meant, said, count) => say("errors.cell", { meant, said, count });
	const choose = (meant, said) => {
		const same = state.cell?.[0] === meant && state.cell?.[1] === said;
		Object.assign(state, { cell: same ? null : [meant, said], digit: null, shown: FIRST, open: null });
		show();
	};
	renew(part("map"), confusionMatrix(tables.confusion, say("errors.matrix_caption"), name, choose, state.cell));
}

function showAsks() {
	if (state.cell) {
		const [label, said] = state.cell;
		const all = made("button", { type: "button", className: "more", textContent: say("errors.all") });
		all.addEventListener("click", () => {
			Object.assign(state, { cell: null, open: null });
			show();
		});
		const words = label === said ? say("errors.cell_right", { label }) : say("errors.cell_wrong", { label, said });
		return renew(part("asks"), made("span", { className: "ask", textContent: words }), all);
	}
	const set = (change) => {
		Object.assign(state, change, { shown: FIRST, open: null });
		show();
	};
	const orders = choices("errors-order", ORDERS, state.order, labelled(say("errors.order"), (order) => say(`errors.${order}`)), (order) => set({ order }));
	const digits = [null, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
	const labels = choices("errors-digit", digits, state.digit, labelled(say("errors.digit"), (digit) => digit ?? say("errors.any")), (digit) => set({ digit }));
	labels.classList.add("labels");
	replaceKept(part("asks"), orders, labels);
}

// A choice that is put anew leaves the keyboard where it was.
function replaceKept(place, ...children) {
	const { name, value } = place.contains(document.activeElement) ? document.activeElement : {};
	place.replaceChildren(...children);
	if (name) place.querySelector(`[name="${name}"][value="${value}"]`)?.focus({ preventScroll: true });
}

function showTiles(place, list, owner = state.model) {
	const seen = list.slice(0, state.shown);
	askPictures(seen.map(({ index }) => index));
	const tiles = made("div", { className: "grid" }, ...seen.map((one) => tile(one, owner)));
	const more = made("button", { type: "button", className: "more", textContent: say("errors.more", { count: list.length - seen.length }) });
	more.addEventListener("click", () => {
		state.shown += 2 * FIRST;
		show();
	});
	const none = made("p", { className: "note", textContent: say("errors.none") });
	renew(place, ...(list.length ? [tiles] : [none]), ...(seen.length < list.length ? [more] : []));
}

function showList() {
	whenOther(part("map"), showMap);
	if (!tables.errors) return part("tiles").replaceChildren(made("p", { className: "note", textContent: say("errors.not_listed") }));
	whenOther(part("asks"), showAsks);
	const list = chosen();
	showCase(list.find(({ index }) => index === state.open));
	showTiles(part("tiles"), list);
}

// ------------------------------------------------------------------ one digit

function openCase(one, owner = state.model) {
	const same = state.open === one.index && state.view === "list";
	opened = null;
	Object.assign(state, { view: "list", open: same ? null : one.index });
	if (panel.querySelector("[data-panel=list]").hidden) fromElsewhere(one, owner);
	if (!same) {
		askCase(one);
		sayAloud([readAs(one), nearly(one.confidence), LABEL_ERRORS[one.index] && knownWords(one.index)].filter(Boolean).join(", "));
	}
	show();
	if (!same) part("case").scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
}

// An error of the other network is looked at as that network's.
function fromElsewhere({ label, said }, owner) {
	Object.assign(state, { cell: [label, said], digit: null, shown: FIRST });
	if (owner !== state.model) {
		Object.assign(state, { model: owner, other: state.model });
		tables = null;
		askTables();
	}
	open("list");
}

function showCase(one) {
	if (!one) return part("case").replaceChildren();
	const close = made("button", { type: "button", className: "close", textContent: "×" });
	close.setAttribute("aria-label", say("errors.close"));
	close.addEventListener("click", () => {
		openCase(one);
		const place = chosen().findIndex(({ index }) => index === one.index);
		part("tiles").querySelectorAll(".tile")[place]?.focus({ preventScroll: true });
	});
	const card = made("section", { className: "opened" }, close);
	card.append(made("h3", { textContent: `${readAs(one)}, ${nearly(one.confidence)}` }), made("p", { className: "note", textContent: say("errors.index", one) }));
	card.append(evidenceOf(one), neighboursOf(one));
	if (LABEL_ERRORS[one.index]) card.append(made("p", { className: "known", textContent: knownWords(one.index) }));
	if (one.label !== one.said) card.append(howToTell());
	renew(part("case"), card);
}

function evidenceOf(one) {
	const row = made("div", { className: "row evidence" });
	const ink = pictures.get(one.index);
	if (ink) row.append(figure(picture(ink, [SIDE, SIDE], { limit: 255 }, ""), say("errors.digit_seen")));
	if (!opened || !ink) return row;
	const evidence = unpack(opened.evidence);
	const shares = ink.map((value) => value / 255);
	const maps = one.label === one.said ? [one.said] : [one.said, one.label];
	maps.forEach((label, at) => {
		const map = picture(plane(evidence, at), [SIDE, SIDE], { signed: true, ink: shares }, say("errors.evidence", { label }));
		row.append(figure(map, say("errors.evidence", { label })));
	});
	const legend = made("p", { className: "legend" }, say("errors.against"), made("i", { className: "signed" }), say("errors.for"));
	return made("div", {}, row, legend);
}

function neighboursOf({ label, said, neighbours, labels, cosines }) {
	if (!neighbours) return made("p", { className: "note", textContent: say("errors.no_neighbours") });
	const known = opened?.neighbours.pixels ?? {};
	const row = made("div", { className: "row near" });
	labels.forEach((digit, at) => {
		const ink = known[neighbours[at]];
		const shown = ink ? picture(inkOf(ink), [SIDE, SIDE], { limit: 255 }, "") : made("span", { className: "unseen", textContent: digit });
		row.append(figure(shown, say("errors.neighbour", { label: digit, cosine: number(cosines[at]) })));
	});
	const [ours, theirs] = [labels.filter((digit) => digit === said).length, labels.filter((digit) => digit === label).length];
	const words = label === said ? say("errors.near_right", { said, ours }) : say("errors.near", { said, ours, label, theirs });
	return made("div", {}, made("h4", { textContent: say("errors.neighbours") }), row, made("p", { className: "note", textContent: words }));
}

function knownWords(index) {
	const { label, proposed, votes } = LABEL_ERRORS[index];
	return say("errors.known", { label, proposed, given: votes[0], other: votes[1], neither: votes[2] });
}

function howToTell() {
	const fold = made("details", { className: "tell" }, made("summary", { textContent: say("errors.tell") }));
	for (const key of ["network", "nobody", "label"]) {
		fold.append(made("p", {}, made("b", { textContent: say(`errors.tell.${key}`) }), " ", say(`errors.because.${key}`)));
	}
	return fold;
}
