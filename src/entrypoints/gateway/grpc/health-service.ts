import type * as Grpc from "@grpc/grpc-js";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { RequestFailure } from "../../../core/serving/feature-record.ts";
import { readMessage } from "./wire.ts";

const serving = 1;
const notServing = 2;
const serviceUnknown = 3;

type Stream = Grpc.ServerWritableStream<Buffer, Buffer>;

/**
 * The health service that container platforms and clients ask, `grpc.health.v1.Health`: of the server as a whole (no
 * name) or of one of its services.
 */
export class HealthService {
  readonly #services: ReadonlySet<string>;
  readonly #watchers = new Set<Stream>();
  #draining = false;

  constructor(services: readonly string[]) {
    this.#services = new Set(["", ...services]);
  }

  /** `Check`. @throws RequestFailure 404 of a service that there is not */
  check(bytes: Uint8Array): Uint8Array {
    const service = readService(bytes);
    if (!this.#services.has(service)) {
      throw new RequestFailure(`there is no service "${service.slice(0, 100)}"`, 404);
    }
    return writeStatus(this.#draining ? notServing : serving);
  }

  /** `Watch`: the state now, and again when it changes. A service that there is not may come yet. */
  watch(stream: Stream): void {
    let status: number;
    try {
      status = this.#services.has(readService(stream.request)) ? serving : serviceUnknown;
    } catch {
      stream.end();
      return;
    }
    stream.write(Buffer.from(writeStatus(this.#draining ? notServing : status)));
    if (this.#draining) {
      stream.end();
      return;
    }
    this.#watchers.add(stream);
    stream.on("cancelled", () => this.#watchers.delete(stream));
    stream.on("close", () => this.#watchers.delete(stream));
  }

  /** Tells who watches that no more is served, and lets them go. */
  drain(): void {
    this.#draining = true;
    for (const stream of this.#watchers) {
      stream.write(Buffer.from(writeStatus(notServing)));
      stream.end();
    }
    this.#watchers.clear();
  }
}

function readService(bytes: Uint8Array): string {
  let service = "";
  readMessage(bytes, "HealthCheckRequest", (field, _wire, reader) => {
    if (field !== 1) return false;
    service = reader.string();
    return true;
  });
  return service;
}

function writeStatus(status: number): Uint8Array {
  return new BinaryWriter().tag(1, WireType.Varint).int32(status).finish();
}
