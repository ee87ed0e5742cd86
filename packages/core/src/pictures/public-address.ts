type Net = typeof import("node:net");

/** Whether a connection to this address leaves for the public internet. */
export type IsPublic = (address: string | undefined) => boolean;

/**
 * What IANA's registry of special addresses keeps from the internet, and 168.63.129.16, at which every machine of Azure reaches the
 * service that configures it.
 */
const SPECIAL_V4: readonly (readonly [network: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

/** Of what is global: addresses of protocols (Teredo among them), of documents, and those that hide an IPv4 address (6to4). */
const SPECIAL_V6: readonly (readonly [network: string, bits: number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

/** Behind it a network without IPv4 reaches IPv4 addresses, private ones too. */
const TRANSLATED = "64:ff9b::";

/** Judges addresses as sockets name them. What is not known to be public is not: IPv4 written as IPv6 is nobody's public name. */
export function createIsPublic({ BlockList, isIP }: Net): IsPublic {
  const [special, global] = [new BlockList(), new BlockList()];
  for (const [network, bits] of SPECIAL_V4) {
    special.addSubnet(network, bits, "ipv4");
    special.addSubnet(TRANSLATED + network, 96 + bits, "ipv6");
  }
  for (const [network, bits] of SPECIAL_V6) special.addSubnet(network, bits, "ipv6");
  global.addSubnet("2000::", 3, "ipv6");
  global.addSubnet(TRANSLATED, 96, "ipv6");
  return (address = "") => {
    const version = isIP(address);
    if (version === 4) return !special.check(address, "ipv4");
    return version === 6 && global.check(address, "ipv6") && !special.check(address, "ipv6");
  };
}
