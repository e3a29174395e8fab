"""Weighted metrics by scikit-learn, every row twice: as a hit with one weight, as none with another.
Run: python evaluate-weighted.fixture.py > evaluate-weighted.fixture.json"""
import json
import numpy as np
import sklearn
from sklearn import metrics as m

rng = np.random.default_rng(5)
n = 60
score = np.round(rng.random(n), 2)  # ties
predicted = (score >= 0.5).astype(int)
positive = np.round(rng.random(n) * score, 3)
negative = np.round(rng.random(n) * (1 - score), 3)
y = np.r_[np.ones(n), np.zeros(n)]
s = np.r_[score, score]
p = np.r_[predicted, predicted]
w = np.r_[positive, negative]
x = rng.normal(size=n)
yhat = x + rng.normal(size=n)
print(json.dumps({
    "made_by": f"scikit-learn {sklearn.__version__}",
    "score": score.tolist(), "positive": positive.tolist(), "negative": negative.tolist(),
    "values": {
        "roc_auc": m.roc_auc_score(y, s, sample_weight=w),
        "average_precision": m.average_precision_score(y, s, sample_weight=w),
        "log_loss": m.log_loss(y, np.clip(s, 1e-9, 1 - 1e-9), sample_weight=w),
        "brier": m.brier_score_loss(y, s, sample_weight=w),
        "accuracy": m.accuracy_score(y, p, sample_weight=w),
        "precision": m.precision_score(y, p, sample_weight=w),
        "recall": m.recall_score(y, p, sample_weight=w),
        "f1": m.f1_score(y, p, sample_weight=w),
        "mcc": m.matthews_corrcoef(y, p, sample_weight=w),
    },
    "regression": {
        "label": x.tolist(), "predicted": yhat.tolist(),
        "values": {
            "mae": m.mean_absolute_error(x, yhat, sample_weight=positive),
            "rmse": m.root_mean_squared_error(x, yhat, sample_weight=positive),
            "r2": m.r2_score(x, yhat, sample_weight=positive),
        },
    },
}))
