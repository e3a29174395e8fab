"""A model server as teams write them: FastAPI, records in, scores out."""
import math

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Request(BaseModel):
    records: list[dict]


def score(record: dict) -> float:
    income = float(record.get("income") or 0)
    age = float(record.get("age") or 0)
    return 1 / (1 + math.exp(-(income - 2500) / 1000 - (age - 35) / 20))


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/predict")
def predict(request: Request):
    return {"predictions": [{"score": score(record)} for record in request.records]}
