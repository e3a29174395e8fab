"""An ONNX model that answers every tensor type of the Open Inference Protocol as it came, and a score beside them.

Makes echo.fixture.json. Needs onnx and onnxruntime.
"""
import base64
import json
import os

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "echo.fixture.json")
TYPES = {
    "BOOL": (TensorProto.BOOL, np.bool_), "UINT8": (TensorProto.UINT8, np.uint8), "UINT16": (TensorProto.UINT16, np.uint16),
    "UINT32": (TensorProto.UINT32, np.uint32), "UINT64": (TensorProto.UINT64, np.uint64), "INT8": (TensorProto.INT8, np.int8),
    "INT16": (TensorProto.INT16, np.int16), "INT32": (TensorProto.INT32, np.int32), "INT64": (TensorProto.INT64, np.int64),
    "FP16": (TensorProto.FLOAT16, np.float16), "FP32": (TensorProto.FLOAT, np.float32), "FP64": (TensorProto.DOUBLE, np.float64),
    "BYTES": (TensorProto.STRING, object),
}
nodes, inputs, outputs = [], [], []
for name, (kind, _) in TYPES.items():
    nodes.append(helper.make_node("Identity", [f"in_{name}"], [f"out_{name}"]))
    inputs.append(helper.make_tensor_value_info(f"in_{name}", kind, [None, 2]))
    outputs.append(helper.make_tensor_value_info(f"out_{name}", kind, [None, 2]))
nodes.append(helper.make_node("ReduceSum", ["in_FP32", "axes"], ["score"], keepdims=0))
outputs.insert(0, helper.make_tensor_value_info("score", TensorProto.FLOAT, [None]))
graph = helper.make_graph(nodes, "echo", inputs, outputs, [helper.make_tensor("axes", TensorProto.INT64, [1], [1])])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="fixture")
model.ir_version = 8
data = model.SerializeToString()
session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
feeds = {f"in_{n}": np.array([["a", "b"]], dtype=object) if n == "BYTES" else np.array([[1, 0]], dtype=t) for n, (_, t) in TYPES.items()}
assert len(session.run(None, feeds)) == 14
json.dump({"onnx": base64.b64encode(data).decode()}, open(OUT, "w"))
