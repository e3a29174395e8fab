"""Writes live-load.fixture.json: two ONNX models that sum their inputs in a loop, one with 3 rounds, one with 100,000."""
import base64
import json
import pathlib

from onnx import TensorProto, helper

COLUMN = [None, 1]


def summed_in_a_loop(rounds: int) -> str:
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["go_on"]), helper.make_node("Mul", ["sum", "one"], ["next"])],
        "body",
        [
            helper.make_tensor_value_info("round", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("sum", TensorProto.FLOAT, COLUMN),
        ],
        [
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, COLUMN),
        ],
        [helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0])],
    )
    graph = helper.make_graph(
        [
            helper.make_node("ReduceSum", ["X", "axes"], ["total"], keepdims=1),
            helper.make_node("Loop", ["rounds", "yes", "total"], ["score"], body=body),
        ],
        "sum",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, COLUMN)],
        [
            helper.make_tensor("rounds", TensorProto.INT64, [], [rounds]),
            helper.make_tensor("yes", TensorProto.BOOL, [], [True]),
            helper.make_tensor("axes", TensorProto.INT64, [1], [1]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return base64.b64encode(model.SerializeToString()).decode()


models = {"short": summed_in_a_loop(3), "slow": summed_in_a_loop(100_000)}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(models, indent=2) + "\n")
