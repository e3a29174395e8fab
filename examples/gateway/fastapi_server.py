"""A team's own FastAPI model. Run: uvicorn fastapi_server:app --port 8000"""
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Customer(BaseModel):
    income: float
    age: float


class Customers(BaseModel):
    customers: list[Customer]


@app.post("/score")
def score(body: Customers):
    return {"scores": [min(1.0, c.income / 10_000 + c.age / 1000) for c in body.customers]}
