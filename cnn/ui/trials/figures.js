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

export function rate(trials) {
	const hits = trials.filter(isRight).length;
	const [low, high] = wilson(hits, trials.length);
	return { count: trials.length, hits, share: trials.length ? hits / trials.length : null, low, high };
}

const mean = (values) => (values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null);
export const sureness = (trials, right) => mean(trials.filter((trial) => isRight(trial) === right).map((trial) => trial.confidence));

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
