import { expect, it } from "vitest";
import { ErrandDesk } from "./errand-desk.ts";

const ann = { name: "ann", role: "operator" };

function setUp() {
  let now = 0;
  let woken = 0;
  const desk = new ErrandDesk(
    () => (woken += 1),
    () => now,
  );
  return { desk, woken: () => woken, pass: (milliseconds: number) => (now += milliseconds) };
}

it("gives an errand to its gateway alone, again where no answer came, and settles it with the answer", async () => {
  const { desk, woken, pass } = setUp();
  const sent = desk.send("eu-1", { kind: "withdraw", override: "o1" }, ann, 60_000);
  expect(woken()).toBe(1);
  expect(desk.due("eu-2")).toEqual([]);
  const [errand] = desk.due("eu-1");
  expect(errand).toMatchObject({ kind: "withdraw", override: "o1" });
  const id = errand!.id;
  expect(desk.due("eu-1")).toEqual([]);
  pass(2000);
  expect(desk.due("eu-1")).toHaveLength(1);
  expect(desk.askedBy("eu-1", "o1")).toEqual(ann);
  expect(desk.askedBy("eu-2", "o1")).toBeNull();
  desk.answer("eu-2", [{ id, problem: null, subject: null }]);
  desk.answer("eu-1", [{ id, problem: "why not", subject: null }]);
  expect(await sent).toEqual({ id, problem: "why not", subject: null });
  expect(desk.due("eu-1")).toEqual([]);
  expect(desk.askedBy("eu-1", "o1")).toBeNull();
});

it("lets go of who waits when nobody answers in time, and when the server ends", async () => {
  const { desk } = setUp();
  expect(await desk.send("eu-1", { kind: "show", override: "o1" }, ann, 5)).toBeNull();
  const waiting = desk.send("eu-1", { kind: "show", override: "o1" }, ann, 60_000);
  desk.close();
  expect(await waiting).toBeNull();
});
