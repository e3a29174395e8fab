"""Makes film-ranker.fixture.json: the verdict on the films of the shared data (movies/test.parquet, film-ranker.yaml),
worked out with numpy alone, so that the reports have a real case to be designed and tested with.
Intervals here are those of a normal approximation on a fold bootstrap (seed 7): right in size, not the product's own.

usage: python film-ranker.fixture.py SHARED_DATA > film-ranker.fixture.json
"""
import hashlib
import json
import sys

import numpy as np
import pandas as pd

root = sys.argv[1]
d = pd.read_parquet(f"{root}/movies/test.parquet")
rng = np.random.default_rng(7)
d["chance"] = rng.random(len(d))
models = {"champion": "score_champion", "challenger": "score_challenger", "popularity": "item_log_n", "chance": "chance"}
fold_of = {u: hashlib.sha256(str(u).encode()).digest()[0] for u in d.user_id.unique()}
d["fold"] = d.user_id.map(fold_of)


def average_precision(t, column):
    o = t.sort_values(["request_id", column], ascending=[True, False], kind="stable")
    rank = o.groupby("request_id").cumcount() + 1
    hits = o.groupby("request_id").label.cumsum()
    ap = (o.label * hits / rank).groupby(o.request_id).sum() / o.groupby("request_id").label.sum()
    return ap  # NaN where a list has no hit


act, pop = ["low", "medium", "high"], ["rare", "mid", "common"]
last = d.timestamp.max() - pd.Timedelta(days=7)
S = [
    ("low activity", "low activity", "routable", {"user_activity": "low"}, d.user_activity == "low", 1.0, True, 0.0),
    ("rare films", "rare films", "item", {"item_popularity": "rare"}, d.item_popularity == "rare", 0.6, False, 0.0),
    ("young women", "young women", "routable", {"gender": "F", "user_age": {"from": 18, "below": 30}},
     (d.gender == "F") & (d.user_age >= 18) & (d.user_age < 30), 0.3, False, 0.0),
]
for a in act:
    S.append((f"user_activity={a}", "activity", "routable", {"user_activity": a}, d.user_activity == a, 0.3, False, 0.0))
for a in act:
    for p in pop:
        S.append((f"user_activity={a} & item_popularity={p}", "activity by popularity", "item",
                  {"user_activity": a, "item_popularity": p}, (d.user_activity == a) & (d.item_popularity == p), 0.1, False, 0.0))
S.append(("last week", "last week", "window", {"timestamp": {"above": str(last)}}, d.timestamp > last, 0.8, False, 0.0))

draws = rng.multinomial(256, np.full(256, 1 / 256), size=2000).astype(float)


def measure(mask):
    t = d[mask]
    ap = pd.DataFrame({m: average_precision(t, c) for m, c in models.items()}).dropna()
    fold = t.groupby("request_id").fold.first().loc[ap.index]
    folds = np.sort(fold.unique())
    weight = fold.value_counts().reindex(folds).to_numpy(float)
    sums = [ap[m].groupby(fold).sum().reindex(folds).to_numpy() for m in models]
    users = t[t.request_id.isin(ap.index)].user_id.nunique()
    return t, ap, folds, weight, sums, users


def star(folds, weight, sums):
    w = draws[:, folds]
    n = (w * weight).sum(1)
    with np.errstate(invalid="ignore"):
        return [(w * s).sum(1) / n for s in sums]


def paired(values, folds, weight, sums, units, i=1, j=0):
    s = star(folds, weight, sums)
    se = float(np.nanstd(s[i] - s[j]))
    diff = values[i] - values[j]
    return {"champion": values[j], "challenger": values[i], "difference": diff,
            "interval": [diff - 1.96 * se, diff + 1.96 * se], "direction": 1, "n": int(weight.sum()), "units": int(units),
            "method": "paired unit bootstrap, studentised, 2,000 draws", "reason": None}, s


def folded(values, folds, weight, sums):
    return {"folds": [int(f) for f in folds], "weight": [int(x) for x in weight],
            "sums": [[round(float(x), 5) for x in s] for s in sums],
            "values": [round(v, 8) for v in values], "reasons": [None] * len(models)}


slices, fold_slices, stars = [], [], []
for name, entry, kind, where, mask, w, blocking, margin in S:
    t, ap, folds, weight, sums, users = measure(mask)
    values = [float(ap[m].mean()) for m in models]
    p, s = paired(values, folds, weight, sums, users)
    stars.append((w, values, s))
    low, high = p["interval"]
    outcome = "not-enough-data" if users < 30 else "pass" if low >= -margin else "fail" if high < -margin else "not-enough-data"
    reason = f"{users} users; 30 are needed to judge a slice" if users < 30 else None
    slices.append({"name": name, "entry": entry, "kind": kind, "where": where, "weight": w, "blocking": blocking,
                   "margin": margin, "rows": int(len(t)), "groups": int(len(ap)), "units": int(users),
                   "positives": int(t.label.sum()), "share": len(t) / len(d), "metrics": {"map": p}, "cost": None,
                   "outcome": outcome, "reason": reason, "flags": ["worse"] if outcome == "fail" and not blocking else []})
    fold_slices.append(folded(values, folds, weight, sums))

total = sum(w for w, _, _ in stars)


def score(i, j):
    value = [sum(w * v[k] for w, v, _ in stars) for k in (j, i)]
    se = float(np.nanstd(sum(w * (s[i] - s[j]) for w, _, s in stars) / total))
    diff = (value[1] - value[0]) / total
    return {"champion": value[0] / total, "challenger": value[1] / total, "difference": diff,
            "interval": [diff - 1.96 * se, diff + 1.96 * se], "confidence": 0.95,
            "method": "paired unit bootstrap, studentised, 2,000 draws", "weight": {"evaluated": total, "excluded": 0},
            "sums": {"champion": value[0], "challenger": value[1]}, "reason": None}


t, ap, folds, weight, sums, users = measure(np.ones(len(d), bool))
values = [float(ap[m].mean()) for m in models]
overall, _ = paired(values, folds, weight, sums, users)
baselines = []
for k, name in ((2, "popularity"), (3, "chance")):
    s = score(1, k)
    p, _ = paired(values, folds, weight, sums, users, 1, k)
    baselines.append({"name": name, "score": s, "metrics": {"map": p}, "outcome": "pass" if s["interval"][0] > 0 else "fail"})

sc = score(1, 0)
low = slices[0]["metrics"]["map"]
verdict = {
    "schema": "umpire.verdict/1", "decision": "fail",
    "reason": "wins on average, loses for low activity, a slice that blocks",
    "model": "film-ranker", "task": "ranking", "metric": "map", "champion": "champion", "challenger": "challenger",
    "counts": {"rows": int(len(d)), "groups": int(d.request_id.nunique()), "units": int(d.user_id.nunique()),
               "positives": int(d.label.sum()), "unit": "user_id",
               "period": [d.timestamp.min().strftime("%Y-%m-%dT%H:%M:%SZ"), d.timestamp.max().strftime("%Y-%m-%dT%H:%M:%SZ")]},
    "score": sc, "overall": {"map": overall}, "slices": slices, "baselines": baselines,
    "gates": [
        {"name": "weighted score", "outcome": "not-enough-data", "reason": "the interval holds 0: not proven better",
         "numbers": {"difference": sc["difference"], "low": sc["interval"][0], "high": sc["interval"][1], "margin": 0}},
        {"name": "slice: low activity", "outcome": "fail", "reason": "worse by more than its margin of 0",
         "numbers": {"difference": low["difference"], "low": low["interval"][0], "high": low["interval"][1], "margin": 0,
                     "adjusted_p": 0.012}},
        {"name": "baseline: popularity", "outcome": "pass", "reason": "better than this baseline",
         "numbers": {"difference": baselines[0]["score"]["difference"]}},
        {"name": "baseline: chance", "outcome": "pass", "reason": "better than this baseline",
         "numbers": {"difference": baselines[1]["score"]["difference"]}},
    ],
    "needed": [{"gate": "weighted score", "units": 420, "reason": "at the observed difference"}],
    "power": {"expected": 0.03, "source": "observed", "pass": 0.41, "falsePass": 0.012, "detectable": 0.055, "reason": None},
    "notes": [{"code": "LISTS_WITHOUT_POSITIVES", "severity": "info",
               "message": f"{d.request_id.nunique() - len(ap)} of {d.request_id.nunique()} lists hold nothing relevant and are left out of map"}],
    "fingerprints": {"data": "sha256:1f0c…", "policy": "sha256:77ab…", "models": {"champion": "sha256:0c1d…", "challenger": "sha256:9e2f…"},
                     "product": "umpire 0.1.0"},
    "seed": 1,
}


def curve(column):
    o = d.sort_values(["request_id", column], ascending=[True, False], kind="stable")
    o = o.assign(rank=o.groupby("request_id").cumcount() + 1, total=o.groupby("request_id").label.transform("sum"))
    o = o[o.total > 0]
    lists = o.request_id.nunique()
    recall = [float((o[o["rank"] <= k].label / o[o["rank"] <= k].total).sum() / lists) for k in range(1, 21)]
    first = o[o.label == 1].groupby("request_id")["rank"].min()
    return {"recall": [round(x, 6) for x in recall],
            "firstHit": [int((first == k).sum()) for k in range(1, 21)] + [int((first > 20).sum())]}


diff = (ap["challenger"] - ap["champion"]).to_numpy()
edges = np.linspace(-1, 1, 41)
curves = {"kind": "ranking", "upTo": 20,
          "models": [{"name": m, **curve(c)} for m, c in list(models.items())[:2]],
          "lists": {"better": int((diff > 1e-12).sum()), "equal": int((abs(diff) <= 1e-12).sum()), "worse": int((diff < -1e-12).sum()),
                    "edges": [round(float(e), 6) for e in edges], "counts": [int(c) for c in np.histogram(diff, edges)[0]]}}
json.dump({"verdict": verdict, "foldValues": {"metric": "map", "direction": 1, "models": list(models),
                          "overall": folded(values, folds, weight, sums), "slices": fold_slices},
           "curves": curves,
           "gate": {"score": "better", "margin": 0, "confidence": 0.95, "baselines": "better", "expected": None, "minUnits": 30}},
          sys.stdout, separators=(",", ":"))
