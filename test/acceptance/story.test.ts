import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedData } from "../shared-data.ts";
import { folderWith, umpire } from "./command-line.ts";
import { loggedRequests, type PastList, person, rowsOf, startService, Traffic, until } from "./story-parts.ts";

const data = sharedData("movies/production_requests.parquet")?.replace("/production_requests.parquet", "") ?? "";

/** The team's training script: the first run makes a model that forgets new users, the second one that does not, which
 * the third trains once more on everything. */
const train = `const fs = require("fs"), path = require("path");
const [, , models, to] = process.argv;
fs.mkdirSync("work", { recursive: true });
const run = fs.existsSync("work/runs.txt") ? Number(fs.readFileSync("work/runs.txt", "utf8")) : 0;
const name = ["challenger", "challenger_fixed", "challenger_fixed_seed2"][run];
for (const end of [".onnx", ".meta.json"]) fs.copyFileSync(path.join(models, name + end), "work/" + to + end);
fs.writeFileSync("work/runs.txt", String(run + 1));
console.log("trained", name);
`;

const policy = `model: film-ranker
task: ranking
data: { test: ${data}/test.parquet, train: ${data}/train.parquet }
columns: { id: [request_id, item_id], group: request_id, item: item_id, unit: user_id, time: timestamp, label: label }
models:
  champion: { onnx: ${data}/models/champion.onnx }
  challenger: { onnx: work/challenger.onnx }
metrics: [map]
slices:
  low activity: { where: { user_activity: low }, weight: 1, blocking: true }
  women: { where: { gender: F }, weight: 0.3 }
  all films: { where: { user_activity: [low, medium, high] }, weight: 1 }
monitors:
  slices: [low activity]
  columns: [user_n_ratings, user_mean_rating, item_like_rate, item_age_years, user_like_rate]
  owner: films
alerts:
  channels: { pager: { command: [node, pager.cjs] } }
retrain:
  steps:
    - { name: train, run: [node, train.cjs, "\${models}", challenger], inputs: train.cjs, outputs: work/challenger.onnx, parameters: { models: ${data}/models } }
  produces: work/challenger.onnx
  final:
    steps: [{ name: train on everything, run: [node, train.cjs, "\${models}", final], outputs: work/final.onnx, parameters: { models: ${data}/models } }]
    produces: work/final.onnx
  inherit: { rank: 0.8 }
  triggers: { drift: error }
  cooldown: 24h
  most_per_week: 3
`;

const pager = `const fs = require("fs"); let text = ""; process.stdin.on("data", (part) => (text += part));
process.stdin.on("end", () => fs.appendFileSync("pager.txt", JSON.stringify(JSON.parse(text)) + "\\n"));`;

/** All candidates of new users' lists, every tenth of the others, so that the log stays small; before the day. */
function requestsBefore(day: string): string {
  const columns =
    "user_activity, gender, user_id, item_id, request_id, timestamp::varchar as timestamp, user_like_rate, * exclude (user_activity, gender, user_id, item_id, request_id, timestamp, user_like_rate, score_champion, score_challenger, score_challenger_activeonly, score_challenger_fixed, score_challenger_fixed_seed2, score_position_logged, score_position_served, score_leaky_offline, score_leaky_served, occupation, region, main_genre, month, age_band)";
  return `select ${columns}, epoch_ms(timestamp) as ms from '${data}/production_requests.parquet'
    where timestamp < '${day}' and (user_activity = 'low' or hash(item_id, request_id) % 10 = 0) order by timestamp, request_id`;
}

async function pastLists(day: string): Promise<PastList[]> {
  const lists = new Map<string, { key: string; time: number; items: Record<string, unknown>[] }>();
  for (const { ms, ...item } of await rowsOf<Record<string, unknown>>(requestsBefore(day))) {
    const key = String(item["request_id"]);
    const list = lists.get(key) ?? { key, time: Number(ms), items: [] };
    lists.set(key, list);
    list.items.push(item);
  }
  return [...lists.values()];
}

/** What users liked, known days later. */
async function likedItems(): Promise<ReadonlySet<string>> {
  const query = `select request_id || '/' || item_id as name from '${data}/production_labels.parquet' where label = 1`;
  return new Set((await rowsOf<{ name: string }>(query)).map(({ name }) => name));
}

interface Retrainings {
  readonly retrainings: readonly {
    readonly state: string;
    readonly causes: readonly string[];
    readonly by: string;
    readonly version: string | null;
    readonly decision: string | null;
    readonly reason: string | null;
  }[];
}
interface Alerts {
  readonly alerts: readonly { key: string; severity: string; message: string; owner: string | null }[];
}

interface Release {
  readonly phase: string;
  readonly decisions: readonly {
    readonly decision: string;
    readonly by: string;
    readonly from: string;
    readonly to: string;
    readonly reason: string;
    readonly numbers: Readonly<Record<string, unknown>>;
  }[];
}

const started = performance.now();
function mark(what: string): void {
  if (process.env["KEEP"] !== undefined) console.log(what, Math.round(performance.now() - started));
}

describe.skipIf(data === "")("the story, with a real server and a real gateway", () => {
  it("goes from drift over a refused challenger to a staged release and back from a bad version, losing no request", async () => {
    const folder = folderWith({ "umpire.yaml": policy, "train.cjs": train, "pager.cjs": pager });
    const server = await startService(["server", "--policy", "umpire.yaml"], folder);
    const gateway = await startService(["gateway", "--server", server.address], folder);
    let traffic: Traffic | null = null;
    try {
      const ann = person(server.address, "ann");
      const model = "/models/film-ranker";

      // The champion is live on all.
      const columns = { unit: "user_id", time: "timestamp", id: null, group: "request_id", item: "item_id" };
      await ann.put(model, { task: "ranking", columns });
      const register = async (name: string): Promise<string> => {
        const { features, score_output: output } = JSON.parse(
          readFileSync(join(data, "models", `${name}.meta.json`), "utf8"),
        ) as { features: string[]; score_output: string };
        writeFileSync(join(folder, "describe.json"), JSON.stringify({ artifact: { features, output } }));
        const args = ["models", "register", "film-ranker", "--onnx", join(data, "models", `${name}.onnx`)];
        const options = ["--describe", "describe.json", "--server", server.address, "--json"];
        const { stdout, stderr } = await umpire([...args, ...options], folder);
        expect(stderr).toBe("");
        return (JSON.parse(stdout) as { version: string }).version;
      };
      const champion = await register("champion");
      await ann.put(`${model}/aliases/champion`, { version: champion });
      type Status = { gateways: { agrees: boolean }[]; revision: number };
      const agreed = (): Promise<Status> =>
        until(
          "agreement",
          () => ann.get<Status>("/status"),
          ({ gateways }) => gateways[0]?.agrees === true,
          20,
        );
      await agreed();

      // The server has looked, and found an empty log.
      type Trail = { entries: readonly { action: string; actor: string }[] };
      const trail = (): Promise<Trail> => ann.get<Trail>("/audit?limit=1000");
      const actions = (seen: Trail): string[] => seen.entries.map(({ action }) => action);
      await until("the first look", trail, (seen) => actions(seen).includes("monitors.look"), 20);

      // The past comes again. One cohort is not what it was: new users arrive without the rate of what they like.
      traffic = new Traffic(gateway.address, "film-ranker", await pastLists("1998-04-23"), await likedItems());
      await traffic.once(8);
      expect(traffic.failures).toEqual([]);
      const look = await ann.post<{ problem: string | null; slices: unknown }>(`${model}/look`);
      expect(look.problem).toBeNull();
      mark("look");
      const { alerts } = await ann.get<Alerts>("/alerts");
      const drift = alerts.find(({ key }) => key === "drift:film-ranker/low activity");
      expect(drift).toMatchObject({ severity: "error", owner: "films" });
      expect(drift!.message).toMatch(/^low activity: user_like_rate \(effect 0\.\d+\)/);

      // The alarm retrains. What comes out wins overall, and is refused for the cohort.
      const runs = (): Promise<Retrainings> => ann.get<Retrainings>(`${model}/retrainings`);
      const judged = (count: number) => (seen: Retrainings) =>
        seen.retrainings.length === count && seen.retrainings[0]?.state !== "running";
      const [refused] = (await until("the first retraining", runs, judged(1), 40)).retrainings;
      expect(refused).toMatchObject({ state: "judged", by: "triggers", decision: "fail", version: "2" });
      expect(refused!.causes[0]).toMatch(/^drift: low activity/);
      expect(refused!.reason).toMatch(/low activity/);
      const { verdicts } = await ann.get<{ verdicts: { document: string }[] }>(`${model}/versions/2/verdicts`);
      const verdict = await (await fetch(`${server.address}/v1/artifacts/${verdicts[0]!.document}`)).json();
      expect((verdict as { overall: { map: { difference: number } } }).overall.map.difference).toBeGreaterThan(0);

      // The loop does not run wild; a person may ask again, and the next one passes.
      await ann.post(`${model}/retrainings`);
      const [passed] = (await until("the second retraining", runs, judged(2), 40)).retrainings;
      expect(passed).toMatchObject({ state: "judged", by: "ann@localhost", decision: "pass", version: "3" });
      const asked = await ann.get<Alerts>("/alerts");
      expect(asked.alerts.map(({ key }) => key)).toContain("review:film-ranker/4");
      // The version trained on everything answers alike, and inherits the verdict.
      expect(passed).toMatchObject({ final: { version: "4", inherits: true } });

      mark("judged");

      // It goes to shadow, then to the cohort of least risk, then to all, by itself.
      traffic.begin(3, "user_id");
      // Few users by now, so little can be told of them: what is tolerated is wide, and still it must be measured.
      const liked = (margin: number) => ({ liked: { margin, better: "more", within: "12h" } });
      const measured = { errors: 0.3, fallback: { margin: 0.3, most: 0.1 }, latency: false, answers: false };
      const guardrails = { ...measured, labels: liked(0.45) };
      const times = { least: "0.01m", least_units: 20, shares: [0.5] };
      await ann.post(`${model}/release`, {
        challenger: "4",
        release: {
          ...times,
          guardrails,
          shadow: { least: "0.01m", least_units: 50 },
          stages: [{ cohort: "women" }],
          settle: "0.01m",
        },
      });
      const release = (): Promise<Release> => ann.get<Release>(`${model}/release`);
      const done = await until("the end of the release", release, ({ phase }) => phase === "done", 60);
      expect(done.decisions.map(({ to }) => to)).toEqual([
        "draft",
        "shadow",
        "stage 1 of 2: women at 50%",
        "stage 2 of 2: everyone at 50%",
        "full",
        "done",
      ]);
      // Each stage was left with late labels that say that it does no harm.
      const left = done.decisions.filter(({ from }) => from.startsWith("stage"));
      expect(left.map(({ numbers }) => numbers["liked"])).toEqual(["clear", "clear"]);
      expect(await ann.get(`${model}/live`)).toMatchObject({ arms: [{ version: "4", share: 1 }] });
      mark("released");

      // A version whose feature is not there when a request comes slips through by a person's consent.
      const bad = await register("leaky");
      await ann.post(`${model}/release`, {
        challenger: bad,
        release: { ...times, guardrails: measured, shadow: false },
        consent: true,
      });
      const back = await until("the rollback", release, ({ phase }) => phase === "rolled-back", 30);
      expect(back.decisions.at(-1)).toMatchObject({ decision: "roll-back", by: "umpire" });
      expect(await ann.get(`${model}/live`)).toMatchObject({ arms: [{ version: "4", share: 1 }] });
      const siren = (await ann.get<Alerts>("/alerts")).alerts.find(({ key }) => key.startsWith("rollback:film-ranker"));
      expect(siren).toMatchObject({ severity: "error" });
      mark("back");

      // Another answers every request, and forgets what new users like: only the labels that come late tell.
      const forgetful = await register("challenger_activeonly");
      await ann.post(`${model}/release`, {
        challenger: forgetful,
        release: { ...times, guardrails: { ...measured, labels: liked(0.02) }, shadow: false },
        consent: true,
      });
      const told = await until("the rollback by labels", release, ({ phase }) => phase !== "stage", 60);
      expect(told).toMatchObject({ phase: "rolled-back", challenger: forgetful });
      expect(told.decisions.at(-1)).toMatchObject({ decision: "roll-back", by: "umpire" });
      expect(told.decisions.at(-1)!.reason).toMatch(/^liked: worse by at least 0\.\d+, 0\.02 is tolerated$/);
      expect(await ann.get(`${model}/live`)).toMatchObject({ arms: [{ version: "4", share: 1 }] });
      mark("back by labels");
      await agreed();
      await traffic.end();

      // The alarm still fires, and the cool-down has held ever since.
      expect((await runs()).retrainings).toHaveLength(2);

      // Nothing was dropped: each request was answered once, and is once in the log.
      expect(traffic.failures).toEqual([]);
      await gateway.stop();
      const logged = await loggedRequests(join(folder, ".umpire", "predictions"));
      expect(new Set(traffic.answered).size).toBe(traffic.answered.length);
      const answered = new Set(traffic.answered);
      expect(logged.filter(({ key }) => !answered.has(key))).toEqual([]);
      expect(logged.length).toBe(answered.size);
      expect(answered.size).toBeGreaterThan(2000);
      expect(logged.filter(({ requests }) => requests !== 1)).toEqual([]);
      expect(traffic.labels).toBeGreaterThan(500);

      // Nothing was dropped, and the trail tells it all.
      await until(
        "the pager",
        () => Promise.resolve(readFileSync(join(folder, "pager.txt"), "utf8")),
        (text) => text.includes("review:film-ranker/4"),
        15,
      );
      const audit = await umpire(["audit", "verify", "--server", server.address], folder);
      expect(audit.stderr + audit.stdout).toMatch(/sound/);
      expect(audit.code).toBe(0);
      const written = new Set(actions(await trail()));
      for (const action of [
        "alert.raise",
        "retraining.begin",
        "retraining.judged",
        "version.register",
        "verdict.attach",
      ])
        expect(written).toContain(action);
      if (process.env["KEEP"] !== undefined) console.log([...written].join(" "));
    } finally {
      await traffic?.end();
      await gateway.stop();
      await server.stop();
      if (process.env["KEEP"] === undefined) rmSync(folder, { recursive: true, force: true });
      else console.log(folder, server.stderr(), gateway.stderr());
    }
  }, 180_000);
});
