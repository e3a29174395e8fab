"""A team's own KServe model. Run: python kserve_server.py --http_port 8000 --enable_grpc false"""
import argparse

import numpy as np
from kserve import InferOutput, InferResponse, Model, ModelServer, model_server


class Approval(Model):
    def __init__(self, name: str):
        super().__init__(name)
        self.ready = True

    async def get_input_types(self):
        return [{"name": "x", "datatype": "FP32", "shape": [-1, 2]}]

    async def get_output_types(self):
        return [{"name": "score", "datatype": "FP32", "shape": [-1]}]

    def predict(self, payload, headers=None):
        x = payload.inputs[0].as_numpy()
        scores = np.minimum(1.0, x[:, 0] / 10_000 + x[:, 1] / 1000).astype(np.float32)
        output = InferOutput(name="score", shape=list(scores.shape), datatype="FP32")
        output.set_data_from_numpy(scores, binary_data=False)
        return InferResponse(response_id=payload.id, model_name=self.name, infer_outputs=[output])


if __name__ == "__main__":
    args = argparse.ArgumentParser(parents=[model_server.parser]).parse_args()
    ModelServer().start([Approval("approval")])
