import { describe, expect, it } from "vitest";
import { umpire } from "../acceptance/command-line.ts";
import { person, until } from "../acceptance/story-parts.ts";
import { live, start } from "./live-gateways.ts";

interface Entry {
  readonly action: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

type Live = Awaited<ReturnType<typeof live>>;

const args = (server: string, id: string): string[] =>
  `gateway --server ${server} --id ${id} --out .umpire/${id}`.split(" ");

/** Rolls back at a gateway itself, with a server address that nobody answers at. */
function atGateway({ folder, doors }: Live, door: number, ...more: string[]) {
  const nobody = { UMPIRE_SERVER: "http://127.0.0.1:9" };
  return umpire(["rollback", "--gateway", doors[door]!.address, ...more], folder, nobody);
}

async function answersAt(everything: Live, door: number, version: string): Promise<void> {
  const { answers } = everything;
  await until(
    `version ${version}`,
    () => answers(door),
    (seen) => seen === version,
    20,
  );
}

/** Starts the server again on its state and its port, as somebody would after mending it. */
async function serverIsBack({ folder, server }: Live): Promise<void> {
  await start(["server"], folder, new URL(server.address).port);
}

async function trail({ server }: Live, action: string): Promise<Entry[]> {
  const { entries } = await person(server.address, "ann").get<{ entries: Entry[] }>("/audit?limit=1000");
  return entries.filter((entry) => entry.action === action);
}

describe("a rollback at a gateway whose server cannot be asked", () => {
  it("counts at once, stays over a restart, and becomes the server's own, in its trail and at every gateway", async () => {
    const everything = await live(["m"], ["left", "right"]);
    const { server, ann, doors, folder, answers } = everything;
    await ann.post("/models/m/versions", { artifact: { kind: "constant", value: 3 } });
    await ann.post("/models/m/release", {
      challenger: "3",
      release: { form: "blue-green", shadow: false },
      consent: true,
    });
    await answersAt(everything, 0, "3");
    await answersAt(everything, 1, "3");
    await server.stop();
    const away = await umpire(["rollback", "--yes"], folder, { UMPIRE_SERVER: server.address });
    expect(away.code).toBe(2);
    expect(away.stderr).toContain("umpire rollback --gateway URL");

    const done = await atGateway(everything, 0, "--yes", "--json", "--reason", "it answers nonsense");
    expect(done.code).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ model: "m", to: "2", changed: true });
    for (let request = 0; request < 20; request++) expect(await answers(0)).toBe("2");
    const twice = await atGateway(everything, 0, "--yes");
    expect(twice).toMatchObject({ code: 0 });
    expect(twice.stdout).toContain("version 2 answers everyone already; nothing to do");

    await doors[0]!.stop();
    doors[0] = await start(args(server.address, "left"), folder);
    expect(await answers(0)).toBe("2");
    expect(await answers(1)).toBe("3");

    await serverIsBack(everything);
    await answersAt(everything, 1, "2");
    expect(await answers(0)).toBe("2");
    const { phase } = await ann.get<{ phase: string }>("/models/m/release");
    expect(phase).toBe("rolled-back");
    const [entry, ...others] = await trail(everything, "rollback.at-gateway");
    expect(others).toEqual([]);
    expect(entry!.detail).toMatchObject({ gateway: "left", version: "2", model: "m" });
    expect(String(entry!.detail["reason"])).toContain("it answers nonsense");
    // It stands no longer against what the server says from now on.
    await ann.put("/models/m/routing", { reason: "mended", routing: { champion: "3" } });
    await answersAt(everything, 0, "3");
    await answersAt(everything, 1, "3");
  }, 120_000);

  it("gives way to what a person decided at the server meanwhile, and both are in the trail", async () => {
    const everything = await live(["m"], ["left"]);
    const { server, ann, doors, folder, answers } = everything;
    await ann.post("/models/m/versions", { artifact: { kind: "constant", value: 3 } });
    // The gateway lost its server: what it is told is decided elsewhere.
    await doors[0]!.stop();
    doors[0] = await start(args("http://127.0.0.1:9", "left"), folder);
    expect((await atGateway(everything, 0, "--yes")).code).toBe(0);
    expect(await answers(0)).toBe("1");
    await ann.put("/models/m/routing", { reason: "3 mends it", routing: { champion: "3" } });
    await doors[0]!.stop();
    doors[0] = await start(args(server.address, "left"), folder);
    await answersAt(everything, 0, "3");
    expect(await trail(everything, "rollback.at-gateway")).toEqual([]);
    const [entry] = await trail(everything, "rollback.overruled");
    expect(String(entry!.detail["reason"])).toMatch(/overruled: ann.* changed it at the server since \(3 mends it\)/);
  }, 120_000);

  it("changes nothing, and says what there is, where the version is not loaded or no gateway answers", async () => {
    const everything = await live(["m"], ["left"]);
    const unknown = await atGateway(everything, 0, "--to", "7", "--yes");
    expect(unknown.code).toBe(2);
    // Version 1 stands by only: it may still be on its way.
    expect(unknown.stderr).toMatch(/has not loaded version "7"[^]*loaded: (1, )?2/);
    const model = await atGateway(everything, 0, "n", "--yes");
    expect(model.code).toBe(2);
    expect(model.stderr).toMatch(/no model "n"[^]*m/);
    const nobody = await umpire(["rollback", "--gateway", "http://127.0.0.1:9", "--yes"], everything.folder);
    expect(nobody.code).toBe(2);
    expect(nobody.stderr).toContain("is this a gateway's address?");
    expect(await everything.answers(0)).toBe("2");
  }, 60_000);
});
