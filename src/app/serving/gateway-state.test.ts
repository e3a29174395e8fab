import { expect, test } from "vitest";
import { Failure } from "../../core/failures.ts";
import type { BoostOverride, Override } from "../../core/serving/overrides.ts";
import { GatewayState, type StateStore, type StoredOverrides } from "./gateway-state.ts";

/** A file that several processes share. */
function store<T>(): StateStore<T> & { full: boolean } {
  let text: string | null = null;
  return {
    full: false,
    read: () => (text === null ? null : (JSON.parse(text) as T)),
    write(value) {
      if (this.full) throw new Failure("WRITE", { message: "no room" });
      text = JSON.stringify(value);
    },
  };
}

const common = { model: null, expires: null, reason: "r", by: "" };
const boost = (id: string, limit: number): BoostOverride => ({
  kind: "boost",
  id,
  item: id,
  factor: 2,
  add: 0,
  limit,
  ...common,
});
const block = (id: string): Override => ({ kind: "block", id, item: id, ...common });
const open = (file: StateStore<StoredOverrides>): GatewayState => new GatewayState(new Map(), store(), file);
const ids = (state: GatewayState): string[] => state.overrides.map(({ id }) => id);

test("the limit of a boost holds over a death of the process; a full disk keeps no one from an answer", () => {
  const file = store<StoredOverrides>();
  const state = open(file);
  state.enter(boost("up", 3));
  const apply = ({ book }: GatewayState): boolean => book.boost("m", "up", 1, 0) !== null;
  expect([apply(state), apply(state)]).toEqual([true, true]);
  file.full = true;
  state.keepCounts();
  file.full = false;
  state.keepCounts();
  const again = open(file);
  expect([apply(again), apply(again)]).toEqual([true, false]);
});

test("what one process of a gateway enters is not undone by what another keeps", () => {
  const file = store<StoredOverrides>();
  const [one, other] = [open(file), open(file)];
  one.enter(boost("up", 5));
  other.enter(block("down"));
  other.book.boost("m", "up", 1, 0);
  one.enter(block("third"));
  other.keepCounts();
  expect(ids(open(file))).toEqual(["up", "down", "third"]);
  expect(open(file).book.applied("up")).toBe(1);
  one.withdraw("down");
  other.keepCounts();
  expect(ids(open(file))).toEqual(["up", "third"]);
});
