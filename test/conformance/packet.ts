// Packets as text, for tables: `tcp 10.1.0.9:5000 > 10.1.0.4:443 S seq=7 ack=9 ttl=64 data=hello vlan=10`. The same text gives the
// same bytes, checksums right unless the text says otherwise.

import { addressNumber } from "../../host/config/address.ts";
import { bytesOf } from "../../host/config/ipv6.ts";
import type { LinkName } from "../plane.ts";

/** Words of a packet's text after the addresses: `name=value`, or TCP flags as letters. */
interface Words {
  flags: number;
  values: Map<string, string>;
}

const FLAG_LETTERS: Record<string, number> = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32, E: 64, C: 128, "-": 0 };
const PROTOCOLS: Record<string, number> = { icmp: 1, ipip: 4, tcp: 6, udp: 17, gre: 47, esp: 50, icmp6: 58, sctp: 132 };
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_UNIT = 8;
const FRAGMENT_HEADER = 44;
const CLIENT_MAC = "020000000001";
const GATEWAY_MAC = "020000000002";

/** Builds a frame. Values: seq ack ttl data hex id tos options(words of 1, or their bytes: 0x0703...) urgent reserved total fragment ipsum l4sum udplength offset vlan(10 or 20.30) from to trailer, and cut=FROM-TO (TO left
 * out: to its end; a + behind: as if more followed): the fragment with these bytes behind the IP header of what the other words make.
 * Between brackets addresses are IPv6; there: class label payload next, and ext, kinds of extension headers of 8 bytes: `0,60,43`; fragment, as IPv4 has it, and id make a fragment header behind these. */
export function frameOf(text: string, link: LinkName = "ethernet"): Uint8Array {
  const [kind = "tcp", source = "", , destination = "", ...rest] = text.split(" ");
  const words = wordsOf(rest);
  const [from, sourcePort = 0] = ends(source);
  const [to, destinationPort = 0] = ends(destination);
  const addresses = [...from, ...to];
  const transport = cut(transportOf(kind, sourcePort, destinationPort, words, addresses), words);
  const six = from.length === 16;
  const ip = six ? ip6Of(kind, addresses, transport, words) : ipOf(kind, addresses, transport, words);
  const bytes = [
    ...linkOf(link, words, six),
    ...ip,
    ...transport,
    ...Array.from({ length: number(words, "trailer", 0) }, () => 0xee),
  ];
  return Uint8Array.from(bytes);
}

function wordsOf(rest: string[]): Words {
  const words: Words = { flags: 0, values: new Map() };
  for (const word of rest) {
    const [name = "", value] = word.split("=");
    if (value !== undefined) words.values.set(name, value);
    else for (const letter of name) words.flags |= FLAG_LETTERS[letter] ?? 0;
  }
  return words;
}

/** The part of a packet that is to be in the frame; notes what the IP header then has. */
function cut(whole: number[], { values }: Words): number[] {
  const text = values.get("cut");
  if (text === undefined) return whole;
  const [from = 0, to = whole.length] = text.match(/\d+/g)?.map(Number) ?? [];
  const more = to < whole.length || text.endsWith("+") ? MORE_FRAGMENTS : 0;
  const flags = Number(values.get("fragment") ?? 0);
  values.set("fragment", String(flags | more | (from / FRAGMENT_UNIT)));
  return whole.slice(from, to);
}

function ends(text: string): [number[], number | undefined] {
  const [, six, sixPort] = /^\[(.*)\](?::(\d+))?$/.exec(text) ?? [];
  if (six !== undefined) return [[...bytesOf(six)], sixPort === undefined ? undefined : Number(sixPort)];
  const [address = "", port] = text.split(":");
  return [u32(addressNumber(address)), port === undefined ? undefined : Number(port)];
}

function number({ values }: Words, name: string, otherwise: number): number {
  const value = values.get(name);
  return value === undefined ? otherwise : Number(value);
}

function ipOf(kind: string, addresses: number[], transport: number[], words: Words): number[] {
  const options = optionsOf(words);
  const total = number(words, "total", 20 + options.length + transport.length);
  const header = [
    0x45 + options.length / 4,
    number(words, "tos", 0),
    ...u16(total),
    ...u16(number(words, "id", 1)),
    ...u16(number(words, "fragment", 0x4000)),
    number(words, "ttl", 64),
    PROTOCOLS[kind] ?? 0,
    0,
    0,
    ...addresses,
    ...options,
  ];
  header.splice(10, 2, ...u16(number(words, "ipsum", checksum(header))));
  return header;
}

function optionsOf(words: Words): number[] {
  const text = words.values.get("options") ?? "0";
  return text.startsWith("0x") ? hex(text.slice(2)) : Array.from({ length: Number(text) * 4 }, () => 1);
}

function ip6Of(kind: string, addresses: number[], transport: number[], words: Words): number[] {
  const kinds = (words.values.get("ext") ?? "").split(",").filter((text) => text !== "");
  const last = number(words, "next", PROTOCOLS[kind] ?? 0);
  const segments = number(words, "segments", 0);
  const fragment = words.values.get("fragment");
  const behind = fragment === undefined ? last : FRAGMENT_HEADER;
  const extensions = kinds.flatMap((_, i) => [Number(kinds[i + 1] ?? behind), 0, 1, segments, 0, 0, 0, 0]);
  if (fragment !== undefined) extensions.push(...fragmentHeader(last, Number(fragment), number(words, "id", 1)));
  return [
    ...u32(0x60000000 + number(words, "class", 0) * 2 ** 20 + number(words, "label", 0)),
    ...u16(number(words, "payload", extensions.length + transport.length)),
    Number(kinds[0] ?? behind),
    number(words, "ttl", 64),
    ...addresses,
    ...extensions,
  ];
}

/** `fragment` is as IPv4 has it. */
function fragmentHeader(next: number, fragment: number, id: number): number[] {
  const offset = (fragment & (MORE_FRAGMENTS - 1)) * FRAGMENT_UNIT;
  return [next, 0, ...u16(offset + (fragment & MORE_FRAGMENTS ? 1 : 0)), ...u32(id)];
}

function transportOf(kind: string, source: number, destination: number, words: Words, addresses: number[]): number[] {
  const data = [...new TextEncoder().encode(words.values.get("data") ?? ""), ...hex(words.values.get("hex") ?? "")];
  if (kind !== "tcp" && kind !== "udp") return data.length > 0 ? data : [8, 0, 0, 0, 0, 0, 0, 0];
  const ports = [...u16(source), ...u16(destination)];
  const length = (kind === "tcp" ? 20 : 8) + data.length;
  const pseudo = [...addresses, 0, kind === "tcp" ? 6 : 17, ...u16(length)];
  if (kind === "udp") {
    const header = [...ports, ...u16(number(words, "udplength", length)), 0, 0, ...data];
    header.splice(6, 2, ...u16(number(words, "l4sum", checksum([...pseudo, ...header]) || 0xffff)));
    return header;
  }
  const numbers = [...u32(number(words, "seq", 0)), ...u32(number(words, "ack", 0))];
  const header = [
    ...ports,
    ...numbers,
    (number(words, "offset", 5) << 4) | number(words, "reserved", 0),
    words.flags,
    ...u16(number(words, "window", 0)),
    0,
    0,
    ...u16(number(words, "urgent", 0)),
    ...data,
  ];
  header.splice(16, 2, ...u16(number(words, "l4sum", checksum([...pseudo, ...header]))));
  return header;
}

function linkOf(link: LinkName, words: Words, six: boolean): number[] {
  const tags = (words.values.get("vlan") ?? "").split(".").filter((tag) => tag !== "");
  const types = [...tags.flatMap((tag) => [0x81, 0, ...u16(Number(tag))]), ...(six ? [0x86, 0xdd] : [8, 0])];
  if (link === "raw" || link === "other") return [];
  if (link === "null") return [six ? 30 : 2, 0, 0, 0];
  if (link === "sll") return [0, 0, 0, 1, 0, 6, ...hex(CLIENT_MAC), 0, 0, ...types];
  if (link === "sll2")
    return [...types.slice(0, 2), 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, ...hex(CLIENT_MAC), 0, 0, ...types.slice(2)];
  return [...hex(words.values.get("to") ?? GATEWAY_MAC), ...hex(words.values.get("from") ?? CLIENT_MAC), ...types];
}

/** The checksum of bytes whose checksum field is 0 (RFC 1071). */
function checksum(bytes: number[]): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] as number) << 8) + (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const u16 = (value: number): number[] => [(value >>> 8) & 255, value & 255];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
const hex = (text: string): number[] => (text.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
