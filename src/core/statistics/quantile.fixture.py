"""numpy quantiles (linear = type 7; weighted by inverted_cdf)."""
import json
from pathlib import Path
import numpy as np

rng = np.random.default_rng(5)
out = {"quantiles": [], "weighted": []}
for values in [[3.0], [2.0, 1.0], [5.0, 1.0, 1.0, 9.0, 4.0], rng.normal(size=37).tolist(), rng.integers(0, 6, 200).astype(float).tolist()]:
    ps = [0, 0.01, 0.1, 0.25, 1 / 3, 0.5, 0.9, 0.975, 1]
    out["quantiles"].append([values, ps, np.quantile(values, ps).tolist()])
for n in [1, 4, 25, 100]:
    values = np.round(rng.normal(size=n), 1)
    weights = rng.integers(0, 5, n) + (np.arange(n) == 0)
    for p in [0.05, 0.25, 0.5, 0.8, 1]:
        out["weighted"].append([values.tolist(), weights.tolist(), p, float(np.quantile(values, p, weights=weights, method="inverted_cdf"))])
Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
