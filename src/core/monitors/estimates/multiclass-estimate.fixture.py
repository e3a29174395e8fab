"""CBPE of three classes by NannyML: a model whose probabilities are too sure, on traffic whose features have moved.
Run: python multiclass-estimate.fixture.py > multiclass-estimate.fixture.json"""
import json
import logging
import warnings
import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
import nannyml as nml  # noqa: E402

rng = np.random.default_rng(11)
names = ["a", "b", "c"]


def world(n, centre):
    x = rng.normal(centre, 1, (n, 2))
    logits = np.c_[x[:, 0], x[:, 1], -0.5 * x.sum(1)]
    truth = np.exp(logits)
    truth /= truth.sum(1, keepdims=True)
    label = (truth.cumsum(1) > rng.random((n, 1))).argmax(1)
    said = np.exp(2.2 * logits)  # too sure
    said = np.round(said / said.sum(1, keepdims=True), 3)
    said[:, 2] = np.clip(np.round(1 - said[:, 0] - said[:, 1], 3), 0, 1)
    frame = pd.DataFrame({f"p_{c}": said[:, k] for k, c in enumerate(names)})
    frame["predicted"] = [names[k] for k in said.argmax(1)]
    frame["label"] = [names[k] for k in label]
    return frame


reference, current = world(1500, 0.0), world(500, 0.4)
metrics = ["accuracy", "f1", "precision", "recall", "roc_auc"]
estimator = nml.CBPE(
    problem_type="classification_multiclass", y_pred="predicted", y_true="label",
    y_pred_proba={c: f"p_{c}" for c in names}, metrics=metrics, chunk_number=1,
).fit(reference)
found = estimator.estimate(current).filter(period="analysis").to_df()
ours = {"accuracy": "accuracy", "f1": "macro_f1", "precision": "macro_precision", "recall": "macro_recall", "roc_auc": "roc_auc_ovr"}


def side(frame):
    return {
        "probabilities": frame[[f"p_{c}" for c in names]].to_numpy().ravel().tolist(),
        "predicted": [names.index(c) for c in frame.predicted],
        "label": [names.index(c) for c in frame.label],
    }


print(json.dumps({
    "made_by": f"nannyml {nml.__version__}",
    "reference": side(reference), "current": side(current),
    "values": {ours[m]: float(found[(m, "value")].iloc[0]) for m in metrics},
}))
