// What is bent how, and how that is said.

const panel = element.querySelector(".stress");
const latest = {}; // the last answer: {asked, pixels, prediction, and the part of each view that has come}
const bend = { stack: [{ name: "rotation", strength: 30 }], name: "rotation", seed: 0, against: null, touched: 0 };
const bends = Object.fromEntries(PERTURBATIONS.map((one) => [one.name, one]));
let models = []; // their names, in the server's order

const labelOf = (name) => bends[name].words[language()][0];
const descriptionOf = (name) => bends[name].words[language()][1];
const dot = (model) => {
	const node = made("i", { className: "dot" });
	node.style.background = colourOf(model);
	return node;
};

// A number in a perturbation's unit.
function inUnit(name, words) {
	const { unit } = bends[name];
	const parted = unit === "°" || (unit === "%" && language() === "en") ? "" : "\u00a0";
	return `${words.replace("-", "−")}${parted}${unit}`;
}

// A slider's strength, with as many digits as its steps; and any other one, with all of its own.
function amount(name, strength) {
	const { step } = bends[name];
	return inUnit(name, number(strength, step >= 1 ? 0 : step >= 0.1 ? 1 : 2));
}
const finely = (name, strength) => inUnit(name, new Intl.NumberFormat(language(), { maximumFractionDigits: 3 }).format(strength));

// A perturbation to choose.
function picker(chosen, onChoose) {
	const select = made("select", {});
	select.setAttribute("aria-label", say("stress.perturbation"));
	const worst = made("optgroup", { label: say("stress.worst") });
	for (const { name, worst_case } of PERTURBATIONS) {
		const option = made("option", { value: name, textContent: labelOf(name), selected: name === chosen });
		(worst_case ? worst : select).append(option);
	}
	select.append(worst);
	select.addEventListener("change", () => onChoose(select.value));
	return select;
}

const seedOf = (value) => Math.min(2 ** 32 - 1, Math.max(0, Math.round(value) || 0));

// As a word of the address: name~strength, with an exclamation mark between those that lie one over the other.
const bentSo = () => bend.stack.map(({ name, strength }) => `${name}~${strength}`).join("!");

function bendAs({ bend: word, seed }) {
	const rows = (word ?? "").split("!").map((row) => row.split("~"));
	const known = rows.every(([name, strength]) => bends[name] && strength !== "" && Number.isFinite(Number(strength)));
	if (known) {
		const within = (name, strength) => Math.min(bends[name].maximum, Math.max(bends[name].minimum, Number(strength)));
		bend.stack = rows.slice(0, STACK).map(([name, strength]) => ({ name, strength: within(name, strength) }));
		bend.name = bend.stack[0].name;
	}
	bend.seed = seedOf(Number(seed));
}

// Strong enough to see what it does: a third of the way.
const start = (name) => {
	const { neutral, maximum, step } = bends[name];
	return neutral + Math.round((maximum - neutral) / 3 / step) * step;
};
