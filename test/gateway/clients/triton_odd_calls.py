"""Asks a gateway with tritonclient what it may not serve, and by its asynchronous clients. Prints what came."""
import asyncio
import json
import sys

import numpy as np
import tritonclient.grpc as grpc
import tritonclient.grpc.aio as grpc_aio
import tritonclient.http as http
import tritonclient.http.aio as http_aio
from tritonclient.utils import InferenceServerException

http_address, grpc_address, model = sys.argv[1:4]
rows = np.array(json.loads(sys.argv[4]), dtype=np.float32)


def tensors(library, **more):
    tensor = library.InferInput("x", list(rows.shape), "FP32")
    tensor.set_data_from_numpy(rows, **more)
    return [tensor]


def refusal(call):
    try:
        call()
    except InferenceServerException as error:
        return [error.status(), error.message()]
    return "answered"


def shared_output(library):
    output = library.InferRequestedOutput("label")
    output.set_shared_memory("region", 12)
    return [output]


def shared_input(library):
    tensor = library.InferInput("x", list(rows.shape), "FP32")
    tensor.set_shared_memory("region", rows.nbytes)
    return [tensor]


refusals = {}
for name, library, address in (("http", http, http_address), ("grpc", grpc, grpc_address)):
    client = library.InferenceServerClient(address)
    refusals[name] = {
        "shared_output": refusal(lambda: client.infer(model, tensors(library), outputs=shared_output(library))),
        "shared_input": refusal(lambda: client.infer(model, shared_input(library))),
        "classification": refusal(lambda: client.infer(model, tensors(library), outputs=[library.InferRequestedOutput("probabilities", class_count=2)])),
        "load": refusal(lambda: client.load_model(model)),
        "unload": refusal(lambda: client.unload_model(model)),
        "shared_memory_status": refusal(lambda: client.get_system_shared_memory_status()),
        "register": refusal(lambda: client.register_system_shared_memory("region", "/key", 12)),
        "statistics": refusal(lambda: client.get_inference_statistics(model)),
    }


async def asynchronous():
    answers = {}
    async with http_aio.InferenceServerClient(http_address) as client:
        for coding in (None, "gzip", "deflate"):
            answer = await client.infer(model, tensors(http), request_compression_algorithm=coding, response_compression_algorithm=coding)
            answers[f"http-{coding}"] = answer.as_numpy("probabilities").tolist()
    async with grpc_aio.InferenceServerClient(grpc_address) as client:
        for coding in (None, "gzip", "deflate"):
            answer = await client.infer(model, tensors(grpc), compression_algorithm=coding)
            answers[f"grpc-{coding}"] = answer.as_numpy("probabilities").tolist()
    return answers


print(json.dumps({"refusals": refusals, "answers": asyncio.run(asynchronous()), "id": "r1"}))
