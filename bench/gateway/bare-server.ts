import { createServer, type ServerResponse } from "node:http";

/**
 * The limit: node:http, JSON in and out, all requests of one turn in one run, and nothing else. No checks, no log, no
 * routes, no limits. Prints its port.
 */
const { default: runtime } = await import("onnxruntime-node");
const session = await runtime.InferenceSession.create(process.argv[2]!, { intraOpNumThreads: 1, interOpNumThreads: 1 });
interface Waiting {
  readonly rows: number;
  readonly data: readonly number[];
  readonly response: ServerResponse;
}
let queue: Waiting[] = [];
let scheduled = false;

async function drain(): Promise<void> {
  scheduled = false;
  const batch = queue;
  queue = [];
  const rows = batch.reduce((sum, waiting) => sum + waiting.rows, 0);
  const all = new Float32Array(rows * 20);
  let at = 0;
  for (const { data } of batch) for (const value of data) all[at++] = value;
  const { score } = await session.run({ x: new runtime.Tensor("float32", all, [rows, 20]) });
  const scores = score!.data as Float32Array;
  at = 0;
  for (const { rows: own, response } of batch) {
    const data = [...scores.subarray(at, (at += own))];
    const text = JSON.stringify({
      model_name: "m",
      model_version: "1",
      id: "x",
      outputs: [{ name: "score", datatype: "FP32", shape: [own, 1], data }],
    });
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
    response.end(text);
  }
}

const server = createServer((request, response) => {
  if (request.method === "GET") {
    const spec = {
      name: "m",
      versions: ["1"],
      platform: "bare",
      outputs: [{ name: "score", datatype: "FP32", shape: [-1, 1] }],
    };
    response.end(JSON.stringify({ ...spec, inputs: [{ name: "x", datatype: "FP32", shape: [-1, 20] }] }));
    return;
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { inputs: { shape: number[]; data: number[] }[] };
    const [input] = body.inputs;
    queue.push({ rows: input!.shape[0]!, data: input!.data, response });
    if (!scheduled) setImmediate(() => void drain());
    scheduled = true;
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(`port ${typeof address === "object" ? address?.port : 0}`);
});
