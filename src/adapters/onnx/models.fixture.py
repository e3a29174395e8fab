"""Small ONNX models of every shape that the runtime adapter promises to read, with the answers of onnxruntime.

Makes models.fixture.json. Needs numpy, onnx, onnxruntime, scikit-learn, skl2onnx.
"""
import base64
import json
import os

import numpy as np
import onnxruntime
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.linear_model import LogisticRegression

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "models.fixture.json")
F, D, I64, I32, B, S = (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL, TensorProto.STRING)


def model(nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info(n, t, s) for n, t, s in inputs],
                              [helper.make_tensor_value_info(n, t, s) for n, t, s in outputs], list(constants))
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="fixture")
    made.ir_version = 8
    return made.SerializeToString()


def const(name, kind, shape, values):
    return helper.make_tensor(name, kind, shape, values)


rng = np.random.default_rng(11)
x = np.round(rng.normal(size=(7, 3)), 3)
models = {}


def add(name, data, feeds, output):
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    answer = session.run([output], feeds)[0] if output else None
    models[name] = {"onnx": base64.b64encode(data).decode(), "answer": None if answer is None else np.asarray(answer, dtype=float).tolist()}


# One double tensor [n, 3] -> [n]
add("doubles", model(
    [helper.make_node("MatMul", ["x", "w"], ["y"]), helper.make_node("Squeeze", ["y", "axis"], ["score"])],
    [("x", D, [None, 3])], [("score", D, [None])], [const("w", D, [3, 1], [1.5, -2.0, 0.25]), const("axis", I64, [1], [1])]),
    {"x": x}, "score")

# Named inputs of other types, [n, 1] and [n]
count = np.arange(7, dtype=np.int64) - 3
level = (np.arange(7, dtype=np.int32) * 5) % 4
liked = np.arange(7) % 2 == 0
add("named", model(
    [helper.make_node("Cast", ["count"], ["c"], to=F), helper.make_node("Cast", ["level"], ["l1"], to=F),
     helper.make_node("Reshape", ["l1", "shape"], ["l"]), helper.make_node("Cast", ["liked"], ["k"], to=F),
     helper.make_node("Add", ["c", "l"], ["s1"]), helper.make_node("Add", ["s1", "k"], ["score"])],
    [("count", I64, [None, 1]), ("level", I32, [None]), ("liked", B, [None, 1])], [("score", F, [None, 1])],
    [const("shape", I64, [2], [-1, 1])]),
    {"count": count.reshape(-1, 1), "level": level, "liked": liked.reshape(-1, 1)}, "score")

# Two tensors of several columns: features are taken one after the other
add("two_tensors", model(
    [helper.make_node("Concat", ["a", "b"], ["all"], axis=1), helper.make_node("MatMul", ["all", "w"], ["score"])],
    [("a", F, [None, 2]), ("b", F, [None, 1])], [("score", F, [None, 1])], [const("w", F, [3, 1], [1.0, 10.0, 100.0])]),
    {"a": x[:, :2].astype(np.float32), "b": x[:, 2:].astype(np.float32)}, "score")

# Two outputs of numbers, neither named like a score
add("two_outputs", model(
    [helper.make_node("Identity", ["x"], ["first"]), helper.make_node("Neg", ["x"], ["second"])],
    [("x", F, [None, 1])], [("first", F, [None, 1]), ("second", F, [None, 1])]),
    {"x": x[:, :1].astype(np.float32)}, "second")

# A label and nothing else
add("label_only", model(
    [helper.make_node("ArgMax", ["x"], ["label"], axis=1, keepdims=0)], [("x", F, [None, 3])], [("label", I64, [None])]),
    {"x": x.astype(np.float32)}, "label")

# Multiclass with names, with and without ZipMap; binary with classes 1 and 2
y3 = np.array(["cat", "dog", "bird"])[np.arange(60) % 3]
x3 = rng.normal(size=(60, 3)) + (np.arange(60) % 3)[:, None]
three = LogisticRegression().fit(x3, y3)
kind = [("x", FloatTensorType([None, 3]))]
plain = to_onnx(three, initial_types=kind, options={id(three): {"zipmap": False}}, target_opset=15)
zipped = to_onnx(three, initial_types=kind, target_opset=15)
add("three_classes", plain.SerializeToString(), {"x": x.astype(np.float32)}, "probabilities")
models["three_classes_zipmap"] = {"onnx": base64.b64encode(zipped.SerializeToString()).decode(), "answer": models["three_classes"]["answer"]}
two = LogisticRegression().fit(x3, np.where(np.arange(60) % 3 == 0, "no", "yes"))
add("yes_no", to_onnx(two, initial_types=kind, options={id(two): {"zipmap": False}}, target_opset=15).SerializeToString(), {"x": x.astype(np.float32)}, "probabilities")

json.dump({"x": x.tolist(), "count": count.tolist(), "level": level.tolist(), "liked": liked.tolist(), "models": models}, open(OUT, "w"))
