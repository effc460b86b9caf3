import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** A network, such as `10.0.0.0/8`, or one address. */
export type Network = string;

/**
 * Whether a webhook may reach an address: a public one, or one in a network that an administrator has allowed. An IPv6 address
 * that stands for an IPv4 address (mapped, NAT64, 6to4) is that one, because it leads there.
 */
export function mayReach(address: string, allowed: readonly Network[]): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  const meant = standsFor(parsed);
  if (allowed.some((network) => isIn(meant, network) || isIn(parsed, network))) return true;
  return meant.range() === "unicast" && !isReserved(meant);
}

type Address = ReturnType<typeof ipaddr.parse>;

function standsFor(address: Address): Address {
  if (!(address instanceof ipaddr.IPv6)) return address;
  const bytes = address.toByteArray();
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  if (NAT64.some((network) => isIn(address, network))) return new ipaddr.IPv4(bytes.slice(12));
  if (isIn(address, "2002::/16")) return new ipaddr.IPv4(bytes.slice(2, 6));
  return address;
}

/** The second is for local use, and its prefix is 96 bits long where somebody uses it. */
const NAT64 = ["64:ff9b::/96", "64:ff9b:1::/48"];

/** Networks that the library counts as ordinary. 168.63.129.16 is the host of every machine in Azure. */
const RESERVED = ["168.63.129.16/32", "fec0::/10", "100::/64", "100:0:0:1::/64", "::/96"];

function isReserved(address: Address): boolean {
  return RESERVED.some((network) => isIn(address, network));
}

function isIn(address: Address, network: Network): boolean {
  const [range, bits] = network.includes("/") ? ipaddr.parseCIDR(network) : wholeOf(network);
  return range.kind() === address.kind() && address.match(range as never, bits);
}

function wholeOf(network: Network): [Address, number] {
  const address = ipaddr.parse(network);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}
