"""Bounds of the Beta(1/2, 1/2) binomial mixture by scipy's root finder: python3 binomial-sequence.fixture.py > binomial-sequence.fixture.json"""
import json
from math import log
from scipy.optimize import brentq
from scipy.special import betaln, xlog1py, xlogy

cases = []
for hits, n, confidence in [(0, 20, 0.95), (1, 20, 0.95), (20, 20, 0.9), (3, 500, 0.999), (250, 500, 0.95), (40, 100000, 0.99)]:
    f = lambda p: betaln(hits + 0.5, n - hits + 0.5) - betaln(0.5, 0.5) - xlogy(hits, p) - xlog1py(n - hits, -p) + log(1 - confidence)
    rate = hits / n
    low = 0.0 if hits == 0 else brentq(f, 1e-300, rate, xtol=1e-15)
    high = 1.0 if hits == n else brentq(f, rate, 1 - 1e-16, xtol=1e-15)
    cases.append({"hits": hits, "n": n, "confidence": confidence, "low": low, "high": high})
print(json.dumps(cases, indent=1))
