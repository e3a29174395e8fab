"""Asks a gateway with what MLServer's codecs write: a data frame (pd), an array (np), texts (str). Prints what came."""
import json
import sys

import numpy as np
import pandas as pd
import requests
from mlserver.codecs import NumpyCodec, NumpyRequestCodec, PandasCodec, StringCodec
from mlserver.types import InferenceRequest, InferenceResponse

http = sys.argv[1]


def ask(model, request):
    url = f"http://{http}/v2/models/{model}/infer"
    # As clients do that leave nothing out: what is not there is null.
    answer = requests.post(url, data=request.model_dump_json(), timeout=10)
    if not answer.ok:
        return answer.json()
    return InferenceResponse.model_validate(answer.json())


frame = pd.DataFrame({"c": [4.0, 0.0], "b": [2.0, 20.0], "a": [1.0, 10.0], "unused": [7, 8]})
table = ask("sum", PandasCodec.encode_request(frame))
array = ask("pets", InferenceRequest(inputs=[NumpyCodec.encode_input("x", np.array([[0.1, 0.2, 0.3]], dtype=np.float32))]))
request = NumpyRequestCodec.encode_request(np.array([[0.1, 0.2, 0.3]]))
print(json.dumps({
    "pd": PandasCodec.decode_response(table).iloc[:, 0].tolist(),
    "np": NumpyCodec.decode_output(array.outputs[-1]).tolist(),
    "str": StringCodec.decode_output(array.outputs[0]),
    "other_name": ask("pets", request),
}))
