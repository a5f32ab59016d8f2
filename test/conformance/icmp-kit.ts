// ICMP messages for tables: the message, and the packet in it as text.

import { hexOf } from "../names/hello.ts";
import { frameOf } from "./packet.ts";

export const UNREACHABLE = 3;
export const TIME_EXCEEDED = 11;
export const PARAMETER_PROBLEM = 12;
/** Bytes of the packet in an ICMPv6 error at most. */
const QUOTED_MOST = 1232;

/** What an error says beside the packet in it. */
export interface ErrorWords {
  type?: number;
  code?: number;
  /** Bytes 4 to 7, such as a next-hop MTU. */
  rest?: number;
  /** Bytes of the packet behind its IP header; all of them when absent. */
  quoted?: number;
  /** What is behind the packet in the message. */
  behind?: Uint8Array;
  /** Added to the checksum. */
  wrong?: number;
}

/** An ICMP error about a packet, as the text of a packet: `outer` is `SOURCE > DESTINATION` and its words. */
export function errorAbout(outer: string, inner: string, words: ErrorWords = {}): string {
  const [source = "", arrow = "", destination = "", ...rest] = outer.split(" ");
  const whole = frameOf(inner, "raw");
  const header = ((whole[0] as number) & 15) * 4;
  const quoted = whole.slice(0, header + (words.quoted ?? whole.length));
  const { type = UNREACHABLE, code = 1, rest: word = 0, wrong = 0, behind = [] } = words;
  const body = Uint8Array.from([...quoted, ...behind]);
  return `icmp ${source} ${arrow} ${destination} ${[...rest, `hex=${hexOf(message(type, code, word, body, wrong))}`].join(" ")}`;
}

/** An ICMPv6 error likewise: type 1 and code 0 unless words say otherwise, at most as much of the packet as fits. */
export function errorAbout6(outer: string, inner: string, words: ErrorWords = {}): string {
  const whole = frameOf(inner, "raw");
  const bytes = whole.slice(0, words.quoted === undefined ? QUOTED_MOST : headersOf(inner) + words.quoted);
  const { type = 1, code = 0, rest = 0, wrong = 0, behind = [] } = words;
  return message6(outer, type, code, rest, Uint8Array.from([...bytes, ...behind]), wrong);
}

/** An ICMPv6 message, as the text of a packet. */
export function message6(outer: string, type: number, code: number, rest: number, body: Uint8Array, wrong = 0): string {
  const [source = "", arrow = "", destination = "", ...more] = outer.split(" ");
  const ends = `icmp6 ${source} ${arrow} ${destination}`;
  const length = body.length + 8;
  const pseudo = [...frameOf(ends, "raw").slice(8, 40), 0, 0, length >> 8, length & 255, 0, 0, 0, 58];
  return `${ends} ${[...more, `hex=${hexOf(message(type, code, rest, body, wrong, pseudo))}`].join(" ")}`;
}

/** Bytes of an IPv6 packet's headers in front of its TCP or UDP header. */
function headersOf(text: string): number {
  const extensions = /ext=(\S+)/.exec(text)?.[1]?.split(",").length ?? 0;
  return 40 + 8 * (extensions + (text.includes("fragment=") ? 1 : 0));
}

/** An echo request or reply with data. */
export const echo = (ends: string, type = 8, data = "hello", words = ""): string =>
  `icmp ${ends} ${words}${words === "" ? "" : " "}hex=${hexOf(message(type, 0, 0x12340001, new TextEncoder().encode(data), 0))}`;

function message(
  type: number,
  code: number,
  word: number,
  body: Uint8Array,
  wrong: number,
  pseudo: number[] = [],
): Uint8Array {
  const bytes = Uint8Array.from([type, code, 0, 0, word >>> 24, word >>> 16, word >>> 8, word, ...body]);
  let sum = 0;
  const summed = [...pseudo, ...bytes];
  for (let i = 0; i < summed.length; i += 2) sum += ((summed[i] as number) << 8) + (summed[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  const checksum = (~sum + wrong) & 0xffff;
  bytes.set([checksum >>> 8, checksum & 255], 2);
  return bytes;
}
