"""Asks a gateway with MLServer's codecs, types and gRPC stub. Prints what came."""
import json
import sys

import grpc
import mlserver.grpc.dataplane_pb2 as messages
import numpy as np
import requests
from mlserver.codecs import NumpyCodec
from mlserver.grpc.converters import ModelInferRequestConverter, ModelInferResponseConverter
from mlserver.grpc.dataplane_pb2_grpc import GRPCInferenceServiceStub
from mlserver.types import InferenceRequest, InferenceResponse

http, grpc_address, model = sys.argv[1:4]
rows = np.array(json.loads(sys.argv[4]), dtype=np.float32)
request = InferenceRequest(id="r1", inputs=[NumpyCodec.encode_input("x", rows)])
seen = {"answers": {}}
answer = requests.post(f"http://{http}/v2/models/{model}/infer", data=request.model_dump_json(exclude_none=True), timeout=10)
answer.raise_for_status()
parsed = InferenceResponse.model_validate(answer.json())
seen["id"] = parsed.id
seen["answers"]["rest"] = NumpyCodec.decode_output(parsed.outputs[-1]).tolist()
with grpc.insecure_channel(grpc_address) as channel:
    stub = GRPCInferenceServiceStub(channel)
    seen["ready"] = stub.ModelReady(messages.ModelReadyRequest(name=model)).ready
    for raw in (False, True):
        message = ModelInferRequestConverter.from_types(request, model_name=model, model_version=None, use_raw=raw)
        reply = ModelInferResponseConverter.to_types(stub.ModelInfer(message))
        seen["answers"][f"grpc-{raw}"] = NumpyCodec.decode_output(reply.outputs[-1]).tolist()
print(json.dumps(seen))
