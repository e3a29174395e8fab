"""Makes evaluate-metric.fixture.json: every metric by scikit-learn, scipy or pytrec_eval (trec_eval) on small cases.

Run: python evaluate-metric.fixture.py > evaluate-metric.fixture.json
with scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6, pytrec_eval-terrier 0.5.11.
Where those libraries answer 0 or 1 by decree for a value that does not exist, the case holds null (say where: `undefined`).
"""
import json
import warnings

import numpy as np
import pytrec_eval
import sklearn.metrics as sk
from scipy import stats
from sklearn.calibration import calibration_curve

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20240301)
cases = []


def number(value):
    value = float(value)
    return None if np.isnan(value) else value


def undefined(condition, value):
    return float("nan") if condition else value()


def calibration_error(hit, confidence, bins):
    """From scikit-learn's calibration_curve and the sizes of the same bins."""
    share, mean = calibration_curve(hit, confidence, n_bins=bins)
    edges = np.linspace(0, 1, bins + 1)
    sizes = np.bincount(np.searchsorted(edges[1:-1], confidence), minlength=bins)
    return np.sum(sizes[sizes > 0] * np.abs(share - mean)) / len(hit)


def lift(y, p, k):
    """Cumulative gains at k by interpolation between the points of scikit-learn's ROC curve (ties enter together)."""
    fpr, tpr, _ = sk.roc_curve(y, p, drop_intermediate=False)
    positives = y.sum()
    taken = (tpr * positives + (0 if positives == len(y) else fpr * (len(y) - positives))) / len(y)
    return np.interp(k, taken, tpr) / k


def binary(name, y, p, threshold=0.5, costs=(1, 8)):
    y, p = np.asarray(y), np.asarray(p, dtype=float)
    q = (p >= threshold).astype(int)
    one_class = len(set(y)) < 2
    tn, fp, fn, tp = sk.confusion_matrix(y, q, labels=[0, 1]).ravel()
    nothing = tp + fp + fn == 0
    values = {
        "roc_auc": undefined(one_class, lambda: sk.roc_auc_score(y, p)),
        "average_precision": undefined(y.sum() == 0, lambda: sk.average_precision_score(y, p)),
        "log_loss": sk.log_loss(y, p, labels=[0, 1]),
        "brier": sk.brier_score_loss(y, p, labels=[0, 1], pos_label=1),
        "ece": calibration_error(y, p, 15),
        "ece@10": calibration_error(y, p, 10),
        "ks": undefined(one_class, lambda: stats.ks_2samp(p[y == 1], p[y == 0]).statistic),
        "accuracy": sk.accuracy_score(y, q),
        "balanced_accuracy": sk.balanced_accuracy_score(y, q),
        "precision": undefined(tp + fp == 0, lambda: sk.precision_score(y, q)),
        "recall": undefined(y.sum() == 0, lambda: sk.recall_score(y, q)),
        "specificity": undefined(y.sum() == len(y), lambda: sk.recall_score(y, q, pos_label=0)),
        "f1": undefined(nothing, lambda: sk.f1_score(y, q)),
        "f_beta@0.5": undefined(nothing, lambda: sk.fbeta_score(y, q, beta=0.5)),
        "f_beta@2": undefined(nothing, lambda: sk.fbeta_score(y, q, beta=2)),
        "mcc": undefined(one_class or len(set(q)) < 2, lambda: sk.matthews_corrcoef(y, q)),
        "lift@0.1": undefined(y.sum() == 0, lambda: lift(y, p, 0.1)),
        "lift@0.33": undefined(y.sum() == 0, lambda: lift(y, p, 0.33)),
        "lift@1": undefined(y.sum() == 0, lambda: lift(y, p, 1.0)),
        "cost": 1000 * (np.mean((y == 0) & (q == 1)) * costs[0] + np.mean((y == 1) & (q == 0)) * costs[1]),
    }
    cases.append({
        "task": "binary", "name": name, "label": y.tolist(), "score": p.tolist(), "threshold": threshold,
        "costs": {"falsePositive": costs[0], "falseNegative": costs[1]},
        "values": {k: number(v) for k, v in values.items()},
    })


def macro_auc(y, p):
    """Mean of scikit-learn's roc_auc_score of each class against the rest, where both sides have rows."""
    scores = [sk.roc_auc_score(y == c, p[:, c]) for c in range(p.shape[1]) if 0 < np.sum(y == c) < len(y)]
    return np.mean(scores) if scores else float("nan")


def multiclass(name, y, p):
    y, p = np.asarray(y), np.asarray(p, dtype=float)
    q = p.argmax(axis=1)
    labels = list(range(p.shape[1]))
    values = {
        "accuracy": sk.accuracy_score(y, q),
        "balanced_accuracy": sk.balanced_accuracy_score(y, q),
        "top_k@1": sk.top_k_accuracy_score(y, p, k=1, labels=labels),
        "top_k@2": sk.top_k_accuracy_score(y, p, k=2, labels=labels),
        "mcc": undefined(len(set(y)) < 2 or len(set(q)) < 2, lambda: sk.matthews_corrcoef(y, q)),
        "log_loss": sk.log_loss(y, p, labels=labels),
        "brier": sk.brier_score_loss(y, p, labels=labels),
        "ece": calibration_error(y == q, p.max(axis=1), 15),
        "ece@5": calibration_error(y == q, p.max(axis=1), 5),
        "roc_auc_ovr": macro_auc(y, p),
    }
    if len(set(y)) == p.shape[1]:
        whole = sk.roc_auc_score(y, p, multi_class="ovr", average="macro", labels=labels)
        assert abs(whole - values["roc_auc_ovr"]) < 1e-12
    for average in ("macro", "micro", "weighted"):
        for metric, function in (("f1", sk.f1_score), ("precision", sk.precision_score), ("recall", sk.recall_score)):
            values[f"{average}_{metric}"] = function(y, q, average=average, zero_division=0)
    cases.append({
        "task": "multiclass", "name": name, "label": y.tolist(), "probabilities": p.tolist(),
        "values": {k: number(v) for k, v in values.items()},
    })


def regression(name, y, p, train):
    y, p, train = (np.asarray(a, dtype=float) for a in (y, p, train))
    values = {
        "mae": sk.mean_absolute_error(y, p),
        "rmse": sk.root_mean_squared_error(y, p),
        "mape": sk.mean_absolute_percentage_error(y, p),
        "smape": np.mean([0 if a == b == 0 else 2 * abs(a - b) / (abs(a) + abs(b)) for a, b in zip(y, p)]),
        "mdae": sk.median_absolute_error(y, p),
        "bias": np.mean(p - y),
        "r2": undefined(len(set(y)) < 2, lambda: sk.r2_score(y, p)),
        "quantile_loss@0.9": sk.mean_pinball_loss(y, p, alpha=0.9),
        "quantile_loss@0.5": sk.mean_pinball_loss(y, p, alpha=0.5),
        "mase@1": sk.mean_absolute_error(y, p) / sk.mean_absolute_error(train[1:], train[:-1]),
        "mase@7": sk.mean_absolute_error(y, p) / sk.mean_absolute_error(train[7:], train[:-7]),
    }
    cases.append({
        "task": "regression", "name": name, "label": y.tolist(), "score": p.tolist(), "train": train.tolist(),
        "values": {k: number(v) for k, v in values.items()},
    })


def ranking(name, lists):
    """`lists`: one list of (item, gain, score) each. Ties are broken by item before any library sees the order."""
    ranked = [sorted(rows, key=lambda row: (-row[2], row[0])) for rows in lists]
    relevant = [i for i, rows in enumerate(ranked) if any(gain > 0 for _, gain, _ in rows)]
    qrel = {str(i): {str(item): int(gain > 0) for item, gain, _ in ranked[i]} for i in relevant}
    run = {str(i): {str(row[0]): float(-r) for r, row in enumerate(ranked[i])} for i in relevant}
    trec = pytrec_eval.RelevanceEvaluator(qrel, {"map", "recip_rank", "P.3,10", "recall.3,10", "success.3,10"})
    measured = trec.evaluate(run) if relevant else {}

    def mean(per_list):
        values = [per_list(i) for i in relevant]
        values = [v for v in values if not np.isnan(v)]
        return np.mean(values) if values else float("nan")

    def of_trec(measure):
        return mean(lambda i: measured[str(i)][measure])

    def gains(i, exponential=False):
        gain = np.array([[row[1] for row in ranked[i]]], dtype=float)
        return 2**gain - 1 if exponential else gain

    def ndcg(i, k, exponential):
        gain = gains(i, exponential)
        if gain.shape[1] == 1:
            return 1.0  # scikit-learn refuses lists of one row
        return sk.ndcg_score(gain, -np.arange(gain.shape[1])[None, :], k=k, ignore_ties=True)

    def average_precision_at(i, k):
        """As in Kaggle's ml_metrics `apk`: divisor min(k, relevant)."""
        hit = (gains(i)[0] > 0).astype(float)
        precision = np.cumsum(hit) / np.arange(1, len(hit) + 1)
        return np.sum((precision * hit)[:k]) / min(k, hit.sum())

    def area(i):
        hit = gains(i)[0] > 0
        return undefined(hit.all(), lambda: sk.roc_auc_score(hit, -np.arange(len(hit))))

    items = {row[0] for rows in lists for row in rows}
    values = {
        "map": of_trec("map"),
        "map@3": mean(lambda i: average_precision_at(i, 3)),
        "map@10": mean(lambda i: average_precision_at(i, 10)),
        "mrr": of_trec("recip_rank"),
        "precision@3": of_trec("P_3"), "precision@10": of_trec("P_10"),
        "recall@3": of_trec("recall_3"), "recall@10": of_trec("recall_10"),
        "hit_rate@3": of_trec("success_3"), "hit_rate@10": of_trec("success_10"),
        "ndcg": mean(lambda i: ndcg(i, None, False)), "ndcg@3": mean(lambda i: ndcg(i, 3, False)),
        "ndcg@10": mean(lambda i: ndcg(i, 10, False)),
        "ndcg_exp": mean(lambda i: ndcg(i, None, True)), "ndcg_exp@3": mean(lambda i: ndcg(i, 3, True)),
        "list_auc": mean(area),
        "coverage@1": len({row[0] for rows in ranked for row in rows[:1]}) / len(items),
        "coverage@3": len({row[0] for rows in ranked for row in rows[:3]}) / len(items),
    }
    cases.append({
        "task": "ranking", "name": name, "lists": lists, "values": {k: number(v) for k, v in values.items()},
    })


y = rng.integers(0, 2, 60)
binary("random scores", y, np.round(rng.random(60), 6))
p = np.clip(0.6 * y + 0.4 * rng.random(60), 0, 1)
binary("a good model", y, np.round(p, 6), threshold=0.55)
binary("ties, with scores on bin edges and on the threshold", y, np.round(rng.random(60) * 0.7 + 0.3 * y, 1))
binary("one score for all", y, np.full(60, 0.4))
binary("probabilities of 0 and 1, some of them wrong", y, (rng.random(60) < 0.5 + 0.4 * (y - 0.5)).astype(float))
binary("two positives in 80", np.arange(80) % 40 == 7, np.round(rng.beta(1, 12, 80), 6), threshold=0.2)
binary("positives only", np.ones(9, int), np.round(rng.random(9), 3))
binary("negatives only", np.zeros(9, int), np.round(rng.random(9), 3))
binary("negatives only, none predicted positive", np.zeros(5, int), np.round(rng.random(5) * 0.4, 3))
binary("one positive row", [1], [0.7])
binary("one negative row", [0], [0.7])
binary("an upside-down model", y, np.round(1 - p, 6), costs=(2.5, 0.5))


def soft(logits):
    e = np.exp(logits)
    return np.round(e / e.sum(axis=1, keepdims=True), 12)


y = rng.integers(0, 4, 60)
multiclass("random probabilities", y, soft(rng.normal(size=(60, 4))))
multiclass("a good model", y, soft(rng.normal(size=(60, 4)) + 2 * np.eye(4)[y]))
multiclass("ties between classes", y, np.array([[0.5, 0.5, 0, 0], [0.25] * 4, [0, 0.4, 0.2, 0.4]])[rng.integers(0, 3, 60)])
multiclass("a class without rows", rng.integers(0, 3, 30), soft(rng.normal(size=(30, 4))))
multiclass("a class neither labelled nor predicted", rng.integers(0, 3, 30), soft(rng.normal(size=(30, 4)) - [0, 0, 0, 99]))
multiclass("one class in all labels", np.full(8, 2), soft(rng.normal(size=(8, 4))))
multiclass("one row", [1], [[0.2, 0.7, 0.1]])
multiclass("certain and wrong", [0, 1, 2], [[0, 1, 0], [0, 1, 0], [0, 0, 1]])

train = np.round(20 + 5 * np.sin(np.arange(50) * 2 * np.pi / 7) + rng.normal(size=50), 4)
y = np.round(rng.normal(10, 4, 61), 4)
regression("random errors", y, np.round(y + rng.normal(0.5, 2, 61), 4), train)
regression("an even number of rows", y[:40], np.round(y[:40] + rng.standard_t(2, 40), 4), train)
regression("labels and predictions of 0", [0, 0, 1, 2, 0, -3], [0, 0.5, 0, 2, 0, 1], train)
regression("equal labels", np.full(7, 3.5), np.round(rng.normal(3, 1, 7), 3), train)
regression("one row", [2.0], [2.5], train)
regression("large labels close together", 1e7 + np.round(y, 2), 1e7 + np.round(y + rng.normal(0, 2, 61), 2), train)


def random_lists(count, sizes, gain, score):
    pool = rng.permutation(200)
    return [
        [(int(i), float(gain()), float(score())) for i in rng.choice(pool, rng.integers(*sizes), replace=False)]
        for _ in range(count)
    ]


coin = lambda: float(rng.random() < 0.3)
graded = lambda: rng.choice([0, 0, 0, 1, 2, 3, 4])
ranking("relevant or not", random_lists(12, (5, 20), coin, lambda: round(rng.random(), 6)))
ranking("graded relevance", random_lists(12, (5, 20), graded, lambda: round(rng.random(), 6)))
ranking("tied scores", random_lists(12, (5, 20), graded, lambda: rng.integers(0, 4)))
ranking("short lists, some of one row", random_lists(15, (1, 4), coin, lambda: round(rng.random(), 6)))
ranking("no relevant row anywhere", random_lists(3, (3, 6), lambda: 0.0, lambda: round(rng.random(), 6)))
ranking("relevant rows only", random_lists(3, (3, 6), lambda: 1.0, lambda: round(rng.random(), 6)))

print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
