import type { FlightsTable } from "../ports/flights-table.ts";
import { FlightReplay } from "./flight-replay.ts";
import type { CommandAnswer, LiveSystem } from "./live-system.ts";
import type { DemoPlace } from "./play-demo.ts";
import { scenes } from "./release-scenes.ts";
import type { Stage } from "./stage.ts";
import { commandWords } from "./story-words.ts";

export interface ReleaseTools {
  readonly flights: FlightsTable;
  /** An empty folder for what is live: state, log. @throws Failure STATE where a server still works on it */
  freshFolder(): Promise<string>;
  writeFile(name: string, text: string): Promise<void>;
  /** Starts server and gateway. */
  start(policy: string): Promise<LiveSystem>;
  /** Each key with how many requests of it the log of the gateway, which has ended, holds. */
  logged(folder: string): Promise<ReadonlyMap<string, number>>;
  /** Says a paragraph between scenes. */
  tell(text: string): void;
  /** Says a line of a scene. */
  say(text: string): void;
}

export interface ReleaseResult {
  readonly asTold: boolean;
  readonly scenes: readonly { readonly name: string; readonly asTold: boolean; readonly saw: string | null }[];
  readonly requests: {
    readonly asked: number;
    readonly answered: number;
    readonly logged: number;
    readonly labels: number;
  };
  readonly audit: { readonly sound: boolean; readonly entries: number };
}

/** The live flights begin here; the models were judged on what came before. */
const WEEK = "2001-06-24 00:00:00";
/** Every fifth flight, some 3,400 a day. */
const EVERY = 5;

const HURRY = {
  artifact: {
    features: [
      "board_landed",
      "board_late_share",
      "destination_late_share",
      "distance",
      "hour",
      "origin_flights_a_day",
      "origin_late_share",
      "weekday",
    ],
    output: "probabilities",
    class: 1,
  },
};

/** Plays the release chapter: from the champion live on all to a bad version and back, and counts every request. */
export async function playRelease(place: DemoPlace, tools: ReleaseTools): Promise<ReleaseResult> {
  const signal = place.signal ?? new AbortController().signal;
  const live = await tools.freshFolder();
  const flights = await tools.flights.cut({
    table: `${place.folder}/flights.parquet`,
    at: WEEK,
    past: `${place.folder}/past.parquet`,
    sample: `${place.folder}/past-fifth.parquet`,
    every: EVERY,
  });
  const recipe = (value: object): Promise<void> => tools.writeFile("recipe.json", `${JSON.stringify(value)}\n`);
  await recipe({ history: false });
  await tools.writeFile("hurry.json", `${JSON.stringify(HURRY, null, 2)}\n`);
  const system = await tools.start(place.path("umpire-live.yaml"));
  try {
    const replay = new FlightReplay(system.gateway, "late-flights", flights, signal);
    const run = async (args: readonly string[]): Promise<CommandAnswer> => {
      tools.say(commandWords(args));
      return system.umpire(args);
    };
    const stage: Stage = { system, replay, signal, run, recipe, say: tools.say, path: place.path };
    const played: ReleaseResult["scenes"][number][] = [];
    for (const [i, scene] of scenes.entries()) {
      tools.tell(`${i + 3}  ${scene.says}`);
      const saw = await scene.play(stage);
      played.push({ name: scene.name, asTold: saw === null, saw });
      if (saw === null) continue;
      tools.say(`? this is not how it was told: ${saw}`);
      break;
    }
    return await account(played, stage, live, tools);
  } finally {
    await system.end();
  }
}

/** Who was answered, and what is on record. */
async function account(
  played: ReleaseResult["scenes"],
  { system, replay, run, say }: Stage,
  live: string,
  tools: ReleaseTools,
): Promise<ReleaseResult> {
  tools.tell(`${scenes.length + 3}  What is on record.`);
  await replay.land();
  await system.endGateway();
  const logged = await tools.logged(live);
  const audit = await run(["audit", "verify"]);
  const entries = Number((audit.document as { entries?: unknown } | null)?.entries ?? 0);
  const once = [...replay.answers].every(([key, times]) => times === 1 && logged.get(key) === 1);
  const complete = once && logged.size === replay.asked && replay.answers.size === replay.asked;
  const number = (value: number): string => value.toLocaleString("en-US");
  say(
    complete
      ? `✓ ${number(replay.asked)} requests, each answered once and once in the log; ${number(replay.labels)} labels`
      : `✗ ${number(replay.asked)} requests, ${number(replay.answers.size)} answered, ${number(logged.size)} in the log` +
          `${replay.failures.length > 0 ? `; the first failure: ${replay.failures[0]}` : ""}`,
  );
  const sound = audit.code === 0;
  say(
    sound
      ? `✓ ${number(entries)} entries of the audit trail, chained by hash, tell who did what`
      : `✗ ${audit.stderr.trim()}`,
  );
  const all = played.length === scenes.length && played.every(({ asTold }) => asTold);
  return {
    asTold: all && complete && sound,
    scenes: played,
    requests: { asked: replay.asked, answered: replay.answers.size, logged: logged.size, labels: replay.labels },
    audit: { sound, entries },
  };
}
