import { rmSync } from "node:fs";
import { afterEach } from "vitest";
import { type Answer, folderWith, umpire } from "../acceptance/command-line.ts";
import { person, type Service, startService, until } from "../acceptance/story-parts.ts";

const folders: string[] = [];
const services: Service[] = [];

afterEach(async () => {
  for (const service of services.splice(0).toReversed()) await service.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A long-running command that ends with the test. */
export async function start(args: readonly string[], folder: string, port = "0"): Promise<Service> {
  const service = await startService(args, folder, port);
  services.push(service);
  return service;
}

/** A server with the named models, each at version 2 after version 1, and the gateways that follow it. */
export async function live(models: readonly string[], gateways: readonly string[]) {
  const folder = folderWith({});
  folders.push(folder);
  const server = await start(["server"], folder);
  const ann = person(server.address, "ann");
  const doors: Service[] = [];
  for (const id of gateways) {
    const out = ["--out", `.umpire/${id}`];
    doors.push(await start(["gateway", "--server", server.address, "--id", id, ...out], folder));
  }
  for (const model of models) {
    for (const value of [1, 2]) await ann.post(`/models/${model}/versions`, { artifact: { kind: "constant", value } });
    await ann.put(`/models/${model}/aliases/champion`, { version: "1" });
    await ann.put(`/models/${model}/routing`, { reason: "all at once", routing: { champion: "2" } });
  }
  const run = (...args: string[]): Promise<Answer> =>
    umpire(["rollback", ...args], folder, { UMPIRE_SERVER: server.address });
  const answers = async (door: number, model = models[0]!): Promise<string | undefined> => {
    const body = JSON.stringify({ record: { x: 1 } });
    const answer = await fetch(`${doors[door]!.address}/v1/models/${model}/predict`, { method: "POST", body });
    return ((await answer.json()) as { version?: string }).version;
  };
  for (const [door] of gateways.entries())
    for (const model of models)
      await until(
        "version 2",
        () => answers(door, model),
        (version) => version === "2",
        20,
      );
  return { folder, server, ann, doors, run, answers };
}
