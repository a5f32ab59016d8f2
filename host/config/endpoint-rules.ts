// Rules of who may reach endpoints -> filters: a trie from source to class, one from port to class for each protocol, and for
// each class the rules that hold it, as bits. A lookup takes as long for a thousand rules as for one, nearly.

import * as Abi from "../abi.ts";
import { cut, type Runs } from "./classes.ts";
import type { Configuration, SecurityRule } from "./configuration.ts";
import type { TableImage } from "./image.ts";
import type { Intervals } from "./intervals.ts";
import { keyOf } from "./numbering.ts";
import type { Reach } from "./reach.ts";
import { attachmentOf, type Family, IPV4, isFor, portsOf, type Range, rulesInOrder, sourcesOf } from "./security.ts";
import type { Tries } from "./trie.ts";

const WORD_BITS = 64;
const CACHE_LINE = 64;
const PORT_WIDTH = 65_536;

/** A filter before its tries are written: roots as `Tries.add` gave them. */
interface Filter {
  sources: number;
  sources6: number;
  tcp: number;
  udp: number;
  /** Offset of the bits of the rules that allow. */
  allows: number;
}

/** The filters of a configuration. */
export interface WrittenFilters {
  /** For each endpoint the number of its filter + 1, 0 for none. */
  numbers: number[];
  /** Writes the filters themselves, when the tries are written. */
  finish(entryOf: (root: number) => number): void;
}

/** The rules that apply to an endpoint, in the order they are asked; undefined when every flow is let in. */
export function rulesOfEndpoint(
  configuration: Configuration,
  endpoint: Configuration["privateEndpoints"][number],
): SecurityRule[] | undefined {
  const attachment = attachmentOf(configuration, endpoint);
  if (attachment === undefined || attachment.inert) return undefined;
  const { applicationSecurityGroups = [] } = configuration;
  return rulesInOrder(attachment.group).filter((rule) => isFor(rule, endpoint, applicationSecurityGroups));
}

/** Writes what the filters' tries lead to. Endpoints of one network to which the same rules apply have one filter. */
export function writeFilters(
  image: TableImage,
  configuration: Configuration,
  reach: Reach,
  tries: Tries,
  intervals: Intervals,
): WrittenFilters {
  const { virtualNetworks, privateEndpoints, applicationSecurityGroups = [] } = configuration;
  const networks = new Map(virtualNetworks.map(({ name }, number) => [name, number]));
  const filters: Filter[] = [];
  const known = new Map<string, number>();
  const numbers = privateEndpoints.map((endpoint) => {
    const attachment = attachmentOf(configuration, endpoint);
    if (attachment === undefined || attachment.inert) return 0;
    const all = rulesInOrder(attachment.group);
    const rules = all.filter((rule) => isFor(rule, endpoint, applicationSecurityGroups));
    const places = rules.map((rule) => all.indexOf(rule));
    const key = keyOf(endpoint.virtualNetwork, attachment.group.name, ...places);
    let number = known.get(key);
    if (number === undefined) {
      const network = networks.get(endpoint.virtualNetwork) ?? 0;
      const sources = (family: Family): Range[][] => {
        const near = reach.sources(network, family);
        return rules.map((rule) => sourcesOf(rule, near, applicationSecurityGroups, family));
      };
      number = filters.push(filterOf(image, tries, rules, sources(IPV4), sources(intervals)));
      known.set(key, number);
    }
    return number;
  });
  return {
    numbers,
    finish(entryOf) {
      const section = image.section(filters.length * Abi.FILTER_SIZE);
      filters.forEach((filter, index) => {
        const at = section + index * Abi.FILTER_SIZE;
        image.u32(at + Abi.FILTER_SOURCES, entryOf(filter.sources));
        image.u32(at + Abi.FILTER_SOURCES6, entryOf(filter.sources6));
        image.u32(at + Abi.FILTER_TCP, entryOf(filter.tcp));
        image.u32(at + Abi.FILTER_UDP, entryOf(filter.udp));
        image.u32(at + Abi.FILTER_ALLOWS, filter.allows);
      });
      image.u32(Abi.TABLES_FILTERS, section);
      image.u32(Abi.TABLES_FILTER_COUNT, filters.length);
    },
  };
}

function filterOf(
  image: TableImage,
  tries: Tries,
  rules: readonly SecurityRule[],
  sources: Range[][],
  sources6: Range[][],
): Filter {
  const ports = (protocol: "Tcp" | "Udp"): Range[][] =>
    rules.map((rule) =>
      rule.protocol === protocol || rule.protocol === "*" ? rule.destinationPortRanges.map(portRange) : [],
    );
  const add = (runs: Runs): number => {
    const offsets = writeVectors(image, runs.members);
    return tries.add({ starts: runs.starts, values: runs.classes.map((number) => offsets[number] as number) });
  };
  const words = Math.max(Math.ceil(rules.length / WORD_BITS), 1);
  const allows = image.section(words * 8);
  rules.forEach(({ access }, rule) => {
    const word = allows + (rule >>> 5) * 4;
    if (access === "Allow") image.u32(word, (image.readU32(word) | (1 << (rule & 31))) >>> 0);
  });
  return {
    sources: add(cut(sources)),
    sources6: add(cut(sources6)),
    tcp: add(cut(ports("Tcp"))),
    udp: add(cut(ports("Udp"))),
    allows,
  };
}

/** Ports in the upper half of a number, where the trie begins. */
function portRange(text: string): Range {
  const { first, last } = portsOf(text) as Range;
  return { first: first * PORT_WIDTH, last: last * PORT_WIDTH + PORT_WIDTH - 1 };
}

/** Writes a vector for each class: one bit for each word of 64 rules that has any, and those words. Their offsets. */
function writeVectors(image: TableImage, members: readonly Uint32Array[]): number[] {
  const vectors = members.map(wordsOf);
  const places = placesOf(vectors.map((words) => Abi.VECTOR_WORDS + words.length * 8));
  const section = image.section(places.end);
  return vectors.map((words, index) => {
    const offset = section + (places.offsets[index] as number);
    let aggregate = 0n;
    words.forEach(({ word, bits }, i) => {
      image.u64(offset + Abi.VECTOR_WORDS + i * 8, bits);
      aggregate |= 1n << BigInt(word);
    });
    image.u64(offset + Abi.VECTOR_AGGREGATE, aggregate);
    return offset;
  });
}

/** Words of 64 rules in which a class has any. */
function wordsOf(halves: Uint32Array): { word: number; bits: bigint }[] {
  const words = [];
  for (let word = 0; word * 2 < halves.length; word++) {
    const [low = 0, high = 0] = halves.subarray(word * 2, word * 2 + 2);
    if ((low | high) !== 0) words.push({ word, bits: BigInt(low) | (BigInt(high) << 32n) });
  }
  return words;
}

/** Lays things out so that none of up to a cache line crosses the border of two. */
function placesOf(sizes: readonly number[]): { offsets: number[]; end: number } {
  let end = 0;
  const offsets = sizes.map((size) => {
    const left = CACHE_LINE - (end % CACHE_LINE);
    const offset = size > left ? end + left : end;
    end = offset + size;
    return offset;
  });
  return { offsets, end };
}
