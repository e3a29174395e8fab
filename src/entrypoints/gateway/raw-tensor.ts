import type { ServedModel } from "../../app/serving/served-model.ts";
import type { GatewayLimits } from "../../app/serving/gateway-limits.ts";
import { RequestFailure } from "../../core/serving/feature-record.ts";
import { elementBytes, elementCount, type Tensor } from "../../core/serving/tensor.ts";
import { bytesToTensor } from "../../core/serving/tensor-bytes.ts";
import { readShape } from "../../schemas/serving/v2-tensors.ts";

/**
 * A body that is nothing but the bytes of the model's only input, announced by `Inference-Header-Content-Length: 0`. At
 * most one size may be open, and follows from the number of bytes; of BYTES, the body is the one element.
 * @throws RequestFailure where the model or the bytes do not allow it
 */
export function rawTensor(model: ServedModel, version: string | null, body: Buffer, limits: GatewayLimits): Tensor {
  const slot = version === null ? model.champion : model.slot(version);
  const inputs = slot?.model.inputs ?? [];
  const [spec] = inputs;
  if (spec === undefined || inputs.length !== 1) {
    throw new RequestFailure(`a body without JSON is for models with one input; "${model.name}" has ${inputs.length}`);
  }
  const { name, datatype } = spec;
  const size = elementBytes(datatype);
  const open = spec.shape.filter((length) => length < 0).length;
  if (size === null) {
    const shape = spec.shape.map((length) => Math.abs(length));
    if (elementCount(shape) !== 1) {
      throw new RequestFailure(`a body without JSON is one element, and the input "${name}" has ${shape.join(" x ")}`);
    }
    const head = Buffer.alloc(4);
    head.writeUInt32LE(body.length);
    return { name, datatype, shape, data: bytesToTensor(name, datatype, 1, Buffer.concat([head, body])) };
  }
  const fixed = size * elementCount(spec.shape.filter((length) => length >= 0));
  if (open > 1 || fixed === 0 || body.length % fixed !== 0 || (open === 0 && body.length !== fixed)) {
    throw new RequestFailure(
      `${body.length} bytes without JSON are no tensor of the shape [${spec.shape.join(",")}] of ${datatype}`,
    );
  }
  const shape = readShape(
    name,
    spec.shape.map((length) => (length < 0 ? body.length / fixed : length)),
    limits,
  );
  return { name, datatype, shape, data: bytesToTensor(name, datatype, elementCount(shape), body) };
}
