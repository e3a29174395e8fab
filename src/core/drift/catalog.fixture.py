"""Numbers of scipy 1.17 for the drift tests. Writes catalog.fixture.json beside itself.

Groups of a number column are [edge, next edge) between the reference's deciles, numpy's inverted_cdf, first and last open;
a column with at most 20 different values has one group per value and one for all others; missing is a group of its own.
"""
import json, pathlib
import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

rng = np.random.default_rng(7)


def groups(reference, current):
    if any(isinstance(v, str) for v in list(reference) + list(current)):
        known = sorted({v for v in reference if v is not None})
        key = lambda v: "missing" if v is None else (v if v in known else "unseen")
        labels = known + ["unseen", "missing"]
    else:
        filled = np.array([v for v in reference if v is not None], float)
        values = np.unique(filled)
        if len(values) <= 20:
            labels = list(values) + ["other", "missing"]
            key = lambda v: "missing" if v is None else (v if v in values else "other")
        else:
            edges = np.unique(np.quantile(filled, np.arange(1, 10) / 10, method="inverted_cdf"))
            labels = list(range(len(edges) + 1)) + ["missing"]
            key = lambda v: "missing" if v is None else int(np.searchsorted(edges, v, side="right"))
    count = lambda side: np.array([sum(key(v) == label for v in side) for label in labels], float)
    a, b = count(reference), count(current)
    keep = a + b > 0
    return a[keep], b[keep]


def case(name, reference, current):
    reference, current = list(reference), list(current)
    a, b = groups(reference, current)
    p, q = a / a.sum(), b / b.sum()
    chi = stats.chi2_contingency(np.array([a, b]), correction=False)
    expected = {
        "jensen_shannon": (float(jensenshannon(p, q, base=2)), None),
        "hellinger": (float(np.sqrt(((np.sqrt(p) - np.sqrt(q)) ** 2).sum() / 2)), None),
        "chi2": (float(chi.statistic), float(chi.pvalue)),
        "cramers_v": (float(stats.contingency.association(np.array([a, b]).astype(int), "cramer")), float(chi.pvalue)),
        "l_infinity": (float(np.abs(p - q).max()), None),
        "total_variation": (float(np.abs(p - q).sum() / 2), None),
    }
    ps, qs = (a + 0.5) / (a + 0.5).sum(), (b + 0.5) / (b + 0.5).sum()
    psi = float(((ps - qs) * np.log(ps / qs)).sum())
    n, m = a.sum(), b.sum()
    expected["psi"] = (psi, float(stats.chi2.sf(psi * n * m / (n + m), len(a) - 1)))
    if not any(isinstance(v, str) for v in reference):
        x = np.array([v for v in reference if v is not None], float)
        y = np.array([v for v in current if v is not None], float)
        ks = stats.ks_2samp(x, y)
        expected["ks"] = (float(ks.statistic), float(ks.pvalue))
        expected["wasserstein"] = (float(stats.wasserstein_distance(x, y) / x.std(ddof=1)), None)
    return {
        "name": name,
        "reference": reference,
        "current": current,
        "expected": {k: {"statistic": s, "p_value": v} for k, (s, v) in expected.items()},
    }


def rounded(values):
    return [round(float(v), 4) for v in values]


def with_missing(values, every):
    return [None if i % every == 0 else v for i, v in enumerate(values)]


letters = np.array(list("abcdefgh"))
cases = [
    case("normal against shifted normal", rounded(rng.normal(size=300)), rounded(rng.normal(0.4, 1.2, size=200))),
    case("no drift", rounded(rng.normal(size=250)), rounded(rng.normal(size=250))),
    case("skewed with ties", rounded(np.round(rng.lognormal(size=400), 1)), rounded(np.round(rng.lognormal(0.2, size=150), 1))),
    case("integers of few values", [int(v) for v in rng.integers(0, 6, 300)], [int(v) for v in rng.binomial(7, 0.4, 300)]),
    case("missing values", with_missing(rounded(rng.normal(size=300)), 10), with_missing(rounded(rng.normal(size=300)), 4)),
    case("categories", list(map(str, rng.choice(letters, 400))), list(map(str, rng.choice(letters[:7], 300)))),
    case("categories never seen and missing", with_missing(list(map(str, rng.choice(letters[:4], 300))), 20),
         with_missing(list(map(str, rng.choice(letters[2:], 300))), 7)),
]
out = pathlib.Path(__file__).with_suffix("").with_suffix(".fixture.json")
out.write_text(json.dumps({"scipy": "1.17.1", "cases": cases}) + "\n")
