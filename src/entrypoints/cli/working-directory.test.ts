import { describe, expect, it } from "vitest";
import { workingDirectory } from "./working-directory.ts";

describe("the folder that relative paths start from", () => {
  it("is where npm was called under our own script", () => {
    const environment = { npm_lifecycle_event: "umpire", npm_package_name: "umpire", INIT_CWD: "/home/ada/models" };
    expect(workingDirectory(environment, "/home/ada/umpire")).toBe("/home/ada/models");
  });

  it("is where the process stands under a script of the user, who may have changed folder", () => {
    const environment = { npm_lifecycle_event: "ci", npm_package_name: "shop", INIT_CWD: "/home/ada/shop" };
    expect(workingDirectory(environment, "/home/ada/shop/models")).toBe("/home/ada/shop/models");
  });

  it("is where the process stands without npm", () => {
    expect(workingDirectory({}, "/home/ada")).toBe("/home/ada");
  });
});
