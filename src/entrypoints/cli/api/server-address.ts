import { Failure } from "../../../core/failures.ts";

/**
 * The address of a server or a gateway of ours as a flag gives it, without a slash at its end. Keys go in a header: an
 * address with a password is a mistake, and is not printed.
 * @param flag how the user named it
 * @throws Failure USAGE
 */
export function serverAddress(text: string, flag: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "") {
    const isPlain = !/[@?#]/.test(text);
    throw new Failure("USAGE", {
      message: `${flag} is ${isPlain ? text : "no such address"}; an address starts with http:// or https://`,
    });
  }
  if (url.username !== "" || url.password !== "") {
    throw new Failure("USAGE", {
      message: `${flag} holds a user or a password, which are not asked for there`,
      mend: ["a key goes in UMPIRE_KEY, or in a file: --key-file FILE"],
    });
  }
  if (url.search !== "" || url.hash !== "") {
    throw new Failure("USAGE", {
      message: `${flag} holds more than an address`,
      mend: [`${flag.replace(/ .*/, "")} ${url.protocol}//${url.host}`],
    });
  }
  return text.replace(/\/+$/, "");
}
