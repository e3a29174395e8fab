"""Fitted baselines by scikit-learn, for the tests of this folder. Makes baselines.fixture.json."""
import json
import os

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "baselines.fixture.json")
rng = np.random.default_rng(5)
n, k = 240, 4
x = rng.normal(size=(n, k)) * [1, 20, 0.01, 1] + [0, 300, 0, 5]
x[:, 3] = x[:, 0] * 2 + rng.normal(size=n) * 0.1 + 5  # nearly collinear
x = np.round(x, 6)
z = 1.2 * x[:, 0] - 0.05 * (x[:, 1] - 300) + 0.5 * rng.normal(size=n)
y = (z > 0.3).astype(int)
classes = np.digitize(z, [-0.7, 0.6])
target = 3 * z + 50
fresh = np.round(rng.normal(size=(25, k)) * [1, 20, 0.01, 1] + [0, 300, 0, 5], 6)


def logistic(labels, c):
    return make_pipeline(StandardScaler(), LogisticRegression(C=c, tol=1e-12, max_iter=100000)).fit(x, labels)


# Separable: the penalty alone keeps the weights finite.
separable = (x[:, 0] > 0).astype(int)
stump = DecisionTreeClassifier(max_depth=1, class_weight="balanced").fit(x[:, :1], y)
json.dump({
    "x": x.tolist(), "y": y.tolist(), "classes": classes.tolist(), "target": target.tolist(), "fresh": fresh.tolist(), "separable": separable.tolist(),
    "ridge": {str(a): make_pipeline(StandardScaler(), Ridge(alpha=a)).fit(x, target).predict(fresh).tolist() for a in (1.0, 100.0)},
    "logistic": {str(p): logistic(y, 1 / p).predict_proba(fresh)[:, 1].tolist() for p in (1.0, 10.0)},
    "logistic_separable": logistic(separable, 1.0).predict_proba(fresh)[:, 1].tolist(),
    "multinomial": logistic(classes, 1.0).predict_proba(fresh).tolist(),
    "best_balanced_accuracy": max((((y[x[:, 0] >= t] == 1).sum() / y.sum()) + ((y[x[:, 0] < t] == 0).sum() / (1 - y).sum())) / 2 for t in np.unique(x[:, 0])),
}, open(OUT, "w"))
