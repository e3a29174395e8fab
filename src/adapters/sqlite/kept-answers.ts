import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Claim, KeptAnswer, KeptAnswers } from "../../app/ports/kept-answers.ts";
import { Failure } from "../../core/failures.ts";
import { openDatabase } from "./open-database.ts";
import { stateFailure } from "./state-failure.ts";

const ANSWERS_FILE = "answers.db";

const DAY = 86_400_000;
/** What a client can fill the disk with. The oldest go first. */
const MOST = 10_000;

interface Row {
  readonly request: string;
  readonly opened: string;
  readonly status: number | null;
  readonly type: string | null;
  readonly body: string | null;
}

/** The answers of a server's state folder. @throws Failure STATE where the file cannot be used */
export function openKeptAnswers(folder: string): KeptAnswers & { close(): void } {
  const path = join(folder, ANSWERS_FILE);
  let database: DatabaseSync | null = null;
  try {
    const opened = openDatabase(path);
    database = opened;
    return { ...createKeptAnswers(opened, path), close: () => opened.close() };
  } catch (cause) {
    database?.close();
    const message = `the answers that are kept for requests sent again cannot be read: ${(cause as Error).message}`;
    const mend = [`delete ${path}: what is sent again from before is then done again`];
    throw new Failure("STATE", { where: path, message, mend, cause });
  }
}

/**
 * Answers in a database of their own beside the state: they are no part of what the trail tells or a backup brings back.
 * @param path for messages
 */
export function createKeptAnswers(database: DatabaseSync, path: string): KeptAnswers {
  // Which of the claims without an answer are those of this process.
  const opened = crypto.randomUUID();
  database.exec(
    `create table if not exists answers (
       id text primary key, request text not null, opened text not null, time_ms integer not null,
       status integer, type text, body text
     ) strict`,
  );
  const forget = database.prepare("delete from answers where time_ms < ? or time_ms > ?");
  const forgetMost = database.prepare("delete from answers where rowid <= (select max(rowid) from answers) - ?");
  const find = database.prepare("select request, opened, status, type, body from answers where id = ?");
  const add = database.prepare("insert into answers (id, request, opened, time_ms) values (?, ?, ?, ?)");
  const close = database.prepare("update answers set status = ?, type = ?, body = ? where id = ?");
  const drop = database.prepare("delete from answers where id = ? and status is null");
  const safely = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw stateFailure(error, path);
    }
  };
  const known = (row: Row, request: string): Claim => {
    if (row.request !== request) return { state: "other" };
    const { status, type, body } = row;
    if (status !== null) return { state: "answered", answer: { status, type: type ?? "", body: body ?? "" } };
    return { state: row.opened === opened ? "under-way" : "interrupted" };
  };
  return {
    claim: (id, request, now) =>
      safely(() => {
        // Ahead of the clock by more than a day: the clock was wrong then, or is now.
        forget.run(now - DAY, now + DAY);
        const row = find.get(id) as Row | undefined;
        if (row !== undefined) return known(row, request);
        add.run(id, request, opened, now);
        forgetMost.run(MOST);
        return { state: "new" };
      }),
    finish: (id, { status, type, body }: KeptAnswer) => safely(() => void close.run(status, type, body, id)),
    release: (id) => safely(() => void drop.run(id)),
  };
}
