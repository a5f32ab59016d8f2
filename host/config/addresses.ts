// The table of addresses that mean something to the plane: endpoints' and NAT addresses, by (group of networks, address). IPv6
// addresses stand in it by a number, which a table of their own leads to.

import * as Abi from "../abi.ts";
import { addressNumber } from "./address.ts";
import type { Configuration } from "./configuration.ts";
import type { TableImage } from "./image.ts";
import { bytesOf, isSix } from "./ipv6.ts";
import { addressesOfEndpoint } from "./prefix.ts";

/** Multiplier of the tables' places; the core looks up by the same rule (assembly/admit/endpoint.ts, assembly/admit/known.ts). */
const MULTIPLIER = 0x9e3779b1;

interface Entry {
  /** The address, or what stands for it, as the core loads it. */
  word: number;
  network: number;
  /** Network its place follows from: that which all networks joined by peerings share. */
  group: number;
  kind: number;
  index: number;
}

/** Numbers of networks, their groups and the endpoints, each in the configuration's order. */
export interface AddressNumbers {
  networks: readonly number[];
  groups: readonly number[];
  endpoints: readonly number[];
}

/** Writes the open-addressing tables, at most half full. */
export function writeAddresses(image: TableImage, configuration: Configuration, numbers: AddressNumbers): void {
  const known = new Map<string, number>();
  const entries = entriesOf(configuration, numbers, known);
  const places = placesFor(entries.length);
  const section = image.section(places * Abi.ADDRESS_SIZE);
  for (const entry of entries) {
    let place = (hashOf(entry) >>> 8) & (places - 1);
    while (image.readU16(section + place * Abi.ADDRESS_SIZE + Abi.ADDRESS_KIND) !== 0)
      place = (place + 1) & (places - 1);
    const at = section + place * Abi.ADDRESS_SIZE;
    image.u32(at + Abi.ADDRESS_IP_BE, entry.word);
    image.u16(at + Abi.ADDRESS_NETWORK, entry.network);
    image.u16(at + Abi.ADDRESS_KIND, entry.kind);
    image.u16(at + Abi.ADDRESS_GROUP, entry.group);
    image.u16(at + Abi.ADDRESS_INDEX, entry.index);
  }
  image.u32(Abi.TABLES_ADDRESSES, section);
  image.u32(Abi.TABLES_ADDRESS_MASK, places - 1);
  writeKnown(image, known);
}

const placesFor = (count: number): number => 2 ** Math.ceil(Math.log2(Math.max(count * 2, 4)));

function writeKnown(image: TableImage, known: ReadonlyMap<string, number>): void {
  const places = placesFor(known.size);
  const section = image.section(places * Abi.KNOWN_SIZE);
  for (const [text, number] of known) {
    const bytes = bytesOf(text);
    let place = (hashOf6(bytes) >>> 8) & (places - 1);
    while (image.readU32(section + place * Abi.KNOWN_SIZE + Abi.KNOWN_NUMBER) !== 0) place = (place + 1) & (places - 1);
    image.copy(section + place * Abi.KNOWN_SIZE + Abi.KNOWN_ADDRESS, bytes);
    image.u32(section + place * Abi.KNOWN_SIZE + Abi.KNOWN_NUMBER, number);
  }
  image.u32(Abi.TABLES_KNOWN, section);
  image.u32(Abi.TABLES_KNOWN_MASK, places - 1);
}

function entriesOf(
  configuration: Configuration,
  { networks, groups, endpoints }: AddressNumbers,
  known: Map<string, number>,
): Entry[] {
  const indexes = new Map(configuration.virtualNetworks.map(({ name }, index) => [name, index]));
  const placed = (name: string) => {
    const index = indexes.get(name) as number;
    return { network: networks[index] as number, group: networks[groups[index] as number] as number };
  };
  const wordOf = (text: string): number => {
    if (!isSix(text)) return loaded(addressNumber(text));
    if (!known.has(text)) known.set(text, known.size + 1);
    return known.get(text) as number;
  };
  const entries: Entry[] = configuration.privateEndpoints.flatMap((endpoint, index) =>
    addressesOfEndpoint(endpoint).map((address) => ({
      word: wordOf(address),
      ...placed(endpoint.virtualNetwork),
      kind: isSix(address) ? Abi.KIND_ENDPOINT6 : Abi.KIND_ENDPOINT,
      index: endpoints[index] as number,
    })),
  );
  for (const service of configuration.privateLinkServices)
    for (const address of service.natAddresses)
      entries.push({
        word: wordOf(address),
        ...placed(service.virtualNetwork),
        kind: isSix(address) ? Abi.KIND_NAT6 : Abi.KIND_NAT,
        index: 0,
      });
  return entries;
}

/** An address as the core loads it: network order read little endian. */
function loaded(address: number): number {
  const swapped = ((address & 0xff) << 24) | ((address & 0xff00) << 8) | ((address >>> 8) & 0xff00) | (address >>> 24);
  return swapped >>> 0;
}

function hashOf({ word, group }: Entry): number {
  return Math.imul(word ^ Math.imul(group, MULTIPLIER), MULTIPLIER);
}

/** Hash over the four words of an IPv6 address as the core loads them. */
function hashOf6(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let hash = 0;
  for (let at = 0; at < bytes.length; at += 4) hash = Math.imul(hash ^ view.getUint32(at, true), MULTIPLIER);
  return hash;
}
