import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { tryVerdict } from "../../src/composition/trial.ts";
import { decodeArrayDocument, encodeArrayDocument } from "../../src/core/evaluation/array-document.ts";
import { folderWith, umpire } from "../acceptance/command-line.ts";
import { scoredCsv, scoredPolicy } from "../acceptance/made-data.ts";
import { type ApiInMemory, apiInMemory } from "./api-in-memory.ts";

let verdict: Buffer;
let evidence: Buffer;

beforeAll(async () => {
  const folder = folderWith({ "test.csv": scoredCsv({ users: 100, rows: 1000 }), "umpire.yaml": scoredPolicy });
  const { stderr } = await umpire(["judge", "--quiet"], folder);
  if (stderr !== "") throw new Error(`the judgement went wrong: ${stderr}`);
  verdict = readFileSync(join(folder, ".umpire/loan-risk/verdict.json"));
  evidence = readFileSync(join(folder, ".umpire/loan-risk/evidence.bin"));
});

async function setUp(): Promise<ApiInMemory> {
  const api = await apiInMemory({ limits: { jsonBytes: 100_000, artifactBytes: 50_000_000, streams: 1 } });
  for (const value of [1, 2]) {
    await api.call("operator", "POST", "/v1/models/loan-risk/versions", { artifact: { kind: "constant", value } });
  }
  return api;
}

function attach(api: ApiInMemory, version: string, digests: object) {
  return api.call("operator", "POST", `/v1/models/loan-risk/versions/${version}/verdicts`, {
    against: "1",
    ...digests,
  });
}

describe("a verdict that comes to the registry", () => {
  it("is recomputed from its evidence and attached, with what it says and where its numbers came from", async () => {
    const api = await setUp();
    const digests = { verdict: await api.upload(verdict), evidence: await api.upload(evidence) };
    const said = JSON.parse(verdict.toString()) as { decision: string; reason: string; fingerprints: { data: string } };
    const attached = await attach(api, "2", digests);
    expect(attached).toMatchObject({
      status: 201,
      body: {
        decision: said.decision,
        reason: said.reason,
        data: said.fingerprints.data,
        evidence: digests.evidence,
        against: "1",
        sameFile: false,
      },
    });
    expect(await attach(api, "2", digests)).toMatchObject({ status: 201, body: attached.body });
    const list = await api.call("viewer", "GET", "/v1/models/loan-risk/versions/2/verdicts");
    expect(list.body["verdicts"]).toHaveLength(1);
    const walk = await api.call("viewer", "GET", "/v1/lineage?node=version:loan-risk/2&direction=down");
    expect(JSON.stringify(walk.body["edges"])).toContain("judged by");
  });

  it("is no bug of ours where its evidence was made by hand and holds something else", async () => {
    const api = await setUp();
    const digest = await api.upload(verdict);
    const whole = decodeArrayDocument(evidence, "evidence") as Record<string, unknown>;
    for (const key of Object.keys(whole)) {
      for (const value of [undefined, null, "x", -1, [], {}, new Float64Array(1)]) {
        const made = await api.upload(encodeArrayDocument({ ...whole, [key]: value }));
        const { status } = await attach(api, "2", { verdict: digest, evidence: made });
        // What a verdict does not rest on (the policy's text, the pictures' numbers) may be anything.
        expect([201, 422], `${key}: ${String(value)}`).toContain(status);
      }
    }
    expect(api.bugs).toEqual([]);
  });

  it("is recomputed by a server in a process of its own, with the same outcome", async () => {
    const folder = folderWith({});
    const [good, bad] = [join(folder, "good.bin"), join(folder, "bad.bin")];
    writeFileSync(good, evidence);
    writeFileSync(bad, evidence.subarray(0, evidence.length - 100));
    const said = JSON.parse(verdict.toString()) as { reason: string };
    expect(await tryVerdict(said, good)).toMatchObject({ same: true, differences: [], recomputed: said });
    const lied = await tryVerdict({ ...said, reason: "because" }, good);
    expect(lied).toMatchObject({ same: false, differences: [{ path: "reason", recorded: "because" }] });
    await expect(tryVerdict(said, bad)).rejects.toMatchObject({ code: "RECORD", where: "evidence" });
  });

  it("is refused where one number or the decision was changed, or the evidence is damaged or not there", async () => {
    const api = await setUp();
    const good = { verdict: await api.upload(verdict), evidence: await api.upload(evidence) };
    const text = verdict.toString();
    const { decision } = JSON.parse(text) as { decision: string };
    const other = decision === "pass" ? "fail" : "pass";
    const lied = text.replace(`"decision": "${decision}"`, `"decision": "${other}"`);
    const shifted = text.replace(/"difference": (-?0\.\d)/, '"difference": $11');
    for (const changed of [lied, shifted, "{}", "no JSON"]) {
      expect(changed).not.toBe(text);
      const digests = { ...good, verdict: await api.upload(Buffer.from(changed)) };
      expect(await attach(api, "2", digests)).toMatchObject({ status: 422, body: { code: "RECORD" } });
    }
    const cut = { ...good, evidence: await api.upload(evidence.subarray(0, evidence.length - 100)) };
    expect(await attach(api, "2", cut)).toMatchObject({ status: 422, body: { code: "RECORD" } });
    expect(await attach(api, "2", { ...good, evidence: "0".repeat(64) })).toMatchObject({ status: 404 });
    expect(await attach(api, "9", good)).toMatchObject({ status: 404 });
    const list = await api.call("viewer", "GET", "/v1/models/loan-risk/versions/2/verdicts");
    expect(list.body["verdicts"]).toEqual([]);
    expect(api.bugs).toEqual([]);
  });

  it("is kept once more where it is said to be against another version, and is not forgotten without a word", async () => {
    const api = await setUp();
    await api.call("operator", "POST", "/v1/models/loan-risk/versions", { artifact: { kind: "constant", value: 3 } });
    const digests = { verdict: await api.upload(verdict), evidence: await api.upload(evidence) };
    for (const against of ["1", "3", "3"]) {
      expect(await attach(api, "2", { ...digests, against })).toMatchObject({ status: 201, body: { against } });
    }
    const list = await api.call("viewer", "GET", "/v1/models/loan-risk/versions/2/verdicts");
    expect(list.body["verdicts"]).toHaveLength(2);
  });
});
