"""Reference values at 60 digits (mpmath), rounded to doubles: log-gamma, incomplete gamma and beta, erf, erfc."""
import json
from pathlib import Path
import mpmath as mp

mp.mp.dps = 60

def series(ratio):
    """1 + r1 + r1 r2 + …: all terms positive, so nothing cancels."""
    total = term = mp.mpf(1)
    k = 0
    while term > total * mp.mpf(10) ** (-mp.mp.dps):
        term *= ratio(k)
        total += term
        k += 1
    return total


def gamma_tails(a, x):
    mp.mp.dps = 340  # the complement of a tail of 1e-290 keeps 50 digits
    a, x = mp.mpf(a), mp.mpf(x)
    lower = mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * series(lambda k: x / (a + k + 1))
    upper = 1 - lower
    mp.mp.dps = 60
    return lower, upper


def beta_side(a, b, x):
    a, b, x = mp.mpf(a), mp.mpf(b), mp.mpf(x)
    front = mp.exp(a * mp.log(x) + b * mp.log1p(-x) + mp.loggamma(a + b) - mp.loggamma(a + 1) - mp.loggamma(b))
    return front * series(lambda k: (a + b + k) / (a + 1 + k) * x)


def beta_tails(a, b, x):
    if x <= a / (a + b):
        mp.mp.dps = 340
        lower = beta_side(a, b, x)
        upper = 1 - lower
    else:
        mp.mp.dps = 340
        upper = beta_side(b, a, 1 - mp.mpf(x))
        lower = 1 - upper
    mp.mp.dps = 60
    return lower, upper


out = {"logGamma": [], "incompleteGamma": [], "incompleteBeta": [], "erf": []}
for x in [1e-300, 1e-9, 0.001, 0.1, 0.499, 0.5, 0.9, 0.999999, 1, 1.0000001, 1.3, 1.5, 1.999999, 2, 2.0000001, 2.5, 2.7, 3, 5.5, 9.99, 10, 10.01, 57.3, 1000.5, 1e8, 1e15]:
    out["logGamma"].append([x, float(mp.loggamma(mp.mpf(x)))])
for a in [1e-5, 0.1, 0.5, 1, 1.5, 3, 10, 50, 100.5, 1234.5, 1e5]:
    for ratio in [1e-6, 0.05, 0.3, 0.7, 0.97, 1, 1.03, 1.5, 3, 20]:
        x = a * ratio if a >= 0.5 else ratio
        if x > 5 * a + 700 or (x * 20 < a and a > 1000):
            continue  # beyond the smallest double
        lower, upper = gamma_tails(a, x)
        if lower > mp.mpf("1e-290") and upper > mp.mpf("1e-290"):
            out["incompleteGamma"].append([a, x, float(lower), float(upper)])
for a, b in [(0.01, 0.02), (0.5, 0.5), (0.5, 5), (1, 1), (1, 30), (2, 3), (10, 0.5), (30, 40), (200.5, 3), (500, 0.5), (1000, 2000), (2e4, 3e4)]:
    mean = a / (a + b)
    for x in [1e-12, 0.001, 0.2 * mean, 0.8 * mean, 0.97 * mean, mean, mean + 0.03 * (1 - mean), mean + 0.3 * (1 - mean), 0.999]:
        lower, upper = beta_tails(a, b, x)
        if lower > mp.mpf("1e-290") and upper > mp.mpf("1e-290"):
            out["incompleteBeta"].append([a, b, x, float(lower), float(upper)])
for x in [-27, -6, -2, -0.3, -1e-10, 0, 1e-300, 1e-8, 0.1, 0.49, 0.5, 1, 1.49, 1.51, 1.99, 2.01, 3, 5, 10, 20, 26]:
    out["erf"].append([x, float(mp.erf(mp.mpf(x))), float(mp.erfc(mp.mpf(x)))])
Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
