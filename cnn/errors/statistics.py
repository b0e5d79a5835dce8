"""What counts of right and wrong answers say, and how surely. Plain arithmetic; knows no network."""

import math
from statistics import NormalDist


def wilson(hits: int, count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Between which shares the true one lies, for `hits` of `count` seen: Wilson's score interval, (low, high).

    (0, 1) for nothing seen. Wilson 1927, "Probable inference, the law of succession, and statistical inference";
    without continuity correction, as Newcombe 1998 (Statistics in Medicine 17, 857) numbers it 3.
    """
    if not count:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = hits / count
    middle = share + z**2 / (2 * count)
    reach = z * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    whole = 1 + z**2 / count
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def mcnemar(first: int, second: int) -> float:
    """How likely chance alone sets two equally good readers at least this far apart: p in (0, 1], two-sided.

    `first` and `second` count the images that only the first and only the second reader misread; what both read alike
    says nothing. McNemar 1947, by the exact binomial distribution instead of his approximation.
    """
    differing = first + second
    as_few = sum(math.comb(differing, fewer) for fewer in range(min(first, second) + 1))
    return float(min(1, 2 * as_few / 2**differing))
