"""scikit-learn's isotonic regression. Run: python isotonic.fixture.py > isotonic.fixture.json"""
import json
import numpy as np
import sklearn
from sklearn.isotonic import IsotonicRegression

rng = np.random.default_rng(3)
n = 200
x = np.round(rng.random(n), 2)
y = (rng.random(n) < x**2).astype(int)
w = np.round(rng.random(n), 2)
at = np.linspace(-0.1, 1.1, 49)
fit = lambda weight: IsotonicRegression(out_of_bounds="clip").fit(x, y, sample_weight=weight).predict(at).tolist()
print(json.dumps({
    "made_by": f"scikit-learn {sklearn.__version__}",
    "x": x.tolist(), "y": y.tolist(), "weight": w.tolist(), "at": at.tolist(), "plain": fit(None), "weighted": fit(w),
}))
