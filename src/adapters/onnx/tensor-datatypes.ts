import type { Datatype } from "../../core/serving/tensor.ts";

/** The protocol's name of each tensor type of onnxruntime. */
export const datatypeOf: Readonly<Record<string, Datatype>> = {
  float16: "FP16",
  float32: "FP32",
  float64: "FP64",
  int8: "INT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  uint8: "UINT8",
  uint16: "UINT16",
  uint32: "UINT32",
  uint64: "UINT64",
  bool: "BOOL",
  string: "BYTES",
};
