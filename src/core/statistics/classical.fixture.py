"""Moments, ranks, AUC, paired proportions, t tests, multiplicity and DerSimonian-Laird by scipy, statsmodels and plain definitions."""
import json
from pathlib import Path
import numpy as np
from scipy import optimize, stats
from sklearn.metrics import roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(17)
out = {}
values = [rng.normal(size=50).tolist(), (1e6 + rng.exponential(size=80)).tolist(), rng.integers(0, 5, 30).astype(float).tolist()]
out["moments"] = [[v, float(np.mean(v)), float(np.var(v, ddof=1)), float(stats.skew(np.array(v) - np.mean(v))), float(stats.kurtosis(np.array(v) - np.mean(v)))] for v in values]
ties = rng.integers(0, 8, 40).astype(float)
out["midranks"] = [ties.tolist(), stats.rankdata(ties).tolist()]

def delong(models):
    """By the definition: every positive against every negative."""
    v10, v01, aucs = [], [], []
    for x, y in models:
        psi = (x[:, None] > y[None, :]) + 0.5 * (x[:, None] == y[None, :])
        v10.append(psi.mean(axis=1)); v01.append(psi.mean(axis=0)); aucs.append(psi.mean())
    return np.array(aucs), np.cov(v10).reshape(len(models), -1) / len(models[0][0]) + np.cov(v01).reshape(len(models), -1) / len(models[0][1])

out["delong"] = []
for m, n, digits in [(2, 2, 2), (20, 35, 3), (60, 200, 1), (300, 150, 2)]:
    base = rng.normal(size=m + n); label = np.r_[np.ones(m), np.zeros(n)]
    s1 = np.round(base + label, digits); s2 = np.round(base * 0.7 + 0.7 * rng.normal(size=m + n) + 0.8 * label, digits)
    aucs, cov = delong([(s1[:m], s1[m:]), (s2[:m], s2[m:])])
    assert abs(roc_auc_score(label, s1) - aucs[0]) < 1e-12
    out["delong"].append({"first": {"positive": s1[:m].tolist(), "negative": s1[m:].tolist()}, "second": {"positive": s2[:m].tolist(), "negative": s2[m:].tolist()},
        "aucs": aucs.tolist(), "standardErrors": np.sqrt(np.diag(cov)).tolist(), "differenceError": float(np.sqrt(cov[0, 0] + cov[1, 1] - 2 * cov[0, 1]))})

out["mcnemar"] = [[b, c, float(mcnemar([[30, b], [c, 9]], exact=True).pvalue)] for b, c in [(1, 0), (5, 5), (3, 12), (40, 22), (0, 9)]]

def wilson(k, n):
    return proportion_confint(k, n, 0.05, "wilson")

def newcombe(a, b, c, d):
    # Newcombe 1998 method 10 for p1 - p2 with p1 = (a+b)/n, p2 = (a+c)/n.
    n = a + b + c + d
    p1, p2 = (a + b) / n, (a + c) / n
    (l1, u1), (l2, u2) = wilson(a + b, n), wilson(a + c, n)
    bottom = (a + b) * (c + d) * (a + c) * (b + d)
    top = a * d - b * c
    top = top - n / 2 if top > n / 2 else (0 if top >= 0 else top)
    phi = 0 if bottom == 0 else top / np.sqrt(bottom)
    lo = np.sqrt((p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2)
    hi = np.sqrt((p2 - l2) ** 2 - 2 * phi * (p2 - l2) * (u1 - p1) + (u1 - p1) ** 2)
    return [p1 - p2 - lo, p1 - p2 + hi]

def tango(b, c, n):
    """Score test of p12 - p21 = delta with the nuisance found by maximising the likelihood numerically."""
    def score(delta):
        def minus_log_likelihood(q):
            p12 = q + delta
            rest = 1 - q - p12
            parts = [(b, p12), (c, q), (n - b - c, rest)]
            return -sum(k * np.log(max(p, 1e-300)) for k, p in parts if k > 0)
        low, high = max(0, -delta), (1 - delta) / 2
        best = optimize.minimize_scalar(minus_log_likelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).x
        return (b - c - n * delta) / np.sqrt(n * (2 * best + delta - delta**2))
    z = stats.norm.ppf(0.975)
    estimate = (b - c) / n
    return [optimize.brentq(lambda t: score(t) - z, -1 + 1e-9, estimate - 1e-9), optimize.brentq(lambda t: score(t) + z, estimate + 1e-9, 1 - 1e-9)]

out["paired"] = []
for a, b, c, d in [(36, 12, 2, 0), (20, 12, 2, 16), (43, 0, 1, 6), (430, 33, 21, 116), (10, 4, 4, 10)]:
    out["paired"].append({"counts": {"both": a, "onlySecond": b, "onlyFirst": c, "neither": d}, "newcombe": newcombe(a, b, c, d), "tango": tango(b, c, a + b + c + d)})
out["proportions"] = [[k, n, list(map(float, wilson(k, n))), list(map(float, proportion_confint(k, n, 0.05, "beta")))] for k, n in [(0, 10), (10, 10), (1, 30), (45, 100), (999, 1000), (3, 100000)]]
a, b = rng.normal(size=12).tolist(), (rng.normal(size=31) * 3 + 0.7).tolist()
w = stats.ttest_ind(b, a, equal_var=False); ci = w.confidence_interval(0.95); one = stats.ttest_1samp(b, 0.2); ci1 = one.confidence_interval(0.95)
out["welch"] = {"first": a, "second": b, "statistic": float(w.statistic), "p": float(w.pvalue), "df": float(w.df), "interval": [float(ci.low), float(ci.high)], "one": [float(one.statistic), float(one.pvalue), float(ci1.low), float(ci1.high)]}
p = np.r_[rng.uniform(size=15), rng.uniform(size=5) ** 4, [0.03, 0.03]].tolist()
out["multiplicity"] = {"p": p, "bh": multipletests(p, method="fdr_bh")[1].tolist(), "by": multipletests(p, method="fdr_by")[1].tolist(), "holm": multipletests(p, method="holm")[1].tolist()}
se = rng.uniform(0.5, 2, 12); d = rng.normal(size=12) * 1.5 + 0.4 + rng.normal(size=12) * se
r = combine_effects(d, se**2, method_re="dl")
out["dersimonianLaird"] = {"d": d.tolist(), "se": se.tolist(), "tau2": float(r.tau2), "q": float(r.q), "mean": float(r.mean_effect_re), "meanError": float(r.sd_eff_w_re)}
factors = [[a, b] for a in range(3) for b in range(4) if (a, b) not in [(0, 3), (2, 1)]]
x = np.array([[1, a == 1, a == 2, b == 1, b == 2, b == 3] for a, b in factors], dtype=float)
se = rng.uniform(0.2, 1, len(x)); d = x @ rng.normal(size=6) + rng.normal(size=len(x)) * np.sqrt(0.5 + se**2)
W = np.diag(1 / se**2); inverse = np.linalg.pinv(x.T @ W @ x)
P = W - W @ x @ inverse @ x.T @ W
tau2 = max(0, (d @ P @ d - (len(x) - 6)) / np.trace(P))
V = np.diag(1 / (se**2 + tau2))
out["additive"] = {"d": d.tolist(), "se": se.tolist(), "factors": factors, "tau2": float(tau2), "means": (x @ np.linalg.solve(x.T @ V @ x, x.T @ V @ d)).tolist()}
Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":"), default=float) + "\n")
