import { describe, expect, it } from "vitest";
import { umpire } from "../acceptance/command-line.ts";
import { until } from "../acceptance/story-parts.ts";
import { live, start } from "./live-gateways.ts";

describe("umpire rollback", () => {
  it("has returned when every gateway answers by the old version: not one request later is answered by the new one", async () => {
    const { run, answers, ann } = await live(["m"], ["left", "right"]);
    for (let round = 0; round < 3; round++) {
      await ann.put("/models/m/routing", { reason: "again", routing: { champion: "2" } });
      for (const door of [0, 1])
        await until(
          "2 again",
          () => answers(door),
          (version) => version === "2",
          20,
        );
      const { code, stdout } = await run("--yes", "--json");
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ to: "1", changed: true, gateways: true, followed: ["left", "right"] });
      for (let request = 0; request < 20; request++) expect(await answers(request % 2)).toBe("1");
    }
    const again = await run("--yes");
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/version 1 answers everyone already; nothing to do\n {3}all 2 gateways follow/);
  }, 60_000);

  it("says which gateway has not followed, and that one follows when it is back", async () => {
    const { run, answers, doors, folder, server } = await live(["m"], ["left", "right"]);
    await doors[1]!.stop();
    const { code, stdout, stderr } = await run("--yes");
    expect(code).toBe(1);
    expect(stdout).toContain("version 1 is to answer everyone");
    expect(stderr).toMatch(/gateway right has not followed: is at routing \d+ of \d+/);
    expect(stderr).toContain("left has followed");
    expect(await answers(0)).toBe("1");
    const back = await start(
      ["gateway", "--server", server.address, "--id", "right", "--out", ".umpire/right"],
      folder,
    );
    doors[1] = back;
    await until(
      "version 1",
      () => answers(1),
      (version) => version === "1",
      20,
    );
    expect((await run("--yes")).code).toBe(0);
  }, 60_000);

  it("does not claim that anybody follows where no gateway has been heard of", async () => {
    const { run } = await live(["m"], []);
    const { code, stderr } = await run("--yes");
    expect(code).toBe(1);
    expect(stderr).toContain("no gateway has reported to this server");
  }, 30_000);

  it("changes nothing, and says what to type, where it was not confirmed, was misspelt, or could mean several", async () => {
    const { run, answers, ann } = await live(["films", "songs"], ["one"]);
    const several = await run("--yes");
    expect(several).toMatchObject({ code: 2, stdout: "" });
    expect(several.stderr).toBe("umpire: which model?\n        umpire rollback films\n        umpire rollback songs\n");
    const misspelt = await run("flims", "--yes");
    expect(misspelt.code).toBe(2);
    expect(misspelt.stderr).toMatch(/"flims"[^]*films/);
    const version = await run("films", "--to", "7", "--yes");
    expect(version.code).toBe(2);
    expect(version.stderr).toContain('"7"');
    const cohort = await run("films", "--cohort", "children", "--yes");
    expect(cohort.code).toBe(2);
    expect(cohort.stderr).toContain('"children"');
    const unasked = await run("films");
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain("nothing was changed\n        umpire rollback films --to 1 --yes\n");
    expect(await answers(0, "films")).toBe("2");
    expect(await answers(0, "songs")).toBe("2");
    // What it offers for one cohort is not a rollback of everyone.
    const arms = [{ version: "1", share: 1 }];
    const routing = { champion: "2", cohorts: [{ name: "young", salt: "young", where: { age: { below: 30 } }, arms }] };
    await ann.put("/models/films/routing", { reason: "young ones", routing });
    const part = await run("films", "--cohort", "young", "--to", "2");
    expect(part.code).toBe(2);
    expect(part.stderr).toContain('umpire rollback films --to 2 --cohort "young" --yes');
  }, 60_000);

  it("says that nothing was changed where the server cannot be reached or the key is not one", async () => {
    const { run, server, ann, folder, answers } = await live(["m"], ["one"]);
    const away = await umpire(["rollback", "--yes"], folder, { UMPIRE_SERVER: "http://127.0.0.1:9" });
    expect(away.code).toBe(2);
    expect(away.stderr).toContain("nothing was changed; the gateways go on with what they had");
    const made = await ann.post<{ key: string }>("/keys", { name: "ada", role: "admin" });
    const { code, stderr } = await run("--yes");
    expect(code).toBe(2);
    expect(stderr).toMatch(/UMPIRE_KEY/);
    expect(await answers(0)).toBe("2");
    // The gateway was started without a key, so the server does not talk to it any more: that is said, not hidden.
    const withKey = { UMPIRE_SERVER: server.address, UMPIRE_KEY: made.key };
    const done = await umpire(["rollback", "--yes"], folder, withKey);
    expect(done.code).toBe(1);
    expect(done.stderr).toContain("gateway one has not followed");
  }, 60_000);
});
