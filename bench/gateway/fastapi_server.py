"""What teams run today: FastAPI with onnxruntime, one worker, nothing else on. Prints its port."""
import socket
import sys

import numpy as np
import onnxruntime
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
app = FastAPI()


class Input(BaseModel):
    name: str
    datatype: str
    shape: list[int]
    data: list[float]


class Request(BaseModel):
    inputs: list[Input]
    parameters: dict | None = None


@app.post("/v2/models/m/infer")
async def infer(request: Request):
    given = request.inputs[0]
    scores = session.run(["score"], {"x": np.asarray(given.data, dtype=np.float32).reshape(given.shape)})[0]
    return {"model_name": "m", "model_version": "1",
            "outputs": [{"name": "score", "datatype": "FP32", "shape": list(scores.shape), "data": scores.ravel().tolist()}]}


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
print("port", listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False)).run(sockets=[listener])
