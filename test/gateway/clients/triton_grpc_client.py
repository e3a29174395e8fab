"""Asks a gateway with tritonclient[grpc], as its users do. Prints what came."""
import json
import sys
import threading

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

address, model = sys.argv[1:3]
rows = np.array(json.loads(sys.argv[3]), dtype=np.float32)
client = triton.InferenceServerClient(address)
metadata = client.get_model_metadata(model, as_json=True)
index = client.get_model_repository_index(as_json=True)
seen = {"live": client.is_server_live(), "ready": client.is_server_ready(), "model_ready": client.is_model_ready(model),
        "version_ready": client.is_model_ready(model, "1"), "server": client.get_server_metadata(as_json=True),
        "metadata": metadata, "index": index["models"], "answers": {}}
name = metadata["inputs"][0]["name"]
output = metadata["outputs"][-1]["name"]
tensor = triton.InferInput(name, list(rows.shape), "FP32")
tensor.set_data_from_numpy(rows)
wanted = [triton.InferRequestedOutput(output)]
answer = client.infer(model, [tensor], outputs=wanted, request_id="r1")
seen["id"] = answer.get_response().id
seen["answers"]["infer"] = answer.as_numpy(output).tolist()
seen["answers"]["parameters"] = client.infer(model, [tensor], outputs=wanted, parameters={"unit": "u1", "mine": 3}).as_numpy(output).tolist()
seen["answers"]["all_outputs"] = client.infer(model, [tensor], model_version="1").as_numpy(output).tolist()
seen["answers"]["gzip"] = client.infer(model, [tensor], compression_algorithm="gzip").as_numpy(output).tolist()
done, got = threading.Event(), []
client.async_infer(model, [tensor], lambda result, error: (got.append(error if result is None else result), done.set()))
done.wait(10)
seen["answers"]["async"] = got[0].as_numpy(output).tolist()
try:
    client.infer("gone", [tensor])
except InferenceServerException as error:
    seen["error"] = [error.status(), error.message()]
print(json.dumps(seen))
