"""Sample sizes by statsmodels, CUPED and ratios by plain numpy, umbrella ranks by scipy's binomial."""
import json
from pathlib import Path
import numpy as np
from scipy import stats
from statsmodels.stats.power import NormalIndPower

rng = np.random.default_rng(29)
out = {"sampleSize": [], "umbrella": []}
for sd, d, conf, power, share in [(1, 0.1, 0.95, 0.8, 0.5), (0.3, 0.01, 0.99, 0.9, 0.1), (12, 3, 0.9, 0.5, 0.7)]:
    ratio = share / (1 - share)
    n1 = NormalIndPower().solve_power(effect_size=d / sd, alpha=1 - conf, power=power, ratio=ratio, alternative="two-sided")
    out["sampleSize"].append([sd, d, conf, power, share, float(n1), float(n1 * ratio)])
x = [rng.gamma(2, 3, size=n) for n in (120, 90)]
y = [0.6 * v + rng.normal(size=len(v)) + s for v, s in zip(x, (0, 0.4))]
theta = sum(np.cov(a, b)[0, 1] * (len(a) - 1) for a, b in zip(x, y)) / sum(np.var(a, ddof=1) * (len(a) - 1) for a in x)
adj = [b - theta * (a - np.mean(np.r_[x[0], x[1]])) for a, b in zip(x, y)]
out["cuped"] = {"x": [v.tolist() for v in x], "y": [v.tolist() for v in y], "theta": float(theta), "value": float(adj[1].mean() - adj[0].mean()), "error": float(np.sqrt(sum(np.var(v, ddof=1) / len(v) for v in adj)))}
ratios, errors = [], []
for a, b in zip(x, y):
    r = b.mean() / a.mean(); residual = b - r * a
    ratios.append(r); errors.append(np.std(residual, ddof=1) / np.sqrt(len(a)) / a.mean())
out["ratio"] = {"values": ratios, "errors": errors, "correlation": float(np.corrcoef(x[0], y[0])[0, 1])}
for n, a, d in [(500, 0.05, 0.1), (45, 0.05, 0.1), (44, 0.05, 0.1), (1000, 0.01, 0.05), (60, 0.3, 0.01)]:
    ks = [k for k in range(1, n + 1) if stats.binom.sf(k - 1, n, 1 - a) <= d]
    out["umbrella"].append([n, a, d, min(ks) if ks else None])
Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":"), default=float) + "\n")
