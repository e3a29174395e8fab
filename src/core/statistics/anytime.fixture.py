"""Anytime-valid statistics from their published formulas, written anew in numpy (grids and root finding where the product has closed forms)."""
import json
from pathlib import Path
import numpy as np
from scipy import optimize, special, stats

rng = np.random.default_rng(23)
out = {"asymptotic": [], "mixture": [], "pValues": []}

def growthbook(se, n, alpha, n_star, level=None):
    rho = np.sqrt((-2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)) / n_star)
    a = alpha if level is None else level
    return se * np.sqrt(n) * np.sqrt((2 * (n * rho**2 + 1)) * np.log(np.sqrt(n * rho**2 + 1) / a) / (n * rho) ** 2)

for n, n_star, alpha in [(2, 5000, 0.05), (100, 5000, 0.05), (5000, 5000, 0.05), (80000, 5000, 0.1), (1000, 1000, 0.001)]:
    out["asymptotic"].append([n, n_star, 1 - alpha, float(growthbook(1.0, n, alpha, n_star))])
    rho = n_star / (np.log(np.log(np.e / alpha**2)) - 2 * np.log(alpha))
    out["mixture"].append([n, n_star, 1 - alpha, float(np.sqrt((n + rho) / n * np.log((n + rho) / (rho * alpha**2))))])
for z, n in [(3.5, 900), (5, 5000), (4.2, 20000)]:
    out["pValues"].append([z, n, 5000, 0.95, float(np.exp(optimize.brentq(lambda l: growthbook(1.0, n, 0.05, 5000, np.exp(l)) - z, -60, 0)))])

def betting(x, alpha, grid):
    k_up, k_down = np.zeros_like(grid), np.zeros_like(grid)
    best = np.zeros_like(grid)
    mus, mu_prev, s2 = [], 0.5, 0.25
    total, squares = 0.0, 0.0
    for t, v in enumerate(x, start=1):
        variance = (0.25 + squares) / t
        lam = np.sqrt(2 * np.log(2 / alpha) / (t * np.log(1 + t) * variance))
        k_up += np.log1p(np.minimum(lam, 0.5 / grid) * (v - grid))
        k_down += np.log1p(-np.minimum(lam, 0.5 / (1 - grid)) * (v - grid))
        best = np.maximum(best, np.maximum(k_up, k_down) - np.log(2))
        total += v
        squares += (v - (0.5 + total) / (t + 1)) ** 2
    alive = grid[best < np.log(1 / alpha)]
    return [float(alive.min()), float(alive.max())]

grid = (np.arange(20000) + 0.5) / 20000
out["betting"] = []
for x in [(rng.uniform(size=400) < 0.1).astype(float), np.round(rng.beta(2, 5, size=150), 3), np.ones(60), np.zeros(60), (rng.uniform(size=3) < 0.5).astype(float)]:
    out["betting"].append({"values": x.tolist(), "bounds": betting(x, 0.05, grid)})

def bayes_factor(counts, shares, c=100):
    counts, shares = np.array(counts), np.array(shares) / np.sum(shares)
    a = c * shares
    return float(special.gammaln(c) - special.gammaln(c + counts.sum()) + (special.gammaln(a + counts) - special.gammaln(a) - counts * np.log(shares)).sum())

out["srm"] = []
for counts, shares in [([50, 50], [1, 1]), ([5200, 4800], [0.5, 0.5]), ([900, 80, 20], [0.9, 0.08, 0.02]), ([120000, 119000], [1, 1])]:
    expected = np.array(shares) / np.sum(shares) * np.sum(counts)
    out["srm"].append({"counts": counts, "shares": shares, "logBayesFactor": bayes_factor(counts, shares), "chi2": float(stats.chisquare(counts, expected).statistic), "p": float(stats.chisquare(counts, expected).pvalue)})

x = np.r_[rng.uniform(size=200) < 0.1, rng.uniform(size=150) < 0.35].astype(float)
def detector(x, m0, bets, kind):
    lam = np.array(bets) / m0
    m = np.zeros(len(lam)); path = []
    for v in x:
        m = (m + 1 if kind == "e-sr" else np.maximum(m, 1)) * (1 + lam * (v - m0))
        path.append(float(m.mean()))
    return path
out["detector"] = {"values": x.tolist(), "baseline": 0.12, "bets": [0.1, 0.3], "sr": detector(x, 0.12, [0.1, 0.3], "e-sr")[::25], "cusum": detector(x, 0.12, [0.1, 0.3], "e-cusum")[::25]}
s = np.zeros(len(x) + 1)
for i, v in enumerate(x):
    s[i + 1] = max(0, s[i] + v - 0.1 - 0.1)
means = np.cumsum(x) / np.arange(1, len(x) + 1)
u = np.cumsum(x - means - 0.02)
ph = u - np.minimum.accumulate(np.minimum(u, 0))
out["cusum"] = {"alarmAt": int(np.argmax(s > 5)), "last": float(s[-1])}
out["pageHinkley"] = {"alarmAt": int(np.argmax(ph > 8)) + 1, "last": float(ph[-1])}
Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":"), default=float) + "\n")
