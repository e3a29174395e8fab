import { expect, it } from "vitest";
import { Failure } from "../../../core/failures.ts";
import { serverAddress } from "./server-address.ts";

it("takes addresses as they are, without slashes at the end", () => {
  expect(serverAddress("http://127.0.0.1:8181//", "--server")).toBe("http://127.0.0.1:8181");
  expect(serverAddress("https://umpire.example.org/at/path/", "--server")).toBe("https://umpire.example.org/at/path");
});

it.each([
  ["localhost:8181", "--server is localhost:8181; an address starts with http:// or https://"],
  ["ftp://u:s3cret@h", "--server is no such address; an address starts with http:// or https://"],
  ["u:s3cret@h", "--server is no such address; an address starts with http:// or https://"],
  ["http://u:s3cret@h", "--server holds a user or a password, which are not asked for there"],
  ["http://s3cret@h", "--server holds a user or a password, which are not asked for there"],
  ["http://h/?key=s3cret", "--server holds more than an address"],
])("refuses %s without what may be a secret", (text, message) => {
  let failure: unknown;
  try {
    serverAddress(text, "--server");
  } catch (error) {
    failure = error;
  }
  expect(failure).toMatchObject({ code: "USAGE", message });
  expect(JSON.stringify([(failure as Failure).message, (failure as Failure).mend])).not.toContain("s3cret");
});
