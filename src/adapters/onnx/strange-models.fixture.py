"""Models whose inputs or outputs are not the usual [rows, columns], with the answers of onnxruntime in Python.

Run: python strange-models.fixture.py > strange-models.fixture.json   (needs numpy, onnx, onnxruntime)
"""
import base64, json, sys, tempfile
import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto as T, helper as h, numpy_helper

models = {}
F, I64, S = T.FLOAT, T.INT64, T.STRING
x = np.array([[1, 2, 3], [4, 5, 6], [-1, 0.5, 2], [0, 0, 1]], np.float32)


def value(name, kind, shape): return h.make_tensor_value_info(name, kind, shape)
def const(name, array): return numpy_helper.from_array(np.asarray(array), name)


def plain(value):
    return value.tolist() if isinstance(value, np.ndarray) else value


def add(name, nodes, inputs, outputs, feeds, constants=(), ml=False):
    opsets = [h.make_opsetid("", 17)] + ([h.make_opsetid("ai.onnx.ml", 3)] if ml else [])
    graph = h.make_graph(nodes, name, inputs, outputs, list(constants))
    model = h.make_model(graph, opset_imports=opsets, ir_version=8)
    content = model.SerializeToString()
    session = ort.InferenceSession(content)
    answers = dict(zip([o.name for o in session.get_outputs()], session.run(None, feeds)))
    models[name] = {"onnx": base64.b64encode(content).decode(), "answers": {key: plain(v) for key, v in answers.items()}}


w = np.array([[1, -1], [0.5, 2], [0, 1]], np.float32)
rows3 = [value("x", F, [None, 3])]
# Two predictions of a regression, and the same numbers from operators that say nothing
add("two_predictions", [h.make_node("LinearRegressor", ["x"], ["variable"], domain="ai.onnx.ml", targets=2,
    coefficients=[float(v) for v in w.T.ravel()], intercepts=[0.0, 0.0])], rows3, [value("variable", F, [None, 2])], {"x": x}, ml=True)
add("unsaid", [h.make_node("MatMul", ["x", "w"], ["y"])], rows3, [value("y", F, [None, 2])], {"x": x}, [const("w", w)])
# Two classes, by a Softmax, by a name, by a label that is the largest
product = h.make_node("MatMul", ["x", "w"], ["m"])
add("softmax", [product, h.make_node("Softmax", ["m"], ["y"])], rows3, [value("y", F, [None, 2])], {"x": x}, [const("w", w)])
add("logits", [h.make_node("MatMul", ["x", "w"], ["logits"])], rows3, [value("logits", F, [None, 2])], {"x": x}, [const("w", w)])
add("with_label", [h.make_node("MatMul", ["x", "w"], ["y"]), h.make_node("ArgMax", ["y"], ["best"], axis=1, keepdims=0)],
    rows3, [value("best", I64, [None]), value("y", F, [None, 2])], {"x": x}, [const("w", w)])
# Two labels, each yes or no
add("sigmoids", [product, h.make_node("Sigmoid", ["m"], ["probabilities"])], rows3, [value("probabilities", F, [None, 2])],
    {"x": x}, [const("w", w)])
# Labels first, then rows, as forests of several labels are exported
add("labels_first", [product, h.make_node("Softmax", ["m"], ["p"]), h.make_node("Unsqueeze", ["p", "zero"], ["one"]),
    h.make_node("Concat", ["one", "one"], ["probabilities"], axis=0), h.make_node("Cast", ["p"], ["label"], to=I64)],
    rows3, [value("label", I64, [None, 2]), value("probabilities", F, [2, None, 2])], {"x": x},
    [const("w", w), const("zero", np.array([0], np.int64))])
# Three rows at a time
add("rows_3", [h.make_node("ReduceMean", ["x"], ["score"], axes=[1], keepdims=1)], [value("x", F, [3, 3])],
    [value("score", F, [3, 1])], {"x": x[:3]})
# Rows of any length
ids = np.array([[1, 2, 3], [4, 5, 6]], np.int64)
add("sequence", [h.make_node("Cast", ["ids"], ["f"], to=F), h.make_node("ReduceMean", ["f"], ["score"], axes=[1], keepdims=1)],
    [value("ids", I64, ["n", "length"])], [value("score", F, ["n", 1])], {"ids": ids})
# Texts, two a row
texts = np.array([["a", "b"], ["c", "Zoë"]], object)
add("texts", [h.make_node("Identity", ["t"], ["y"])], [value("t", S, [None, 2])], [value("y", S, [None, 2])], {"t": texts})
# Declared for one row and a tensor without a shape, as lightgbm's converter writes
add("wrong_shapes", [product, h.make_node("Softmax", ["m"], ["probabilities"]), h.make_node("ArgMax", ["m"], ["label"], axis=1, keepdims=0)],
    rows3, [value("label", I64, [1]), value("probabilities", F, None)], {"x": x}, [const("w", w)])

# One answer for all rows; two scores for each of two labels, side by side
add("one_for_all", [h.make_node("ReduceMean", ["x"], ["m"], keepdims=0), h.make_node("Reshape", ["m", "shape"], ["y"])],
    rows3, [value("y", F, [1])], {"x": x}, [const("shape", np.array([1], np.int64))])
add("scores_of_labels", [product, h.make_node("Sigmoid", ["m"], ["p"]), h.make_node("Concat", ["p", "p"], ["probabilities"], axis=1),
    h.make_node("Round", ["p"], ["r"]), h.make_node("Cast", ["r"], ["label"], to=I64)],
    rows3, [value("label", I64, [None]), value("probabilities", F, [None, 4])], {"x": x}, [const("w", w)])
# Inputs whose names were columns with a blank and a hyphen
add("renamed", [h.make_node("Mul", ["f_two", "ten"], ["t"]), h.make_node("Add", ["f_one", "t"], ["score"])],
    [value("f_one", F, [None, 1]), value("f_two", F, [None, 1])], [value("score", F, [None, 1])],
    {"f_one": x[:, :1], "f_two": x[:, 1:2]}, [const("ten", np.array([10], np.float32))])

# Narrow types
add("half", [h.make_node("MatMul", ["x", "h"], ["score"])], [value("x", T.FLOAT16, [None, 3])], [value("score", T.FLOAT16, [None, 1])],
    {"x": x.astype(np.float16)}, [const("h", w[:, :1].astype(np.float16))])
add("bytes", [h.make_node("Cast", ["x"], ["f"], to=F), h.make_node("ReduceMax", ["f"], ["score"], axes=[1], keepdims=1)],
    [value("x", T.UINT8, [None, 3])], [value("score", F, [None, 1])], {"x": np.array([[1, 2, 3]], np.uint8)})
# Categories as Python spells numbers and times
add("python_texts", [h.make_node("LabelEncoder", ["rate"], ["r"], domain="ai.onnx.ml", keys_strings=["0.5", "1.0"],
        values_floats=[10.0, 20.0], default_float=-1.0),
    h.make_node("LabelEncoder", ["day"], ["d"], domain="ai.onnx.ml", keys_strings=["2024-01-31"], values_floats=[1.0], default_float=-1.0),
    h.make_node("Add", ["r", "d"], ["score"])],
    [value("rate", S, [None, 1]), value("day", S, [None, 1])], [value("score", F, [None, 1])],
    {"rate": np.array([["1.0"], ["0.5"]], object), "day": np.array([["2024-01-31"], ["x"]], object)}, ml=True)
# Weights in a file of their own, without and with a ZipMap
def add_apart(name, nodes, outputs, weights, answers):
    with tempfile.TemporaryDirectory() as folder:
        graph = h.make_graph(nodes, name, rows3, outputs, [const("w", weights)])
        opsets = [h.make_opsetid("", 17), h.make_opsetid("ai.onnx.ml", 3)]
        onnx.save_model(h.make_model(graph, opset_imports=opsets, ir_version=8), f"{folder}/{name}.onnx",
            save_as_external_data=True, location=f"{name}.weights", size_threshold=0)
        read = lambda file: base64.b64encode(open(f"{folder}/{file}", "rb").read()).decode()
        models[name] = {"onnx": read(f"{name}.onnx"), "weights": read(f"{name}.weights"), "answers": answers}


add_apart("apart", [h.make_node("MatMul", ["x", "w"], ["score"])], [value("score", F, [None, 1])], w[:, :1],
    {"score": (x @ w[:, :1]).tolist()})
maps = h.make_sequence_type_proto(h.make_map_type_proto(I64, h.make_tensor_type_proto(F, [])))
add_apart("apart_zipped", [product, h.make_node("Softmax", ["m"], ["p"]),
    h.make_node("ZipMap", ["p"], ["probabilities"], domain="ai.onnx.ml", classlabels_int64s=[0, 1])],
    [h.make_value_info("probabilities", maps)], w, {"p": models["softmax"]["answers"]["y"]})

json.dump({"x": x.tolist(), "models": models}, sys.stdout, ensure_ascii=False)
