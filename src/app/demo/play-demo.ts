import type { Outcome } from "../../core/findings.ts";
import type { ExampleFolder } from "../ports/example-folder.ts";
import type { FlightsTable } from "../ports/flights-table.ts";

/** One act of the demo: a policy of the example, what is said before it is judged, and how it must end. */
interface Act {
  /** Folder of its record. */
  readonly name: string;
  readonly policy: string;
  readonly says: string;
  readonly ends: Outcome;
}

const OPENING = `A million flights of May and June 2001. Will this one arrive more than 15 minutes late?
The champion knows the calendar and the history of each airport. Two challengers want its place.`;

const ACTS: readonly Act[] = [
  {
    name: "challenger",
    policy: "umpire.yaml",
    says: "1  The first challenger reads the airport's departure board of the day instead of its history.\n   It was fitted on the 17 busiest airports.",
    ends: "fail",
  },
  {
    name: "challenger-fixed",
    policy: "umpire-fixed.yaml",
    says: "2  The second keeps the history and is told how many flights the board counts.\n   It was fitted on all airports.",
    ends: "pass",
  },
];

export interface DemoTools {
  readonly example: ExampleFolder;
  readonly flights: FlightsTable;
  /** Judges a policy file, prints the verdict, writes its record into a folder, returns the decision. */
  judge(policy: string, record: string): Promise<Outcome>;
  /** Says a paragraph between verdicts. */
  tell(text: string): void;
  remark(text: string): void;
}

export interface DemoPlace {
  /** Absolute path of the folder that the demo lays its files into. */
  readonly folder: string;
  /** Path of a file in that folder, as the user would type it. */
  path(name: string): string;
  readonly signal?: AbortSignal;
}

export interface DemoResult {
  /** Whether every act ended as told. */
  readonly asTold: boolean;
  readonly acts: readonly { readonly policy: string; readonly expected: Outcome; readonly decision: Outcome }[];
}

/** Lays out the flights example and makes its table. */
export async function layExample(place: DemoPlace, tools: Omit<DemoTools, "judge" | "tell">): Promise<void> {
  const moved = await tools.example.lay(place.folder);
  for (const name of moved) tools.remark(`your changed policy is kept as ${place.path(name)}`);
  await tools.flights.prepare({
    script: tools.example.script,
    since: "2001-05-01 04:00:00",
    until: "2001-07-01 00:00:00",
    destination: `${place.folder}/flights.parquet`,
    ...(place.signal === undefined ? {} : { signal: place.signal }),
  });
}

/** Lays out the flights example, makes its table, judges both challengers, and says whether the story ended as told. */
export async function playDemo(place: DemoPlace, tools: DemoTools): Promise<DemoResult> {
  await layExample(place, tools);
  const acts: DemoResult["acts"][number][] = [];
  for (const act of ACTS) {
    tools.tell(acts.length === 0 ? `${OPENING}\n\n${act.says}` : act.says);
    const decision = await tools.judge(place.path(act.policy), place.path(act.name));
    acts.push({ policy: place.path(act.policy), expected: act.ends, decision });
  }
  return { asTold: acts.every((act) => act.decision === act.expected), acts };
}
