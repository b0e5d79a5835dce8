// Figures from trials. Knows no page.

// Wilson 1927: between which shares the true one lies, at 95 %, for `hits` of `count`. As cnn/statistics.py has it.
const Z = 1.959963984540054;

function wilson(hits, count) {
	if (!count) return [0, 1];
	const share = hits / count;
	const middle = share + (Z * Z) / (2 * count);
	const reach = Z * Math.sqrt((share * (1 - share)) / count + (Z * Z) / (4 * count * count));
	const all = 1 + (Z * Z) / count;
	return [Math.max(0, (middle - reach) / all), Math.min(1, (middle + reach) / all)];
}

function rate(trials) {
	const hits = trials.filter(isRight).length;
	const [low, high] = wilson(hits, trials.length);
	return { count: trials.length, hits, share: trials.length ? hits / trials.length : null, low, high };
}

const mean = (values) => (values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null);
const sureness = (trials, right) => mean(trials.filter((trial) => isRight(trial) === right).map((trial) => trial.confidence));

// A row for each digit meant, a column for each said, the eleventh for what was refused.
function confusions(trials) {
	const counts = Array.from({ length: 10 }, () => Array(11).fill(0));
	for (const { meant, said } of trials) counts[meant][said ?? 10] += 1;
	return counts;
}

// The digits that were tried and are read most and least often; where all are read alike, none stands out.
function extremes(trials) {
	const tried = Array.from({ length: 10 }, (_, digit) => ({ digit, ...rate(trials.filter(({ meant }) => meant === digit)) }));
	const shares = tried.filter(({ count }) => count).map(({ share }) => share);
	const digitsAt = (share) => tried.filter((one) => one.count && one.share === share).map(({ digit }) => digit);
	const [best, worst] = [Math.max(...shares), Math.min(...shares)];
	return { tried, best: best > worst ? digitsAt(best) : [], worst: best > worst ? digitsAt(worst) : [] };
}
