import { describe, expect, it } from "vitest";
import { isPrivateAddress } from "./private-address.ts";

/** First and last address of every network of IANA's special-purpose registries that is not for everyone, and multicast. */
const special = [
  ["0.0.0.0", "0.255.255.255"],
  ["10.0.0.0", "10.255.255.255"],
  ["100.64.0.0", "100.127.255.255"],
  ["127.0.0.0", "127.255.255.255"],
  ["169.254.0.0", "169.254.255.255"],
  ["172.16.0.0", "172.31.255.255"],
  ["192.0.0.0", "192.0.0.255"],
  ["192.0.2.0", "192.0.2.255"],
  ["192.88.99.0", "192.88.99.255"],
  ["192.168.0.0", "192.168.255.255"],
  ["198.18.0.0", "198.19.255.255"],
  ["198.51.100.0", "198.51.100.255"],
  ["203.0.113.0", "203.0.113.255"],
  ["224.0.0.0", "239.255.255.255"],
  ["240.0.0.0", "255.255.255.255"],
  ["::", "::1"],
  ["::127.0.0.1", "::8.8.8.8"],
  ["::ffff:0.0.0.0", "::ffff:255.255.255.255"],
  ["::ffff:0:7f00:1", "::ffff:0:808:808"],
  ["64:ff9b::7f00:1", "64:ff9b::ffff:ffff"],
  ["64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"],
  ["100::", "100:0:0:1:ffff:ffff:ffff:ffff"],
  ["2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:0:7f00:1::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"],
  ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2002:7f00:1::", "2002:a9fe:a9fe::1"],
  ["3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
] as const;

describe("a private address", () => {
  it.each(special)("is each from %s to %s", (first, last) => {
    expect([first, last].map(isPrivateAddress)).toEqual([true, true]);
  });

  it("is every other way to write one, and what is none", () => {
    const texts = ["::ffff:127.0.0.1", "::ffff:7f00:1", "::FFFF:A9FE:A9FE", "0:0:0:0:0:ffff:a00:1", "fe80::1%eth0"];
    for (const text of [...texts, "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", ""]) {
      expect(isPrivateAddress(text), text).toBe(true);
    }
  });

  it("is none that the whole world can reach, also right beside one", () => {
    for (const address of [
      "1.0.0.0",
      "8.8.8.8",
      "9.255.255.255",
      "11.0.0.0",
      "100.63.255.255",
      "100.128.0.1",
      "126.255.255.255",
      "128.0.0.0",
      "169.253.255.255",
      "172.15.255.255",
      "172.32.0.1",
      "192.0.1.0",
      "192.88.98.255",
      "192.167.255.255",
      "192.169.0.0",
      "198.17.255.255",
      "198.20.0.0",
      "223.255.255.255",
      "2001:200::1",
      "2001:db7::1",
      "2003::1",
      "2606:4700:4700::1111",
      "2a00:1450:4001::200e",
    ]) {
      expect(isPrivateAddress(address), address).toBe(false);
    }
  });
});
