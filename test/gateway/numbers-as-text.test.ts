import { expect, test } from "vitest";
import { startGateway } from "./running-gateway.ts";

test("a number that comes as text is prepared, routed and ruled on as the number that it is", async () => {
  const gateway = await startGateway(`gateway:
  log: { rotate: false }
  models:
    m:
      versions:
        adults: { rule: { when: { metres: { from: 1.5 } }, then: 1, else: 0 } }
        young: { constant: 2 }
      cohorts:
        young people: { where: { age: { below: 30 } }, version: young }
        sixth: { where: { grade: [6] }, version: young }
      prepare: { metres: { from: centimetres, divide: 100 } }
`);
  const asked = [
    { age: 40, centimetres: 170, grade: 1 },
    { age: 40, centimetres: 120, grade: 1 },
    { age: 20, centimetres: 170, grade: 1 },
    { age: 40, centimetres: 170, grade: 6 },
  ];
  const texts = asked.map((record) => Object.fromEntries(Object.entries(record).map(([k, v]) => [k, ` ${v}`])));
  const answers = async (records: readonly unknown[]): Promise<unknown> => {
    const { body } = await gateway.post("/v1/models/m/predict", { records });
    return (body as { predictions: { prediction: unknown; cohort: string }[] }).predictions.map((row) => [
      row.prediction,
      row.cohort,
    ]);
  };
  const expected = [
    [1, "all"],
    [0, "all"],
    [2, "young people"],
    [2, "sixth"],
  ];
  expect(await answers(asked)).toEqual(expected);
  expect(await answers(texts)).toEqual(expected);
  await gateway.stop();
});
