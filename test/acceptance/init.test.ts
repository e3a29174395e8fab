import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createDuckDbTableReader } from "../../src/adapters/duckdb/duckdb-table-reader.ts";
import type { InitQuestion } from "../../src/app/init/init-guess.ts";
import { initPolicy } from "../../src/app/init/init-policy.ts";
import { parsePolicy } from "../../src/schemas/policy/parse-policy.ts";
import { sharedData } from "../shared-data.ts";
import { folderWith, umpire } from "./command-line.ts";
import { scoredCsv } from "./made-data.ts";

const policyIn = (folder: string) =>
  parsePolicy(readFileSync(join(folder, "umpire.yaml"), "utf8"), "umpire.yaml").policy;

describe("umpire init", () => {
  it("writes a policy that judge takes as it is, says what it found, and names the next command", async () => {
    const folder = folderWith({ "test.csv": scoredCsv() });
    const answer = await umpire(["init", "test.csv"], folder);
    expect(answer.stderr).toBe("");
    expect(answer.code).toBe(0);
    expect(answer.stdout).toContain("next    umpire judge umpire.yaml");
    expect(readFileSync(join(folder, "umpire.yaml"), "utf8")).toMatch(/\n# Parts of the data that count/);
    const judged = await umpire(["judge"], folder);
    expect(judged.stderr).toBe("");
    expect([0, 1, 3]).toContain(judged.code);
  });

  it("names no id that several rows share, so that the policy runs", async () => {
    const lists = Array.from(
      { length: 400 },
      (_, i) => `${i >> 3},${(i % 8) >> 1},${i % 3},0.${(i * 37) % 97},0.${(i * 53) % 97}`,
    );
    const csv = ["query_id,doc_id,relevance,score_old,score_new", ...lists].join("\n");
    const folder = folderWith({ "test.csv": csv });
    const answer = await umpire(["init", "test.csv"], folder);
    expect(answer.stdout).toContain("lists count as independent");
    expect(readFileSync(join(folder, "umpire.yaml"), "utf8")).toContain("# id: [query_id, doc_id]");
    const judged = await umpire(["judge"], folder);
    expect(judged.stderr).toBe("");
    expect([0, 1, 3]).toContain(judged.code);
  });

  it("leaves a policy that is there as it is, unless forced", async () => {
    const folder = folderWith({ "test.csv": scoredCsv(), "umpire.yaml": "mine\n" });
    const refused = await umpire(["init", "test.csv"], folder);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("umpire: umpire.yaml  is there already and is left as it is\n        --force");
    expect(readFileSync(join(folder, "umpire.yaml"), "utf8")).toBe("mine\n");
    expect((await umpire(["init", "test.csv", "--force"], folder)).code).toBe(0);
    expect(policyIn(folder).task).toBe("binary");
  });

  it("without a terminal fails with the candidates and the flag to give, and writes nothing", async () => {
    const rows = Array.from(
      { length: 60 },
      (_, row) => `${row % 2},${(row * 7) % 10},0.${row % 9}1,0.${row % 8}3,0.${row % 7}7`,
    );
    const csv = ["label,region,score_champion,score_challenger_x,score_challenger_y", ...rows].join("\n");
    const folder = folderWith({ "test.csv": csv });
    const answer = await umpire(["init", "test.csv"], folder);
    expect(answer).toMatchObject({ code: 2, stdout: "" });
    expect(answer.stderr).toBe(
      [
        "umpire: cannot tell which model is the challenger",
        "        columns of scores: score_challenger_x, score_challenger_y",
        "        say it: --challenger score_challenger_x, or --onnx FILE to score a model here",
        "",
      ].join("\n"),
    );
    expect(existsSync(join(folder, "umpire.yaml"))).toBe(false);
    expect((await umpire(["init", "test.csv", "--challenger", "score_challenger_y"], folder)).code).toBe(0);
    expect(policyIn(folder).models.challenger).toEqual({ kind: "column", column: "score_challenger_y" });
  });

  it.each([
    [["init", "missing.csv"], "missing.csv"],
    [["init", "test.csv", "--label", "lable"], "nearest: label"],
    [["init", "test.csv", "--onnx", "missing.onnx"], "umpire: missing.onnx  there is no such file"],
    [["init", "test.csv", "--task", "rank"], "tasks: binary, multiclass, regression, ranking"],
    [["init"], "see umpire init --help"],
  ])("says what is wrong with %j, exit code 2", async (args, expected) => {
    const folder = folderWith({ "test.csv": scoredCsv() });
    const answer = await umpire(args, folder);
    expect(answer).toMatchObject({ code: 2, stdout: "" });
    expect(answer.stderr).toContain(expected);
    expect(answer.stderr).not.toMatch(/\n\s+at /);
  });

  it("answers with one document under --json", async () => {
    const folder = folderWith({ "test.csv": scoredCsv() });
    const answer = await umpire(["init", "test.csv", "--json"], folder);
    expect(JSON.parse(answer.stdout)).toMatchObject({
      schema: "umpire.init/1",
      files: ["umpire.yaml", "contract.yaml"],
      task: "binary",
      next: "umpire judge umpire.yaml",
    });
  });

  it("takes paths from where the user stands, and writes them relative to the policy", async () => {
    const folder = folderWith({ "deep/data/test.csv": scoredCsv(), "deep/here/note.txt": "" });
    expect((await umpire(["init", "../data/test.csv"], join(folder, "deep/here"))).code).toBe(0);
    expect(policyIn(join(folder, "deep/here")).data.test).toEqual(["../data/test.csv"]);
  });
});

describe("the questions of umpire init", () => {
  const csv = [
    "outcome,score_champion,score_challenger",
    ...Array.from({ length: 50 }, (_, row) => `${row % 3 === 0 ? "red" : "blue"},0.${row % 9}1,0.${row % 8}3`),
  ].join("\n");

  it("are asked one by one until all is known; an answer that is no column is refused", async () => {
    const file = join(folderWith({ "test.csv": csv }), "test.csv");
    const reader = createDuckDbTableReader();
    try {
      const asked: string[] = [];
      const request = (answers: Readonly<Record<string, string>>) => ({
        data: [file],
        relative: () => "test.csv",
        model: "colours",
        answers: {},
        ask: async (question: InitQuestion) => {
          asked.push(question.flag);
          return answers[question.flag]!;
        },
      });
      const { files } = await initPolicy(request({ label: "outcome", positive: "red" }), reader);
      expect(parsePolicy(files.get("umpire.yaml")!, "umpire.yaml").policy).toMatchObject({
        task: "binary",
        columns: { label: "outcome" },
        positive: { kind: "is", column: "outcome", values: ["red"] },
      });
      expect(asked.at(-1)).toBe("positive");
      await expect(initPolicy({ ...request({}), answers: { label: "outcom" } }, reader)).rejects.toMatchObject({
        message: '--label: there is no column "outcom"',
      });
    } finally {
      await reader.close();
    }
  });
});

it("guesses the columns of an ONNX model with one input, and says that it is a guess", async () => {
  const header = "row_id,user_id,hour,delay,distance,seats,month,score_old,label\n";
  const rows = Array.from(
    { length: 200 },
    (_, i) =>
      `${i},u${i % 50},${i % 24},${(i * 7) % 31},${i * 3},${100 + i},${1 + (i % 12)},${(i % 10) / 10},${i % 2}\n`,
  );
  const folder = folderWith({
    "test.csv": header + rows.join(""),
    "wide.csv": header.replace("row_id", "extra") + rows.join(""),
  });
  copyFileSync(join(import.meta.dirname, "../../examples/flights/models/champion.onnx"), join(folder, "new.onnx"));
  const fits = await umpire(["init", "test.csv", "--label", "label", "--onnx", "new.onnx"], folder);
  expect(fits.stdout).toContain("a guess: hour, delay, distance, seats, month, in the data's order");
  expect(policyIn(folder).models.challenger).toMatchObject({
    kind: "onnx",
    features: ["hour", "delay", "distance", "seats", "month"],
  });
  expect((await umpire(["judge", "umpire.yaml"], folder)).stderr).toBe("");
  // Two models without names for their columns: what init writes runs all the same.
  await umpire(
    ["init", "test.csv", "--label", "label", "--onnx", "new.onnx", "--champion", "new.onnx", "--force"],
    folder,
  );
  expect(policyIn(folder).models.champion).toMatchObject({ kind: "onnx", features: { length: 5 } });
  expect((await umpire(["judge", "umpire.yaml"], folder)).stderr).toBe("");
  const wide = await umpire(["init", "wide.csv", "--label", "label", "--onnx", "new.onnx", "--force"], folder);
  expect(wide.stdout).toContain('"input" takes 5 numbers; name them in umpire.yaml');
  expect(readFileSync(join(folder, "umpire.yaml"), "utf8")).toContain(
    "# features: [extra, hour, delay, distance, seats, month]",
  );
});

describe.skipIf(sharedData("movies/test.parquet") === null)("umpire init on the shared data", () => {
  const written = async (path: string, ...flags: string[]) => {
    const folder = folderWith({ "note.txt": "" });
    const answer = await umpire(["init", sharedData(path)!, ...flags], folder);
    expect(answer.stderr).toBe("");
    return policyIn(folder);
  };

  it("movies is a ranking of items by request, for users who come back", async () => {
    const policy = await written("movies/test.parquet");
    expect(policy).toMatchObject({
      task: "ranking",
      columns: {
        label: "label",
        group: ["request_id"],
        item: "item_id",
        unit: { columns: ["user_id"] },
        time: "timestamp",
      },
      models: { champion: { column: "score_champion" }, challenger: { column: "score_challenger" } },
    });
    const slices = policy.slices.map((entry) => entry.name);
    for (const name of ["user_activity", "item_popularity", "gender", "age_band"]) expect(slices).toContain(name);
    for (const leak of ["rating", "click_simulated", "position"]) expect(slices).not.toContain(leak);
  });

  it("income has several challengers: the one that is named is taken", async () => {
    const policy = await written("income/test.parquet", "--challenger", "score_challenger_xgb");
    expect(policy).toMatchObject({
      task: "binary",
      columns: { label: "label" },
      models: { champion: { column: "score_champion" } },
    });
    expect(policy.slices.map((entry) => entry.name)).toEqual(expect.arrayContaining(["sex", "race", "age_band"]));
  });

  it("rides is a regression of the rides themselves, not of the registered part that leaks them", async () => {
    const policy = await written("rides/test.parquet");
    expect(policy).toMatchObject({ task: "regression", columns: { label: "rides", time: "timestamp" } });
  });

  it("loans finds the label by what the scores tell, and the ONNX file as challenger", async () => {
    const policy = await written(
      "loans/reference.parquet",
      "--onnx",
      sharedData("loans/models/challenger_logreg.onnx")!,
    );
    expect(policy).toMatchObject({
      task: "binary",
      columns: { label: "repaid", id: ["id"] },
      models: { champion: { column: "y_pred_proba" }, challenger: { kind: "onnx" } },
    });
  });

  it("stream has one model and no champion yet", async () => {
    const policy = await written("stream/reference.parquet");
    expect(policy).toMatchObject({
      task: "binary",
      models: { champion: null, challenger: { column: "score_champion_v1" } },
    });
    expect(policy.baselines).toHaveLength(1);
  });

  it("text is judged by domain", async () => {
    const policy = await written("text/test.parquet");
    expect(policy).toMatchObject({ task: "binary", columns: { label: "label", time: "review_date" } });
    expect(policy.slices.map((entry) => entry.name)).toEqual(["domain"]);
  });
});

describe("the contract that umpire init writes", () => {
  it("accepts the data it was taken from, and refuses them broken", async () => {
    const text = scoredCsv();
    const folder = folderWith({ "rows.csv": text });
    await umpire(["init", "rows.csv"], folder);
    expect((await umpire(["check", "rows.csv", "--contract", "contract.yaml"], folder)).code).toBe(0);
    writeFileSync(join(folder, "broken.csv"), text.replaceAll(/,(\d\d),([01]),/g, ",-$1,$2,"));
    const { code, stdout } = await umpire(["check", "broken.csv", "--contract", "contract.yaml"], folder);
    expect(stdout).toContain("age");
    expect(code).toBe(1);
  });
});
