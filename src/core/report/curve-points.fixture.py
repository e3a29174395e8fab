"""Makes curve-points.fixture.json: the points of ROC, precision-recall and calibration by scikit-learn and scipy, for
scores that are bin middles (so that a histogram loses nothing).

usage: python curve-points.fixture.py > curve-points.fixture.json
"""
import json

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import precision_recall_curve, roc_auc_score, roc_curve

rng = np.random.default_rng(11)
bins = 16
edges = np.linspace(0, 1, bins + 1)
middles = (edges[:-1] + edges[1:]) / 2
label = rng.random(600) < 0.3
code = np.clip(np.round(rng.normal(np.where(label, 9.5, 5.5), 3)), 0, bins - 1).astype(int)
score = middles[code]
fpr, tpr, _ = roc_curve(label, score, drop_intermediate=False)
precision, recall, _ = precision_recall_curve(label, score)
wilson = [[int(h), int(n), *map(float, binomtest(h, n).proportion_ci(0.95, "wilson"))] for h, n in [(0, 7), (3, 10), (50, 50), (400, 900)]]
print(json.dumps({
    "edges": edges.tolist(),
    "positives": [int(((code == b) & label).sum()) for b in range(bins)],
    "negatives": [int(((code == b) & ~label).sum()) for b in range(bins)],
    "labels": label.astype(int).tolist(), "scores": score.tolist(),
    "roc": [[float(x), float(y)] for x, y in zip(fpr, tpr)],
    "auc": float(roc_auc_score(label, score)),
    "precisionRecall": [[float(r), float(p)] for p, r in zip(precision[:-1], recall[:-1])],
    "rate": float(label.mean()), "meanScore": float(score.mean()), "wilson": wilson,
}))
