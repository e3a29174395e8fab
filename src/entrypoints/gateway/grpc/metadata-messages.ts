import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { TensorSpec } from "../../../core/serving/tensor.ts";
import { readMessage, writeInner, writeShape, writeText } from "./wire.ts";

/** `ModelReadyRequest` and `ModelMetadataRequest`: a name, and a version where one is meant. */
export function readModelName(bytes: Uint8Array, what: string): { readonly name: string; readonly version: string } {
  const found = { name: "", version: "" };
  readMessage(bytes, what, (field, _wire, reader) => {
    if (field === 1) found.name = reader.string();
    else if (field === 2) found.version = reader.string();
    else return false;
    return true;
  });
  return found;
}

/** `RepositoryIndexRequest`: whether only models that are ready are wanted. */
export function readOnlyReady(bytes: Uint8Array): boolean {
  let ready = false;
  readMessage(bytes, "RepositoryIndexRequest", (field, _wire, reader) => {
    if (field === 1) reader.string();
    else if (field === 2) ready = reader.bool();
    else return false;
    return true;
  });
  return ready;
}

export function writeServerMetadata(name: string, version: string, extensions: readonly string[]): Uint8Array {
  const writer = new BinaryWriter();
  writeText(writer, 1, name);
  writeText(writer, 2, version);
  for (const extension of extensions) writeText(writer, 3, extension);
  return writer.finish();
}

export interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

export function writeModelMetadata(metadata: ModelMetadata): Uint8Array {
  const writer = new BinaryWriter();
  writeText(writer, 1, metadata.name);
  for (const version of metadata.versions) writeText(writer, 2, version);
  writeText(writer, 3, metadata.platform);
  const tensors = (field: number, specs: readonly TensorSpec[]): void => {
    for (const spec of specs) {
      writeInner(writer, field, () => {
        writeText(writer, 1, spec.name);
        writeText(writer, 2, spec.datatype);
        writeShape(writer, 3, spec.shape);
      });
    }
  };
  tensors(4, metadata.inputs);
  tensors(5, metadata.outputs);
  return writer.finish();
}

export interface IndexEntry {
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly reason: string;
}

/** `RepositoryIndexResponse` of the model repository extension. */
export function writeRepositoryIndex(entries: readonly IndexEntry[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const entry of entries) {
    writeInner(writer, 1, () => {
      writeText(writer, 1, entry.name);
      writeText(writer, 2, entry.version);
      writeText(writer, 3, entry.state);
      writeText(writer, 4, entry.reason);
    });
  }
  return writer.finish();
}
