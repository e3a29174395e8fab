"""Small ONNX models with inputs out of the ordinary, with the answers of onnxruntime.

Makes odd-inputs.fixture.json. Needs numpy, onnx, onnxruntime.
"""
import base64
import json
import os

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "odd-inputs.fixture.json")
F, I64 = TensorProto.FLOAT, TensorProto.INT64


def model(nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info(n, t, s) for n, t, s in inputs],
                              [helper.make_tensor_value_info(n, t, s) for n, t, s in outputs], list(constants))
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="fixture")
    made.ir_version = 8
    return made.SerializeToString()


def answers(data, feeds):
    return onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"]).run(None, feeds)[0].ravel().tolist()


def encoded(data):
    return base64.b64encode(data).decode()


x = np.round(np.random.default_rng(3).normal(size=(7, 3)), 3).astype(np.float32)
weights = helper.make_tensor("w", F, [3, 1], [1.5, -2.0, 0.25])
product = [helper.make_node("MatMul", ["x", "w"], ["score"])]
open_rows = model(product, [("x", F, ["N", 3])], [("score", F, ["N", 1])], [weights])
four_rows = model(product, [("x", F, [4, 3])], [("score", F, [4, 1])], [weights])

mean = [helper.make_node("Cast", ["ids"], ["f"], to=F),
        helper.make_node("ReduceMean", ["f"], ["score"], axes=[1], keepdims=1)]
sequences = model(mean, [("ids", I64, ["N", "L"])], [("score", F, ["N", 1])])
ids = np.array([[1, 2, 6], [4, 5, 9]], dtype=np.int64)

pair = model([helper.make_node("Add", ["a", "b"], ["score"])],
             [("a", F, ["N"]), ("b", F, ["N"])], [("score", F, ["N"])])
scalar = model([helper.make_node("Mul", ["x", "t"], ["score"])],
               [("x", F, ["N", 1]), ("t", F, [])], [("score", F, ["N", 1])])

json.dump({
    "x": x.tolist(),
    "four_rows": {"onnx": encoded(four_rows), "answer": answers(open_rows, {"x": x})},
    "sequences": {"onnx": encoded(sequences), "ids": ids.tolist(), "answer": answers(sequences, {"ids": ids})},
    "pair": {"onnx": encoded(pair)},
    "scalar": {"onnx": encoded(scalar)},
}, open(OUT, "w"))
