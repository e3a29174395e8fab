import { describe, expect, it } from "vitest";
import { formErrors } from "./form-rules.ts";

const errorsOf = (path: string, text = "export const one = 1;\n"): readonly string[] => formErrors({ path, text });

describe("the form of a source file", () => {
  it("is good in kebab-case, in a folder that says something, up to 400 lines", () => {
    expect(errorsOf("src/core/metrics/roc-auc.laws.test.ts")).toEqual([]);
    expect(errorsOf("src/core/metrics/f1.ts", "\n".repeat(400))).toEqual([]);
  });

  it("is wrong in camel case, in a folder of leftovers, over 400 lines, and without type checks", () => {
    expect(errorsOf("src/core/rocAuc.ts")).toHaveLength(1);
    expect(errorsOf("src/core/utils/roc-auc.ts")).toHaveLength(1);
    expect(errorsOf("src/core/roc-auc.ts", "\n".repeat(401))).toHaveLength(1);
    expect(errorsOf("src/core/roc-auc.ts", `// @ts-${"ignore"}\n`)).toHaveLength(1);
  });
});
