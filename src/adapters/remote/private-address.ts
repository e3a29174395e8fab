import { BlockList, isIP } from "node:net";

/** IPv4 networks that are not for everyone: IANA's special-purpose registry, multicast, and what is kept for later. */
const inner4 = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  inner4.addSubnet(network, bits, "ipv4");
}

/**
 * Of IPv6 only 2000::/3 is handed out to the world. What lies outside is this machine, inner networks, multicast, not
 * assigned, or a form that holds an IPv4 address which a translator on the way may call.
 */
const world6 = new BlockList();
world6.addSubnet("2000::", 3, "ipv6");

const inner6 = new BlockList();
for (const [network, bits] of [
  // Protocol assignments: Teredo, which holds IPv4 addresses, benchmarks, ORCHID.
  ["2001::", 23],
  ["2001:db8::", 32],
  // 6to4, which holds IPv4 addresses.
  ["2002::", 16],
  ["2620:4f:8000::", 48],
  ["3fff::", 20],
] as const) {
  inner6.addSubnet(network, bits, "ipv6");
}

/** True for addresses of this machine, of inner networks and of cloud metadata: not to be called on a stranger's word. */
export function isPrivateAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return inner4.check(address, "ipv4");
    case 6:
      return !world6.check(address, "ipv6") || inner6.check(address, "ipv6");
    default:
      // What is no address at all is not trusted either.
      return true;
  }
}
