import type { FailureDetails } from "../../core/failures.ts";
import { isSecretParameter } from "../../schemas/written-secrets.ts";

/**
 * Reads an address that may hold a password or a token. What is wrong is said without it: only what {@link shownAddress}
 * leaves is ever printed, and no error of the platform, which holds the whole text, is passed on.
 * @param refuse makes the failure of whoever needs the address
 */
export function parseAddress(text: string, refuse: (details: FailureDetails) => Error): URL {
  const url = URL.parse(text);
  if (url === null) {
    throw refuse({
      message: "the address is no URL",
      mend: ["write it whole: https://HOST/path or http://HOST:PORT/path"],
    });
  }
  if (url.protocol === "http:" || url.protocol === "https:") return url;
  throw refuse({
    message: `${url.protocol} is not called, only https: and http: are`,
    mend: ["https://HOST/path or http://HOST:PORT/path"],
  });
}

/** Host and path of an address: without user, password, query and fragment, which hold secrets. */
export function shownAddress(address: URL | string): string {
  const url = typeof address === "string" ? URL.parse(address) : address;
  return url === null ? "the address" : `${url.protocol}//${url.host}${url.pathname}`;
}

/** The whole address without user, password and tokens: what a model is known by, also when they are changed. */
export function plainAddress(url: URL): string {
  const plain = Object.assign(new URL(url), { username: "", password: "" });
  for (const name of [...plain.searchParams.keys()].filter(isSecretParameter)) plain.searchParams.delete(name);
  return plain.href;
}

/** User and password of an address as the header that they stand for; none where there is none. */
export function basicAuthorization({ username, password }: URL): { readonly authorization?: string } {
  if (username === "" && password === "") return {};
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { authorization: `Basic ${Buffer.from(pair, "utf8").toString("base64")}` };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A lone % is meant as it stands.
    return part;
  }
}
