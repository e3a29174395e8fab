"""Reference numbers for label-delays.test.ts: the definitions of METHODS 8 written out, and scipy's Kaplan-Meier.
Run: python label-delays.fixture.py > label-delays.fixture.json"""
import json
import numpy as np
import scipy
from scipy import stats

rng = np.random.default_rng(8)
n = 400
ages = np.round(rng.uniform(0, 20, n), 2)
delays = np.round(rng.exponential(5, n), 1)  # rounded: ties
seen = delays <= ages
d, a = delays[seen], ages[seen]


def lynden_bell(x):
    product = 1.0
    for u in np.unique(d):
        if u <= x:
            continue
        at_risk = np.sum((d <= u) & (u <= a))
        product *= 1 - np.sum(d == u) / at_risk
    return product


at = [0.05, 0.5, 1, 2, 3.3, 5, 8, 12, 15, 19, 30]
comes = rng.random(n) < 0.8  # a fifth never comes
observed = seen & comes
sample = stats.CensoredData(uncensored=delays[observed], right=ages[~observed])
km = stats.ecdf(sample).cdf
print(json.dumps({
    "made_by": f"numpy {np.__version__}, scipy {scipy.__version__}",
    "truncated": {"delays": d.tolist(), "ages": a.tolist(), "at": at, "share": [lynden_bell(x) for x in at]},
    "censored": {
        "delays": [float(x) if o else None for x, o in zip(delays, observed)],
        "ages": ages.tolist(), "at": at, "share": [float(km.evaluate(x)) for x in at],
    },
}))
