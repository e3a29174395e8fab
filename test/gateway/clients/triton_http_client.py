"""Asks a gateway with tritonclient[http], as its users do: JSON, binary, asynchronous, compressed. Prints what came."""
import json
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

address, model = sys.argv[1:3]
rows = np.array(json.loads(sys.argv[3]), dtype=np.float32)
client = triton.InferenceServerClient(address)
seen = {"live": client.is_server_live(), "ready": client.is_server_ready(), "model_ready": client.is_model_ready(model),
        "version_ready": client.is_model_ready(model, "1"), "server": client.get_server_metadata(),
        "metadata": client.get_model_metadata(model), "index": client.get_model_repository_index(), "answers": {}}
name = seen["metadata"]["inputs"][0]["name"]
output = seen["metadata"]["outputs"][-1]["name"]


def ask(binary_in, binary_out, **more):
    tensor = triton.InferInput(name, list(rows.shape), "FP32")
    tensor.set_data_from_numpy(rows, binary_data=binary_in)
    wanted = [triton.InferRequestedOutput(output, binary_data=binary_out)]
    return client.infer(model, [tensor], outputs=wanted, request_id="r1", **more)


for binary_in in (True, False):
    for binary_out in (True, False):
        answer = ask(binary_in, binary_out)
        seen["answers"][f"{binary_in}-{binary_out}"] = answer.as_numpy(output).tolist()
        seen["id"] = answer.get_response()["id"]
seen["answers"]["gzip"] = ask(True, True, request_compression_algorithm="gzip", response_compression_algorithm="gzip").as_numpy(output).tolist()
seen["answers"]["deflate"] = ask(False, False, request_compression_algorithm="deflate", response_compression_algorithm="deflate").as_numpy(output).tolist()
seen["answers"]["parameters"] = ask(True, True, parameters={"unit": "u1", "mine": 3}).as_numpy(output).tolist()
tensor = triton.InferInput(name, list(rows.shape), "FP32")
tensor.set_data_from_numpy(rows)
seen["answers"]["async"] = client.async_infer(model, [tensor]).get_result().as_numpy(output).tolist()
seen["answers"]["all_outputs"] = client.infer(model, [tensor], model_version="1").as_numpy(output).tolist()
try:
    client.infer("gone", [tensor])
except InferenceServerException as error:
    seen["error"] = [error.status(), error.message()]
print(json.dumps(seen))
