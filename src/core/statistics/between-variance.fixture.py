"""Reference numbers for between-variance.test.ts: statsmodels' one-step DerSimonian-Laird estimate.
Run: python between-variance.fixture.py > between-variance.fixture.json"""
import json
import numpy as np
import statsmodels
from statsmodels.stats.meta_analysis import combine_effects

rng = np.random.default_rng(14)
cases = []
for k, tau in ((2, 0.1), (8, 0.0), (8, 0.05), (60, 0.02), (200, 0.3)):
    errors = rng.uniform(0.005, 0.05, k)
    values = 0.7 + tau * rng.normal(size=k) + errors * rng.normal(size=k)
    found = combine_effects(values, errors**2, method_re="chi2")
    cases.append({"values": values.tolist(), "errors": errors.tolist(), "variance": float(max(0, found.tau2))})
print(json.dumps({"made_by": f"statsmodels {statsmodels.__version__}", "cases": cases}))
