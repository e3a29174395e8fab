import { fileURLToPath } from "node:url";
import { createRandom } from "../../src/core/statistics/random.ts";

export interface GrpcCaller {
  send(unit: string): Promise<void>;
  close(): void;
}

/** Calls ModelInfer over one channel with messages made ahead but for their unit. @param rows of each */
export async function grpcCaller(port: number, rows: number): Promise<GrpcCaller> {
  const grpc = await import("@grpc/grpc-js");
  const { loadSync } = await import("@grpc/proto-loader");
  const proto = fileURLToPath(new URL("../../schemas/open-inference.proto", import.meta.url));
  const service = loadSync(proto)["inference.GRPCInferenceService"] as unknown as Record<
    string,
    { requestSerialize(value: object): Buffer }
  >;
  const message = (value: object): Buffer => service["ModelInfer"]!.requestSerialize(value);
  const random = createRandom(2);
  const made = Array.from({ length: 256 }, () =>
    message({
      modelName: "m",
      inputs: [{ name: "x", datatype: "FP32", shape: [rows, 20] }],
      rawInputContents: [Buffer.from(Float32Array.from({ length: rows * 20 }, () => random.nextNormal()).buffer)],
    }),
  );
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const same = (value: Buffer): Buffer => value;
  let at = 0;
  return {
    send: (unit) => {
      // Fields of a message may come in any order and in parts: the parameters follow the rest.
      const body = Buffer.concat([made[at++ % made.length]!, message({ parameters: { unit: { stringParam: unit } } })]);
      return new Promise((resolve, reject) => {
        client.makeUnaryRequest("/inference.GRPCInferenceService/ModelInfer", same, same, body, (error) =>
          error === null ? resolve() : reject(error),
        );
      });
    },
    close: () => client.close(),
  };
}
