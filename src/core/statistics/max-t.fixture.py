"""Step-down max-T written plainly (Romano-Wolf 2005, algorithm 4.1 with p-values), 199 draws of 8 correlated hypotheses."""
import json
from pathlib import Path
import numpy as np

rng = np.random.default_rng(11)
draws = np.round(rng.normal(size=(199, 8)) * 0.8 + rng.normal(size=(199, 1)) * 0.6, 3)
observed = [3.4, 0.2, 2.1, 2.1, -1.0, 1.4, 2.6, 5.0]
order = np.argsort([-t for t in observed], kind="stable")
adjusted = [0.0] * 8
running = 0.0
for rank, s in enumerate(order):
    active = order[rank:]
    exceed = int((draws[:, active].max(axis=1) >= observed[s]).sum())
    running = max(running, (1 + exceed) / 200)
    adjusted[s] = running
critical = float(np.quantile(draws.max(axis=1), 0.95))
Path(__file__).with_suffix(".json").write_text(json.dumps({"draws": draws.tolist(), "observed": observed, "adjusted": adjusted, "critical95": critical}, separators=(",", ":")) + "\n")
