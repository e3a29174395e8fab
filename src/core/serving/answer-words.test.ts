import { expect, it } from "vitest";
import { answerWords, type LoggedAnswer } from "./answer-words.ts";

const plain: LoggedAnswer = {
  id: "a",
  request: "r",
  key: null,
  at: Date.parse("2026-11-27T15:59:00Z"),
  time: null,
  model: "late",
  version: "3",
  routed: "3",
  cohort: "all",
  arm: "champion",
  propensity: 1,
  item: null,
  position: null,
  prediction: 0.75439,
  classes: null,
  score: null,
  fallback: null,
  marks: [],
  overrides: [],
  features: { hour: 1 },
  shadows: [],
  labels: [],
};
const says = (change: Partial<LoggedAnswer>): string => answerWords({ ...plain, ...change }).join(" ");

it("tells what was answered, when, by which version, and why by that one", () => {
  expect(answerWords(plain)).toEqual([
    "On 27 Nov 2026, 15:59 UTC version 3 of late answered 0.7544.",
    "It was in no cohort of its own: version 3 was live and answered all of them.",
  ]);
  expect(says({ cohort: "haul=long", arm: "3", propensity: 0.25 })).toContain(
    'in the cohort "haul=long": version 3 was tried on 25% of them, among these this one',
  );
  expect(says({ arm: "standing", propensity: 0.05 })).toContain("among the 5% that version 3 always answers");
  expect(says({ arm: "pinned" })).toContain("The caller named version 3");
  expect(says({ prediction: "yes", classes: { yes: 0.9, no: 0.1 } })).toContain("answered yes (probability 0.9)");
});

it("tells what else had a say: people, a fallback, rules, and what came true", () => {
  const boost = { kind: "boost", id: "o", reason: "launch" } as const;
  expect(says({ overrides: [boost], score: 0.5 })).toContain("which was 0.5 before: launch.");
  expect(says({ prediction: null, item: "film-1", overrides: [{ ...boost, kind: "block" }] })).toMatch(
    /late gave no prediction about film-1\..* A person had blocked it: launch\./,
  );
  expect(says({ version: "1", fallback: "timeout" })).toContain(
    "Version 3 was to answer and did not (timeout); version 1 did in its place.",
  );
  expect(says({ fallback: "opt-out", arm: "opt-out" })).toContain("The person has opted out");
  expect(says({ marks: ["range:age"] })).toContain("What was noticed in its data: age (range).");
  expect(says({ labels: [{ name: "label", label: 1, time: plain.at }] })).toContain("What came true: 1, known since");
  expect(says({ shadows: [{ version: "4", prediction: 0.1 }] })).toContain("would have answered 0.1");
});
