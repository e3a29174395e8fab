import { BinaryWriter, type BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { RequestFailure } from "../../../core/serving/feature-record.ts";
import { elementCount, isDatatype, type Parameters, type Tensor } from "../../../core/serving/tensor.ts";
import { bytesToTensor, tensorToBytes } from "../../../core/serving/tensor-bytes.ts";
import { readShape, refuseSharedMemory } from "../../../schemas/serving/v2-tensors.ts";
import type { GatewayLimits } from "../../../app/serving/gateway-limits.ts";
import { refuseForms } from "../tensor-request.ts";
import { contentsToData, readContents, type TypedContents, writeContents } from "./tensor-contents.ts";
import { readInner, readMessage, readRepeated, writeFlag, writeInner, writeShape, writeText } from "./wire.ts";

/** A `ModelInferRequest`. */
export interface InferMessage {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string;
  readonly parameters: Parameters;
  readonly tensors: readonly Tensor[];
  /** Names of the outputs that are wanted; null: all. */
  readonly outputs: readonly string[] | null;
  /** True where the elements came raw: the answer goes the same way. */
  readonly raw: boolean;
}

interface InputMessage {
  name: string;
  datatype: string;
  shape: number[];
  parameters: Record<string, unknown> | undefined;
  contents: TypedContents | undefined;
}

/** Reads a `ModelInferRequest` from its bytes. @throws RequestFailure saying what is wrong with it */
export function readInferRequest(bytes: Uint8Array, limits: GatewayLimits): InferMessage {
  const texts = { modelName: "", modelVersion: "", id: "" };
  const parameters: Record<string, unknown> = {};
  const inputs: InputMessage[] = [];
  const outputs: string[] = [];
  const raw: Uint8Array[] = [];
  readMessage(bytes, "ModelInferRequest", (field, _wire, reader) => {
    if (field === 1) texts.modelName = reader.string();
    else if (field === 2) texts.modelVersion = reader.string();
    else if (field === 3) texts.id = reader.string();
    else if (field === 4) readParameter(reader, parameters);
    else if (field === 5) inputs.push(readInput(reader, limits));
    else if (field === 6) outputs.push(readOutputName(reader));
    else if (field === 7) raw.push(reader.bytes());
    else return false;
    if (inputs.length > limits.tensors) throw new RequestFailure(`more than ${limits.tensors} inputs`, 413);
    return true;
  });
  if (inputs.length === 0) throw new RequestFailure("an infer request has `inputs`, at least one");
  if (raw.length > 0 && raw.length !== inputs.length) {
    throw new RequestFailure(`${inputs.length} inputs and ${raw.length} raw_input_contents; one for each`);
  }
  const tensors = inputs.map((input, i) => toTensor(input, raw[i], limits));
  return { ...texts, parameters, tensors, outputs: outputs.length === 0 ? null : outputs, raw: raw.length > 0 };
}

function toTensor(input: InputMessage, raw: Uint8Array | undefined, limits: GatewayLimits): Tensor {
  const { name, datatype, parameters, contents } = input;
  if (name === "") throw new RequestFailure("a tensor has no `name`");
  if (!isDatatype(datatype)) {
    throw new RequestFailure(`tensor "${name.slice(0, 100)}": datatype "${datatype.slice(0, 40)}" is not known`);
  }
  refuseSharedMemory(name, parameters);
  const shape = readShape(name, input.shape, limits);
  const count = elementCount(shape);
  const common = { name, datatype, shape, ...(parameters === undefined ? {} : { parameters }) };
  if (raw === undefined) {
    return { ...common, data: contentsToData(name, datatype, count, contents ?? { lists: new Map() }) };
  }
  if (contents !== undefined && contents.lists.size > 0) {
    throw new RequestFailure(`input "${name}" has both \`contents\` and raw_input_contents`);
  }
  return { ...common, data: bytesToTensor(name, datatype, count, raw) };
}

function readInput(reader: BinaryReader, limits: GatewayLimits): InputMessage {
  const input: InputMessage = { name: "", datatype: "", shape: [], parameters: undefined, contents: undefined };
  readInner(reader, (field, wire) => {
    if (field === 1) input.name = reader.string();
    else if (field === 2) input.datatype = reader.string();
    else if (field === 3) {
      readRepeated(reader, wire, () => {
        if (input.shape.length > limits.dimensions) throw new RequestFailure("a `shape` has too many sizes");
        input.shape.push(Number(reader.int64()));
      });
    } else if (field === 4) readParameter(reader, (input.parameters ??= {}));
    else if (field === 5) input.contents = readContents(reader, limits.elements);
    else return false;
    return true;
  });
  return input;
}

function readOutputName(reader: BinaryReader): string {
  let name = "";
  const parameters: Record<string, unknown> = {};
  readInner(reader, (field) => {
    if (field === 1) name = reader.string();
    else if (field === 2) readParameter(reader, parameters);
    else return false;
    return true;
  });
  refuseForms(name, parameters);
  return name;
}

/** One entry of `map<string, InferParameter>`. */
function readParameter(reader: BinaryReader, into: Record<string, unknown>): void {
  let key = "";
  let value: unknown = null;
  readInner(reader, (field) => {
    if (field === 1) key = reader.string();
    else if (field === 2) value = readChoice(reader);
    else return false;
    return true;
  });
  // A key such as `__proto__` must become a key, not the prototype.
  Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
}

function readChoice(reader: BinaryReader): unknown {
  let value: unknown = null;
  readInner(reader, (field) => {
    if (field === 1) value = reader.bool();
    else if (field === 2) value = plainInteger(BigInt(reader.int64()));
    else if (field === 3) value = reader.string();
    else if (field === 4) value = reader.double();
    else if (field === 5) value = plainInteger(BigInt(reader.uint64()));
    else return false;
    return true;
  });
  return value;
}

function plainInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A `ModelInferResponse` before it is written. */
export interface InferAnswer {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string;
  readonly parameters: Readonly<Record<string, string | boolean>>;
  readonly outputs: readonly Tensor[];
  readonly raw: boolean;
}

/** Writes a `ModelInferResponse`; where one output is FP16, which has no typed field, all go raw. */
export function writeInferResponse(answer: InferAnswer): Uint8Array {
  const writer = new BinaryWriter();
  const raw = answer.raw || answer.outputs.some((output) => output.datatype === "FP16");
  writeText(writer, 1, answer.modelName);
  writeText(writer, 2, answer.modelVersion);
  writeText(writer, 3, answer.id);
  for (const [key, value] of Object.entries(answer.parameters)) {
    writeInner(writer, 4, () => {
      writeText(writer, 1, key);
      writeInner(writer, 2, () => {
        // A choice is written also where it is the default: that it is there tells which one it is.
        if (typeof value === "boolean") writer.tag(1, WireType.Varint).bool(value);
        else writer.tag(3, WireType.LengthDelimited).string(value);
      });
    });
  }
  for (const output of answer.outputs) {
    writeInner(writer, 5, () => {
      writeText(writer, 1, output.name);
      writeText(writer, 2, output.datatype);
      writeShape(writer, 3, output.shape);
      if (!raw) writeContents(writer, 5, output);
    });
  }
  if (raw) for (const output of answer.outputs) writer.tag(6, WireType.LengthDelimited).bytes(tensorToBytes(output));
  return writer.finish();
}

/** `ServerLiveResponse`, `ServerReadyResponse`, `ModelReadyResponse`: one flag each. */
export function writeFlagMessage(flag: boolean): Uint8Array {
  const writer = new BinaryWriter();
  writeFlag(writer, 1, flag);
  return writer.finish();
}
