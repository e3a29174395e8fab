"""What teams run today: MLServer with onnxruntime in one process, nothing else on. Prints its port."""
import json
import os
import socket
import sys

import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse


class OnnxModel(MLModel):
    async def load(self) -> bool:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(self.settings.parameters.uri, options, providers=["CPUExecutionProvider"])
        return True

    async def predict(self, payload):
        x = NumpyCodec.decode_input(payload.inputs[0])
        scores = self.session.run(["score"], {"x": x})[0]
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("score", scores)])


def free_ports(count):
    listeners = [socket.socket() for _ in range(count)]
    for listener in listeners:
        listener.bind(("127.0.0.1", 0))
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def write(folder, name, document):
    with open(os.path.join(folder, name), "w") as file:
        json.dump(document, file)


if __name__ == "__main__":
    model, folder = sys.argv[1:3]
    http, grpc, metrics = free_ports(3)
    write(folder, "settings.json", {"http_port": http, "grpc_port": grpc, "metrics_port": metrics, "host": "127.0.0.1",
                                    "parallel_workers": 0, "debug": False})
    write(folder, "model-settings.json", {"name": "m", "implementation": "mlserver_server.OnnxModel", "parameters": {"uri": model}})
    print("port", http, flush=True)
    from mlserver.cli import main

    sys.argv = ["mlserver", "start", folder]
    sys.stdout = sys.stderr
    main()
