// Which view is open, and which network it is of.

// What offers a choice is made anew only where the choice is another: a click is never lost to an answer that comes.
function whenOther(place, make) {
	const { model, other, order, digit, cell } = state;
	const key = JSON.stringify([language(), model, other, order, digit, cell, Boolean(tables)]);
	if (place.dataset.made === key) return;
	place.dataset.made = key;
	make();
}

const shows = { list: showList, compare: showCompare, calibration: showCalibration };

function chooseModel(model) {
	const other = state.other === model ? state.model : state.other;
	Object.assign(state, { model, other, cell: null, open: null, shown: FIRST });
	askTables();
}

function showModels() {
	const words = labelled(say("errors.model"), networkName);
	const pick = choices("errors-model", MODELS, state.model, words, (model) => {
		go({ tab: "errors", view: state.view, choice: model });
		chooseModel(model);
	});
	replaceKept(part("models"), ...pick.children);
	part("about").textContent = networkNote(state.model);
}

function showSummary() {
	const { misread, images, interval } = tables;
	const counts = { model: state.model, misread: whole(misread), images: whole(images), share: percent(misread / images, 2) };
	part("verdict").textContent = say("errors.summary", counts);
	part("detail").textContent = say("errors.between", { low: percent(interval[0], 2), high: percent(interval[1], 2) });
}

function show() {
	palette = null;
	whenOther(part("models"), showModels);
	part("missing").textContent = missing ? say(...missing) : "";
	for (const place of panel.querySelectorAll(".view, .summary")) place.classList.toggle("none", !tables);
	if (!tables) return;
	showSummary();
	shows[state.view]();
}

const open = tabbed(panel, (view) => {
	Object.assign(state, { view, shown: FIRST });
	show();
});

onPlace("errors", ({ choice }) => {
	const model = MODELS.includes(choice) ? choice : MODELS[0];
	if (model !== state.model) chooseModel(model);
});
watch("value", receive);
new MutationObserver(show).observe(document.body, { attributeFilter: ["class"] });
open(state.view);
onLanguage(() => {
	translate();
	show();
});
setTimeout(askTables);
