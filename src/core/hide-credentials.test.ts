import { expect, it } from "vitest";
import { hideCredentials } from "./hide-credentials.ts";

it.each([
  [
    "gateway --model m=https://u:s3cret@h:8/x?token=s3cret#s3cret --port 1",
    "gateway --model m=https://…@h:8/x?… --port 1",
  ],
  ["TypeError: Invalid URL, input: 'http://s3cret@h h'", "TypeError: Invalid URL, input: 'http://…@h h'"],
  ['"postgres://u:s3cret@h/db" and http://h/?k=s3cret', '"postgres://…@h/db" and http://h/?…'],
  ["file:///tmp/a.ts:3:4 at b@c? see http://h/x", "file:///tmp/a.ts:3:4 at b@c? see http://h/x"],
])("%s", (text, shown) => {
  expect(hideCredentials(text)).toBe(shown);
});
