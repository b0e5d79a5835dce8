// A class: many people's series in one list of trials, each with its `writer`, by name. Knows no page.

import { identity, isDigit, isRight } from "../web/trials.js";
import { byMeant, rate } from "./figures.js";

export const MOST = 10_000; // trials of a class: as many as one file holds

const LONGEST = 60; // signs of a name

// A name on one line, without what cannot be seen; "" where nothing is left of it.
export const tidied = (name) => [...name.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, " ").trim()].slice(0, LONGEST).join("").trim();

const calledBy = (file) => tidied(file.replace(/\.zip$/i, "")) || "?";

// A name that is nobody's yet.
function free(name, taken) {
	let [found, number] = [name, 1];
	while (taken.has(found)) found = `${name} ${(number += 1)}`;
	return found;
}

// The class with what a file holds: a writer of its own, called as the file is, or those that a class's file names. What is
// here already counts once; whoever is here already keeps the name alone.
export function withSeries(trials, found, file) {
	const known = new Set(trials.map(identity));
	const taken = new Set(trials.map(({ writer }) => writer));
	const names = new Map();
	const fresh = found.filter((trial) => !known.has(identity(trial)) && known.add(identity(trial)));
	const renamed = fresh.map((trial) => {
		const name = tidied(trial.writer ?? "") || calledBy(file);
		if (!names.has(name)) names.set(name, free(name, taken));
		taken.add(names.get(name));
		return { ...trial, writer: names.get(name) };
	});
	return [...trials, ...renamed];
}

// The class's tests with what was handed in, [{ writer, trials }]. What came by zip already counts once; of two who hand in
// the same, both are seen.
export function together(trials, handed) {
	const known = new Set(trials.map(identity));
	const fresh = ({ writer, trials: theirs }) => {
		const seen = new Set(known);
		return theirs.filter((trial) => !seen.has(identity(trial)) && seen.add(identity(trial))).map((trial) => ({ ...trial, writer }));
	};
	return [...trials, ...handed.flatMap(fresh)];
}

// A series that was handed in as `name`, in place of `before`, an earlier one or nothing: whoever the teacher gave another
// name keeps that. `taken` are the names of all others.
export function handedIn(before, name, trials, taken) {
	const renamed = before && before.writer !== before.called;
	const called = before?.name === name ? before.called : free(tidied(name) || "?", taken);
	return { name, called, writer: renamed ? before.writer : called, trials };
}

// Two writers of one name are one.
export const renamed = (trials, from, to) => trials.map((trial) => (trial.writer === from ? { ...trial, writer: tidied(to) || from } : trial));

// Each writer's rate and what was misread, the hardest hand first.
export function hands(trials) {
	const writers = [...new Set(trials.map(({ writer }) => writer))];
	const rates = writers.map((writer) => {
		const theirs = trials.filter((trial) => trial.writer === writer);
		return { writer, ...rate(theirs), misread: theirs.filter((trial) => !isRight(trial)) };
	});
	return rates.sort((one, other) => one.share - other.share || other.count - one.count || one.writer.localeCompare(other.writer));
}

// The least, the middle and the largest rate of the writers.
export function spread(rates) {
	const shares = rates.map(({ share }) => share).sort((one, other) => one - other);
	const middle = (shares.length - 1) / 2;
	return { lowest: shares[0], median: (shares[Math.floor(middle)] + shares[Math.ceil(middle)]) / 2, highest: shares.at(-1) };
}

// What was meant, the hardest first.
export const hardest = (trials, count) =>
	byMeant(trials.filter(isDigit), count)
		.filter((one) => one.count)
		.sort((one, other) => one.share - other.share || other.count - one.count);
