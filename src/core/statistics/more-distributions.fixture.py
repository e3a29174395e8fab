"""Chi-squared, beta, F and binomial tails by scipy, masses and Poisson by mpmath, Kolmogorov-Smirnov by scipy.stats.ks_2samp."""
import json
from pathlib import Path
import mpmath as mp
import numpy as np
from scipy import stats

mp.mp.dps = 150
rng = np.random.default_rng(3)


def binomial_log_mass(k, n, p):
    """At 50 digits, with q = 1 - p of the double p: scipy's own loses four digits at n = 100,000."""
    p = mp.mpf(p)
    return float(mp.log(mp.binomial(n, k)) + k * mp.log(p) + (n - k) * mp.log(1 - p))


def poisson(k, m):
    m = mp.mpf(m)
    mass = mp.exp(k * mp.log(m) - m - mp.loggamma(k + 1))
    term, upper = mass, mp.mpf(0)
    j = k
    while term > mass * mp.mpf(10) ** -140 or j < m:
        j += 1
        term *= m / j
        upper += term
    return [float(mass), float(1 - upper), float(upper)]


out = {}
out["chiSquared"] = [[x, df, stats.chi2.cdf(x, df), stats.chi2.sf(x, df)] for df in [1, 2, 3, 9, 50, 400] for x in [1e-6, 0.5, 3, 20, 100, 400, 800] if stats.chi2.sf(x, df) > 1e-290 and stats.chi2.cdf(x, df) > 1e-290]
out["chiSquaredQuantile"] = [[p, df, stats.chi2.ppf(p, df), stats.chi2.isf(p, df)] for df in [1, 2, 3, 9, 50, 400] for p in [1e-12, 1e-4, 0.025, 0.3, 0.5, 0.7, 0.99]]
out["betaQuantile"] = [[p, a, b, stats.beta.ppf(p, a, b), stats.beta.isf(p, a, b)] for a, b in [(0.5, 0.5), (1, 9), (3, 2), (40, 7), (500, 1500)] for p in [1e-8, 0.005, 0.025, 0.3, 0.5, 0.7, 0.975]]
out["f"] = [[x, a, b, stats.f.cdf(x, a, b), stats.f.sf(x, a, b)] for a, b in [(1, 1), (1, 30), (5, 2), (12, 40), (100, 300)] for x in [0.01, 0.4, 1, 3, 25]]
out["binomial"] = [[k, n, p, binomial_log_mass(k, n, p), stats.binom.cdf(k, n, p), stats.binom.sf(k, n, p)] for n, p in [(1, 0.3), (10, 0.5), (50, 0.02), (1000, 0.9), (100000, 0.001)] for k in sorted({0, 1, int(n * p), int(n * p * 1.1) + 1, n - 1, n}) if 0 <= k <= n and stats.binom.logpmf(k, n, p) > -600]
out["poisson"] = [[k, m, *poisson(k, m)] for m in [0.01, 1, 7.5, 100, 1e4] for k in [0, 1, 5, 20, 130, 10200] if stats.poisson.pmf(k, m) > 1e-290 and stats.poisson.sf(k, m) > 1e-290]
out["kolmogorovOne"] = [[d, n, stats.kstwo.sf(d, n)] for n in [1, 2, 5, 20, 100, 139, 141, 500, 5000, 100000, 800000] for z in [0.4, 0.7, 1, 1.36, 1.49, 1.7, 2.3, 4, 8] for d in [z / np.sqrt(n)] if d < 0.97]
out["kolmogorovLimit"] = [[x, stats.kstwobign.sf(x)] for x in [0.1, 0.5, 0.99, 1.01, 1.358, 2, 4]]
samples = []
for n, m, shift, digits in [(1, 1, 0, 3), (1, 5, 0.3, 3), (4, 7, 0.5, 3), (30, 30, 0, 3), (40, 25, 1, 1), (100, 100, 0.4, 2), (150, 60, 3, 2), (64, 96, 0, 0)]:
    a, b = np.sort(np.round(rng.normal(size=n), digits)), np.sort(np.round(rng.normal(size=m) + shift, digits))
    r = stats.ks_2samp(a, b, method="exact")
    samples.append([a.tolist(), b.tolist(), r.statistic, r.pvalue])
out["ksSamples"] = samples
out["ksSizes"] = []
for n, m in [(500, 500), (1000, 700), (10000, 9000), (2000, 300), (3000, 4), (20000, 15), (20000, 20000), (15000, 300), (1000000, 1000000)]:
    for z in [0.6, 1.0, 1.36, 2.0, 4.0]:
        d = z * np.sqrt((n + m) / (n * m))
        lcm = np.lcm(n, m)
        d = np.round(d * lcm) / lcm
        if d >= 1:
            continue
        if max(n, m) > 10000:
            p = float(stats.kstwo.sf(d, np.round(n * m / (n + m))))
        else:
            from scipy.stats._stats_py import _attempt_exact_2kssamp
            ok, d, p = _attempt_exact_2kssamp(n, m, int(np.gcd(n, m)), d, "two-sided")
            if not ok:
                continue
        out["ksSizes"].append([d, n, m, float(p)])
Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":"), default=float) + "\n")
