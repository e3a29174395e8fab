import { describe, expect, it } from "vitest";
import { isPrivateAddress } from "./private-address.ts";

describe("a private address", () => {
  it("is one of this machine, of inner networks, of cloud metadata, and every form of IPv6 that holds one", () => {
    for (const address of [
      "127.0.0.1",
      "0.0.0.0",
      "10.1.2.3",
      "172.31.255.255",
      "192.168.0.1",
      "100.64.0.1",
      "169.254.169.254",
      "255.255.255.255",
      "::1",
      "::",
      "::127.0.0.1",
      "::ffff:127.0.0.1",
      "::ffff:7f00:1",
      "::ffff:a9fe:a9fe",
      "::ffff:0:7f00:1",
      "64:ff9b::7f00:1",
      "64:ff9b:1::a00:1",
      "2002:7f00:1::",
      "2001:0:7f00:1::",
      "fd00::1",
      "fe80::1",
      "fe80::1%eth0",
      "fec0::1",
      "ff02::1",
      "localhost",
      "",
    ]) {
      expect(isPrivateAddress(address), address).toBe(true);
    }
  });

  it("is none that the whole world can reach", () => {
    for (const address of ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450:4001::200e"]) {
      expect(isPrivateAddress(address), address).toBe(false);
    }
  });
});
