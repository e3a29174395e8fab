"""Metrics of several classes by scikit-learn, every row once for every class with the weight of its mass.
Run: python evaluate-class-masses.fixture.py > evaluate-class-masses.fixture.json"""
import json
import numpy as np
import sklearn
from sklearn import metrics as m

rng = np.random.default_rng(8)
n, k = 80, 4
p = np.round(rng.dirichlet(np.ones(k) * 0.7, n), 2)
p[:, -1] = np.round(1 - p[:, :-1].sum(1), 2)
predicted = p.argmax(1)
mass = np.round(rng.random((n, k)) * (0.2 + p), 3)
y = np.tile(np.arange(k), n)
pp = np.repeat(p, k, axis=0)
pred = np.repeat(predicted, k)
w = mass.ravel()
auc = np.mean([m.roc_auc_score(y == c, pp[:, c], sample_weight=w) for c in range(k)])
onehot = np.eye(k)[y]
print(json.dumps({
    "made_by": f"scikit-learn {sklearn.__version__}",
    "width": k, "probabilities": p.ravel().tolist(), "predicted": predicted.tolist(), "mass": w.tolist(),
    "values": {
        "accuracy": m.accuracy_score(y, pred, sample_weight=w),
        "balanced_accuracy": m.balanced_accuracy_score(y, pred, sample_weight=w),
        "macro_f1": m.f1_score(y, pred, sample_weight=w, average="macro"),
        "weighted_f1": m.f1_score(y, pred, sample_weight=w, average="weighted"),
        "macro_precision": m.precision_score(y, pred, sample_weight=w, average="macro"),
        "weighted_recall": m.recall_score(y, pred, sample_weight=w, average="weighted"),
        "mcc": m.matthews_corrcoef(y, pred, sample_weight=w),
        "log_loss": float(np.average(-np.log(np.clip(pp[np.arange(n * k), y], 2.220446049250313e-16, 1)), weights=w)),
        "brier": float(np.average(((pp - onehot) ** 2).sum(1), weights=w)),
        "roc_auc_ovr": float(auc),
    },
}))
