"""Direct loss estimation by NannyML: losses grow with x, and x has grown.
Run: python regression-estimate.fixture.py | tail -n 1 > regression-estimate.fixture.json  (LightGBM talks)"""
import json
import logging
import warnings
import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
import nannyml as nml  # noqa: E402

rng = np.random.default_rng(4)


def world(n, high):
    x = np.round(rng.uniform(0, high, n), 2)
    z = np.round(rng.normal(size=n), 2)
    prediction = np.round(3 * x + z, 2)
    label = np.round(prediction + (0.5 + 0.8 * x) * rng.normal(size=n) + 0.4 * x * (z > 1), 2)
    return pd.DataFrame({"x": x, "z": z, "prediction": prediction, "label": label})


reference, current = world(3000, 5), world(1000, 5)
current = current[rng.random(len(current)) < current.x / 5]
metrics = ["mae", "rmse", "mse"]
found = nml.DLE(
    feature_column_names=["x", "z"], y_pred="prediction", y_true="label", metrics=metrics, chunk_number=1
).fit(reference).estimate(current).filter(period="analysis").to_df()
side = lambda frame: {name: frame[name].tolist() for name in frame}
print(json.dumps({
    "made_by": f"nannyml {nml.__version__}",
    "reference": side(reference), "current": side(current),
    "values": {m: float(found[(m, "value")].iloc[0]) for m in metrics if m != "mse"},
    "sampling_error": {m: float(found[(m, "sampling_error")].iloc[0]) for m in metrics if m != "mse"},
}))
