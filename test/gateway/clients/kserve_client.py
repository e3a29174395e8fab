"""Asks a gateway with KServe's InferenceRESTClient and InferenceGRPCClient. Prints what came."""
import asyncio
import json
import sys

import numpy as np
from kserve import InferenceGRPCClient, InferenceRESTClient, InferInput, InferRequest
from kserve.inference_client import RESTConfig

http, grpc, model = sys.argv[1:4]
rows = np.array(json.loads(sys.argv[4]), dtype=np.float32)


def request(binary):
    tensor = InferInput(name="x", shape=list(rows.shape), datatype="FP32")
    tensor.set_data_from_numpy(rows, binary_data=binary)
    return InferRequest(model_name=model, infer_inputs=[tensor], request_id="r1")


async def main():
    seen = {"answers": {}}
    rest = InferenceRESTClient(RESTConfig(protocol="v2"))
    base = f"http://{http}"
    seen["rest"] = [await rest.is_server_live(base), await rest.is_server_ready(base), await rest.is_model_ready(base, model)]
    for binary in (True, False):
        answer = await rest.infer(base, request(binary), model_name=model)
        seen["answers"][f"rest-{binary}"] = answer.outputs[-1].as_numpy().tolist()
        seen["id"] = answer.id
    client = InferenceGRPCClient(grpc)
    seen["grpc"] = [await client.is_server_live(), await client.is_server_ready(), await client.is_model_ready(model)]
    for binary in (True, False):
        answer = await client.infer(request(binary))
        seen["answers"][f"grpc-{binary}"] = answer.outputs[-1].as_numpy().tolist()
    await rest.close()
    await client.close()
    print(json.dumps(seen))


asyncio.run(main())
