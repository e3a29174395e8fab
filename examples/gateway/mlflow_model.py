"""A team's own MLflow model. Run: python mlflow_model.py model && mlflow models serve -m model -p 8000 --env-manager local"""
import sys

import mlflow
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel


class Approval(PythonModel):
    def predict(self, context, model_input, params=None):
        return (model_input["income"] / 10_000 + model_input["age"] / 1000).clip(upper=1.0)


if __name__ == "__main__":
    mlflow.pyfunc.save_model(sys.argv[1], python_model=__file__)
else:
    set_model(Approval())
