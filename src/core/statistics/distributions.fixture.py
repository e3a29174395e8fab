"""Tails and quantiles of the normal and Student's t at 60 digits (mpmath), rounded to doubles."""
import json
from pathlib import Path
import mpmath as mp

mp.mp.dps = 60
out = {"normal": [], "normalQuantile": [], "student": [], "studentQuantile": []}
for z in [-38, -8.3, -3, -1.96, -0.5, 0, 1e-5, 0.7, 1.6448536269514722, 4, 6, 12, 20, 37]:
    out["normal"].append([z, float(mp.erfc(-mp.mpf(z) / mp.sqrt(2)) / 2), float(mp.erfc(mp.mpf(z) / mp.sqrt(2)) / 2)])
def normal_quantile(p):
    q = mp.mpf(p)
    start = -mp.sqrt(-2 * mp.log(min(q, 1 - q))) * 0.9
    z = mp.findroot(lambda t: mp.log(mp.erfc(-t / mp.sqrt(2)) / 2) - mp.log(min(q, 1 - q)), start)
    return z if q < 0.5 else -z
for p in [1e-300, 1e-100, 1e-20, 1e-10, 1e-5, 0.001, 0.025, 0.05, 0.074, 0.076, 0.2, 0.4, 0.49, 0.7, 0.9, 0.95, 0.975, 0.995, 0.999999]:
    out["normalQuantile"].append([p, float(normal_quantile(p))])
def tail(t, v):
    t, v = mp.mpf(t), mp.mpf(v)
    # I_x(v/2, 1/2)/2 through its hypergeometric series: exact in the tail.
    x = v / (v + t * t)
    return mp.betainc(v / 2, mp.mpf(1) / 2, 0, x, regularized=True) / 2
for v in [0.5, 1, 2, 3, 7.5, 30, 100, 1000, 1e5]:
    for t in [1e-4, 0.3, 1, 1.96, 4, 10, 40]:
        sf = tail(t, v)
        if sf > mp.mpf("1e-290"):
            out["student"].append([t, v, float(sf)])
            out["studentQuantile"].append([float(sf), v, float(sf)])
cases = []
for v in [0.5, 1, 2, 3, 7.5, 30, 100, 1000]:
    for q in [1e-100, 1e-12, 1e-4, 0.005, 0.025, 0.05, 0.2, 0.45, 0.4999]:
        target = mp.mpf(q)
        lo, hi = mp.mpf(0), mp.mpf(1)
        while tail(hi, v) > target:
            lo, hi = hi, hi * 16
        for _ in range(110):
            mid = (lo + hi) / 2
            if tail(mid, v) > target:
                lo = mid
            else:
                hi = mid
        cases.append([q, v, float((lo + hi) / 2)])
out["studentQuantile"] = cases
Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
