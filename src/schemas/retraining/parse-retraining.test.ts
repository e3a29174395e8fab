import { expect, it } from "vitest";
import { Failure } from "../../core/failures.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import { parseRetraining } from "./parse-retraining.ts";

const policy = `task: binary
data: { test: a.csv }
columns: { label: y }
models: { champion: { column: a }, challenger: { column: b } }
retrain:
  produces: m.onnx
`;
const read = (step: string) =>
  parseRetraining(parsePolicy(`${policy}  steps: [{ name: t, ${step} }]\n`, "umpire.yaml"));

it("keeps the address and the secret of a call as they are written, with the names of the environment", () => {
  const { steps } = read('call: "https://u:${P}@h/train?token=${T}", secret: "${S}"')!;
  expect(steps[0]!.call).toEqual({ url: "https://u:${P}@h/train?token=${T}", secret: "${S}" });
});

it.each([
  ["a password", 'call: "https://u:abcdefg@h/train"', /7:.*record of every run.*\$\{PASSWORD\}/s],
  ["a secret", 'call: "https://h/train", secret: abcdefg', /7:.*record of every run.*\$\{NAME\}/s],
  ["no URL", 'call: "https://h:abcdefg/train"', /7:.*begins with https/s],
])("refuses %s that stands in a call, at its line, without it", (_name, step, message) => {
  try {
    read(step);
    expect.unreachable();
  } catch (error) {
    const { where, message: said, mend } = error as Failure;
    const text = [where, said, ...mend].join("\n");
    expect(text).toMatch(message);
    expect(text).not.toContain("abcdefg");
  }
});
