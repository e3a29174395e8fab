import { existsSync } from "node:fs";
import type { AnswerFinder } from "../../app/ports/answer-finder.ts";
import { Failure } from "../../core/failures.ts";
import type { LoggedAnswer } from "../../core/serving/answer-words.ts";
import { quoted, withEvents } from "./event-tables.ts";

/** A little of the machine: gateways answer beside it. */
const SETTINGS = { threads: "2", memory_limit: "512MB" };

/** Finds answers in the log of a folder, rotated or not. One search at a time: each reads the whole log's ids. */
export function createAnswerFinder(folder: string): AnswerFinder {
  let last: Promise<unknown> = Promise.resolve();
  return {
    find: (id, most) => {
      const found = last.then(() => find(folder, id, most));
      last = found.catch(() => undefined);
      return found;
    },
  };
}

async function find(folder: string, id: string, most: number): Promise<LoggedAnswer[]> {
  if (!existsSync(folder)) {
    throw new Failure("FILE_MISSING", {
      message: "the server has no prediction log to look in",
      mend: ["start it with the gateways' log: umpire server --predictions DIR"],
    });
  }
  const wanted = quoted(id);
  return withEvents(
    folder,
    async (connection) => {
      const read = async (sql: string): Promise<Record<string, unknown>[]> =>
        (await connection.runAndReadAll(sql)).getRowObjectsJS();
      const answers = await read(
        `select * from events where kind = 'prediction' and (id = ${wanted} or request = ${wanted} or key = ${wanted}) order by "at", position limit ${4 * most}`,
      );
      // A line may be in the log twice while a segment is rotated.
      const own = [...new Map(answers.map((row) => [row["id"], row])).values()].slice(0, most);
      if (own.length === 0) return [];
      const ids = own.map((row) => quoted(String(row["id"]))).join(", ");
      const keys = own.flatMap((row) => (row["key"] === null ? [] : [quoted(String(row["key"]))]));
      const ofKeys = keys.length === 0 ? "" : ` or key in (${keys.join(", ")})`;
      const beside = await read(
        `select distinct kind, id, key, item, version, prediction, name, label, time, "at" from events
         where (kind = 'shadow' and id in (${ids})) or (kind = 'label' and (id in (${ids})${ofKeys})) order by "at"`,
      );
      return own.map((row) => answerOf(row, beside));
    },
    SETTINGS,
  );
}

type Row = Readonly<Record<string, unknown>>;

function answerOf(row: Row, beside: readonly Row[]): LoggedAnswer {
  const { id, key, item } = row;
  const shadows = beside.filter((one) => one["kind"] === "shadow" && one["id"] === id);
  const ofIt = (one: Row): boolean =>
    one["id"] === id || (key !== null && one["key"] === key && (one["item"] === null || one["item"] === item));
  // Of several labels of one name the latest stands.
  const labels = new Map(
    beside
      .filter((one) => one["kind"] === "label" && ofIt(one))
      .toSorted((a, b) => Number(a["time"]) - Number(b["time"]))
      .map((one) => [String(one["name"]), { label: json(one["label"]), time: Number(one["time"]) }]),
  );
  return {
    ...(row as unknown as LoggedAnswer),
    prediction: json(row["prediction"]) as LoggedAnswer["prediction"],
    classes: json(row["classes"]) as LoggedAnswer["classes"],
    marks: (json(row["marks"]) ?? []) as LoggedAnswer["marks"],
    overrides: (json(row["overrides"]) ?? []) as LoggedAnswer["overrides"],
    features: (json(row["raw"]) ?? null) as LoggedAnswer["features"],
    shadows: shadows.map((one) => ({ version: String(one["version"]), prediction: json(one["prediction"]) })),
    labels: [...labels].map(([name, one]) => ({ name, ...one })),
  };
}

function json(value: unknown): unknown {
  return typeof value === "string" ? (JSON.parse(value) as unknown) : null;
}
