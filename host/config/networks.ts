// Networks as the core sees them: which addresses are their own, which of them are peered, and from where their endpoints are
// reached.

import * as Abi from "../abi.ts";
import { cut } from "./classes.ts";
import { type Configuration, DEFAULT_MTU, type VirtualNetwork } from "./configuration.ts";
import type { TableImage } from "./image.ts";
import type { Intervals } from "./intervals.ts";
import { isSix } from "./ipv6.ts";
import { IPV4, type Range } from "./security.ts";
import type { Reach } from "./reach.ts";
import type { Tries } from "./trie.ts";
import type { Numbered } from "./numbering.ts";
import { type Span, spanOf } from "./span.ts";

/** Multiplier of the places of pairs; the core looks up by the same rule (assembly/admit/reach.ts). */
const MULTIPLIER = 0x9e3779b1;
/** What a trie of sources says of an address inside. */
const INSIDE = 2;

/** Numbers of a configuration's networks in its order, and how many numbers there are in all. */
export interface NetworkNumbers {
  numbers: number[];
  count: number;
}

/** Gives networks their numbers. */
export function numberNetworks({ virtualNetworks }: Configuration, networks: Numbered<VirtualNetwork>): NetworkNumbers {
  const numbers = virtualNetworks.map((network) => networks.number(network.name, network));
  return { numbers, count: networks.count };
}

/** Writes the pairs of peered networks; what it gives back writes the networks, when the tries are written. */
export function writeNetworks(
  image: TableImage,
  { virtualNetworks, privateEndpoints }: Configuration,
  reach: Reach,
  tries: Tries,
  { numbers, count }: NetworkNumbers,
  intervals: Intervals,
): (entryOf: (root: number) => number) => void {
  const holding = new Set(privateEndpoints.map(({ virtualNetwork }) => virtualNetwork));
  const inside = (ranges: Range[]): number => {
    const { starts, classes, members } = cut([ranges]);
    return tries.add({ starts, values: classes.map((number) => (members[number]?.[0] === 0 ? 0 : INSIDE)) });
  };
  const roots = virtualNetworks.map(({ name, addressSpace }, network) => ({
    four: inside(holding.has(name) ? reach.sources(network, IPV4) : []),
    six: inside(holding.has(name) ? reach.sources(network, intervals) : []),
    own: inside(addressSpace.flatMap(intervals.rangesOf)),
  }));
  writePeers(image, reach, numbers);
  return (entryOf) => {
    const section = image.section(count * Abi.NETWORK_SIZE);
    for (let number = 0; number < count; number++) {
      image.u16(section + number * Abi.NETWORK_SIZE + Abi.NETWORK_GROUP, number);
      for (const field of [Abi.NETWORK_SOURCES, Abi.NETWORK_SOURCES6, Abi.NETWORK_OWN6])
        image.u32(section + number * Abi.NETWORK_SIZE + field, Abi.TRIE_VALUE);
    }
    virtualNetworks.forEach(({ addressSpace: space, mtu = DEFAULT_MTU }, network) => {
      const at = section + (numbers[network] as number) * Abi.NETWORK_SIZE;
      const addressSpace = space.filter((text) => !isSix(text));
      const blocks = image.section(addressSpace.length * Abi.BLOCK_ENTRY_SIZE);
      addressSpace.forEach((text, index) => {
        const { first, last } = spanOf(text) as Span;
        image.u32(blocks + index * Abi.BLOCK_ENTRY_SIZE + Abi.BLOCK_ENTRY_ADDRESS, Number(first));
        image.u32(blocks + index * Abi.BLOCK_ENTRY_SIZE + Abi.BLOCK_ENTRY_MASK, ~Number(last - first));
      });
      image.u16(at + Abi.NETWORK_GROUP, numbers[reach.groups[network] as number] as number);
      image.u16(at + Abi.NETWORK_MTU, mtu);
      image.u16(at + Abi.NETWORK_BLOCK_COUNT, addressSpace.length);
      image.u32(at + Abi.NETWORK_BLOCKS, blocks);
      const { four, six, own } = roots[network] as (typeof roots)[number];
      image.u32(at + Abi.NETWORK_SOURCES, entryOf(four));
      image.u32(at + Abi.NETWORK_SOURCES6, entryOf(six));
      image.u32(at + Abi.NETWORK_OWN6, entryOf(own));
    });
    image.u32(Abi.TABLES_NETWORKS, section);
  };
}

/** An open-addressing table of pairs (network, network peered with it), each as one number + 1. */
function writePeers(image: TableImage, { peers }: Reach, numbers: readonly number[]): void {
  const pairs = peers.flatMap((own, network) =>
    own.map((other) => (numbers[network] as number) * 65_536 + (numbers[other] as number)),
  );
  const places = 2 ** Math.ceil(Math.log2(Math.max(pairs.length * 2, 4)));
  const section = image.section(places * 4);
  for (const pair of pairs) {
    let place = (Math.imul(pair, MULTIPLIER) >>> 8) & (places - 1);
    while (image.readU32(section + place * 4) !== 0) place = (place + 1) & (places - 1);
    image.u32(section + place * 4, pair + 1);
  }
  image.u32(Abi.TABLES_PEERS, section);
  image.u32(Abi.TABLES_PEER_MASK, places - 1);
}
