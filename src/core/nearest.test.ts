import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test("a mistyped name finds the one that was meant, and nothing farther beside it", () => {
  expect(nearest("user_activty", ["y", "user_age", "user_activity", "gender"])).toEqual(["user_activity"]);
  expect(nearest("confidense", ["confidence", "margin"])).toEqual(["confidence"]);
  expect(nearest("NDCG", ["ndcg", "map"])).toEqual(["ndcg"]);
});

test("a part of a name finds the whole, and a swap of two letters counts as one step", () => {
  expect(nearest("activity", ["user_activity", "age"])).toEqual(["user_activity"]);
  expect(nearest("lwo", ["low", "high"])).toEqual(["low"]);
});

test("nothing is offered where nothing is near", () => {
  expect(nearest("region_of_birth", ["y", "age", "at"])).toEqual([]);
});
