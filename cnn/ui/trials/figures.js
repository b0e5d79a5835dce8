// Figures from trials. Knows no page.

import { isDigit, isRight, NO_DIGIT } from "../web/trials.js";

// Wilson 1927: between which shares the true one lies, at 95 %, for `hits` of `count`. As cnn/errors/statistics.py has it.
const Z = 1.959963984540054;

export function wilson(hits, count) {
	if (!count) return [0, 1];
	const share = hits / count;
	const middle = share + (Z * Z) / (2 * count);
	const reach = Z * Math.sqrt((share * (1 - share)) / count + (Z * Z) / (4 * count * count));
	const all = 1 + (Z * Z) / count;
	return [Math.max(0, (middle - reach) / all), Math.min(1, (middle + reach) / all)];
}

// Student's t at 97.5 %: the first ten degrees of freedom; further ones as Abramowitz and Stegun 26.7.5 have them.
const T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
export const student = (degrees) => T[degrees - 1] ?? Z + (Z ** 3 + Z) / (4 * degrees) + (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * degrees ** 2);

// How many independent tests tell as much of other writers as these do (Korn and Graubard 1998, Survey Methodology 24, 193):
// tests of one hand are alike, the less so the less the writers differ; and few writers tell little. `writers` are
// {hits, count}; of one alone, each test counts.
function effective(writers, hits, count) {
	if (writers.length < 2 || hits === 0 || hits === count) return count;
	const share = hits / count;
	const apart = writers.reduce((sum, one) => sum + (one.hits - share * one.count) ** 2, 0);
	const variance = ((writers.length / (writers.length - 1)) * apart) / (count * count);
	return Math.min(count, ((share * (1 - share)) / variance) * (Z / student(writers.length - 1)) ** 2);
}

// `low` and `high`: between which the true rate lies, at 95 %; of several writers' trials, that of hands like theirs.
export function rate(trials) {
	const writers = new Map();
	for (const trial of trials) {
		const { hits, count } = writers.get(trial.writer) ?? { hits: 0, count: 0 };
		writers.set(trial.writer, { hits: hits + (isRight(trial) ? 1 : 0), count: count + 1 });
	}
	const hits = [...writers.values()].reduce((sum, one) => sum + one.hits, 0);
	const share = trials.length ? hits / trials.length : null;
	const worth = effective([...writers.values()], hits, trials.length);
	const [low, high] = wilson((share ?? 0) * worth, worth);
	return { count: trials.length, hits, share, worth, writers: writers.size, low, high };
}

const mean = (values) => (values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null);
// How sure the answers were on average that were right, or wrong; null where there was none. A refusal is no answer: what is kept of
// it is the confidence of its best guess.
export const sureness = (trials, right) => mean(trials.filter((trial) => trial.said !== null && isRight(trial) === right).map((trial) => trial.confidence));

// What was meant: each of `count` classes, then what is none of them, where it was tried.
export const tried = (trials, count) => [...Array(count).keys(), ...NO_DIGIT.filter((what) => trials.some(({ meant }) => meant === what))];

// A row for each that was meant, a column for each class that was said, and one more for what was refused.
export const confusions = (trials, count) =>
	tried(trials, count).map((what) => {
		const row = Array(count + 1).fill(0);
		for (const { meant, said } of trials) if (meant === what) row[said ?? count] += 1;
		return row;
	});

export const byMeant = (trials, count) =>
	tried(trials, count).map((what) => ({ meant: what, ...rate(trials.filter(({ meant }) => meant === what)) }));

// The classes that were tried and are read most and least often; where all are read alike, none stands out.
export function extremes(trials, count) {
	const rates = byMeant(trials.filter(isDigit), count).filter((one) => one.count);
	const digitsAt = (wanted) => rates.filter(({ share }) => share === wanted).map(({ meant }) => meant);
	const shares = rates.map(({ share }) => share);
	const [best, worst] = [Math.max(...shares), Math.min(...shares)];
	return { best: best > worst ? digitsAt(best) : [], worst: best > worst ? digitsAt(worst) : [] };
}
