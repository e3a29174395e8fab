"""Expected metrics of short lists by going through every outcome: items are relevant with their probabilities, lists differ by a
normal effect (Gauss-Hermite quadrature, logits solved so that the probabilities hold on average).
Run: python list-relevance.fixture.py > list-relevance.fixture.json"""
import itertools
import json
import numpy as np
from scipy.optimize import brentq
from sklearn.metrics import average_precision_score, ndcg_score, roc_auc_score

nodes, weights = np.polynomial.hermite_e.hermegauss(31)
weights = weights / weights.sum()
sigmoid = lambda x: 1 / (1 + np.exp(-x))


def metrics_of(y):
    rank = -np.arange(len(y), dtype=float)
    hits = np.cumsum(y)
    out = {"map": np.nan, "ndcg": np.nan, "ndcg@3": np.nan, "mrr": np.nan, "precision@2": np.nan, "recall@2": np.nan, "list_auc": np.nan}
    if y.sum() > 0:
        out["map"] = average_precision_score(y, rank)
        out["ndcg"] = ndcg_score([y], [rank])
        out["ndcg@3"] = ndcg_score([y], [rank], k=3)
        out["mrr"] = 1 / (1 + int(np.argmax(y)))
        out["precision@2"] = hits[1] / 2
        out["recall@2"] = hits[1] / y.sum()
        if y.sum() < len(y):
            out["list_auc"] = roc_auc_score(y, rank)
    return out


def expected(p, spread):
    logits = [brentq(lambda b: (weights * sigmoid(b + spread * nodes)).sum() - one, -40, 40) for one in p]
    value, counts = {}, {}
    for y in itertools.product([0, 1], repeat=len(p)):
        y = np.array(y)
        given = sigmoid(np.array(logits)[:, None] + spread * nodes)
        chance = (weights * np.where(y[:, None] == 1, given, 1 - given).prod(0)).sum()
        for name, one in metrics_of(y).items():
            if not np.isnan(one):
                value[name] = value.get(name, 0) + chance * one
                counts[name] = counts.get(name, 0) + chance
    return {name: [value[name], counts[name]] for name in value}


cases = [([0.8, 0.5, 0.3, 0.1], 0.0), ([0.3, 0.3, 0.2, 0.2, 0.1, 0.05], 0.0), ([0.6, 0.2, 0.4, 0.1, 0.1], 0.8), ([0.3, 0.2, 0.1, 0.1, 0.05, 0.02], 1.5)]
print(json.dumps([{"probability": p, "spread": s, "expected": expected(p, s)} for p, s in cases]))
