import { expect, test } from "vitest";
import { checkRoute, findRoute } from "./gateway-routes.ts";

const parts = (path: string): string[] => path.split("/").filter((part) => part !== "");

test.each([
  ["/v2", "/v2"],
  ["/v2/models/infer", "/v2/models/*"],
  ["/v2/models/versions/ready", "/v2/models/*/ready"],
  ["/v2/models/m/versions/2/infer", "/v2/models/*/versions/*/infer"],
  ["/v1/models/m/versions/2", "/v1/models/*/versions/*"],
])("%s is the route %s", (path, template) => {
  expect(findRoute(parts(path))?.template).toBe(template);
});

test.each([
  "/",
  "/V2",
  "/v2/models",
  "/v2/models/m/versions",
  "/v2/models/m/explain",
  "/v2/models/m/versions/2/infer/x",
])("%s is no route", (path) => {
  expect(findRoute(parts(path))).toBeUndefined();
  expect(() => checkRoute(undefined, parts(path), "GET")).toThrow(expect.objectContaining({ status: 404 }) as Error);
});

test("an extension that is not served says what to do instead", () => {
  expect(() => checkRoute(undefined, parts("/v2/systemsharedmemory/region/r/register"), "POST")).toThrow(
    "send the tensors themselves",
  );
  expect(() => checkRoute(undefined, parts("/v2/models/m/stats"), "GET")).toThrow("/metrics");
});

test("another method is refused with 405, naming those that are taken", () => {
  const route = findRoute(["v2", "models", "m", "infer"]);
  expect(() => checkRoute(route, [], "GET")).toThrow(
    expect.objectContaining({ status: 405, message: "/v2/models/*/infer takes POST, not GET" }) as Error,
  );
});
