// Packets of IPv6 flows as they leave, compared with the replay's own reckoning: a flow's translation is read off its first packet, every
// other packet of it, replies turned back included, must be translated so, byte for byte. None of it shares code with the core.

import { DONT_FRAGMENT, IPV6 } from "../wire/ip.ts";
import { checksumOf, get16, put16, sumOf } from "../wire/words.ts";
import { isFresh } from "./comparison.ts";
import { IPV4, PROTOCOL_TCP, PROTOCOL_UDP, TCP, UDP } from "./frame.ts";
import { packet6 } from "./frame6.ts";
import { firstDifference } from "./mirror.ts";
import { changed } from "./readdress.ts";

const FLOWS_MAX = 262_144;
const ADDRESS = 16;
const FRAGMENT = 44;
const SYN = 2;
const PORTS_END = 4;
const ALL_ONES = 0xffff;
const VERSION_AND_WORDS = 0x45;
const TYPE_IPV4 = [0x08, 0x00];

/** An address, 4 or 16 bytes, and a port. */
interface End {
  address: Uint8Array;
  port: number;
}

/** Where a flow's requests come from and go to behind the plane. */
interface Translation {
  nat: End;
  backend: End;
}

/** A TCP or UDP packet over IPv6, seen in place. */
interface Seen {
  ip: number;
  l4: number;
  /** Behind its last byte that is captured. */
  end: number;
  protocol: number;
  source: string;
  destination: string;
}

/** Compares. */
export class SixComparison {
  private readonly flows = new Map<string, Translation>();
  /** The plane changes more of a SYN than addresses and ports. */
  private readonly changesSyns: boolean;
  private readonly rewritesLinks: boolean;

  constructor(changesSyns: boolean, rewritesLinks: boolean) {
    this.changesSyns = changesSyns;
    this.rewritesLinks = rewritesLinks;
  }

  /** What is wrong with a packet that left; undefined when it cannot be told. */
  check({ entered, ip, left, place, reason }: Passed): Outcome | undefined {
    const seen = look(entered, ip);
    if (seen === undefined) return undefined;
    const there = `${place} ${seen.protocol} ${seen.source} ${seen.destination}`;
    const reverse = `${place} ${seen.protocol} ${seen.destination} ${seen.source}`;
    const fresh = isFresh(reason);
    if (fresh) this.learn(there, left, ip);
    const request = this.flows.get(there);
    const reply = fresh ? undefined : this.flows.get(reverse);
    if ((request === undefined) === (reply === undefined)) return undefined;
    if (this.changesSyns && isSyn(entered, seen)) return undefined;
    const { nat, backend } = (request ?? reply) as Translation;
    const isReply = reply !== undefined;
    const expected = isReply ? translated(entered, seen, backend, nat, 1) : translated(entered, seen, nat, backend, -1);
    const from = this.rewritesLinks ? ip : 0;
    const at = firstDifference(expected, left, from, Math.max(expected.length, left.length));
    if (at < 0) return { isReply, fault: "" };
    const what = isReply ? "reply" : "request";
    return { isReply, fault: `${what} differs from its flow's translation at byte ${at}` };
  }

  /** Reads a translation off the first packet of a flow; the one that was learnt first is forgotten when there are too many. */
  private learn(key: string, left: Uint8Array, ip: number): void {
    this.flows.delete(key);
    const ends = endsOf(left, ip);
    if (ends === undefined) return;
    this.flows.set(key, ends);
    if (this.flows.size <= FLOWS_MAX) return;
    for (const oldest of this.flows.keys()) {
      this.flows.delete(oldest);
      return;
    }
  }
}

/** A packet that was let through. */
export interface Passed {
  /** Its frame, which has an IPv6 header at `ip`, and as it left. */
  entered: Uint8Array;
  ip: number;
  left: Uint8Array;
  /** Tells networks apart. */
  place: string;
  reason: number;
}

export interface Outcome {
  isReply: boolean;
  /** Empty when nothing is wrong. */
  fault: string;
}

/** An unfragmented TCP or UDP packet with its ports captured; undefined for anything else. */
function look(frame: Uint8Array, ip: number): Seen | undefined {
  const packet = packet6(frame, ip);
  if (packet === undefined || packet.protocol === FRAGMENT) return undefined;
  const { protocol, l4 } = packet;
  const payload = get16(frame, ip + IPV6.payloadLength);
  const end = payload === 0 ? frame.length : Math.min(frame.length, ip + IPV6.size + payload);
  if ((protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) || l4 + PORTS_END > end) return undefined;
  const [source, destination] = [
    `${packet.source} ${get16(frame, l4)}`,
    `${packet.destination} ${get16(frame, l4 + 2)}`,
  ];
  return { ip, l4, end, protocol, source, destination };
}

const isSyn = (frame: Uint8Array, { protocol, l4, end }: Seen): boolean =>
  protocol === PROTOCOL_TCP && l4 + TCP.flags < end && ((frame[l4 + TCP.flags] as number) & SYN) !== 0;

/** The ends of a translated request, whatever its family. */
function endsOf(frame: Uint8Array, ip: number): Translation | undefined {
  const six = (frame[ip] as number) >> 4 === 6;
  const l4 = six ? (packet6(frame, ip)?.l4 ?? frame.length) : ip + IPV4.min;
  if (l4 + PORTS_END > frame.length) return undefined;
  const [source, size] = six ? [ip + IPV6.source, ADDRESS] : [ip + IPV4.source, 4];
  return {
    nat: { address: frame.slice(source, source + size), port: get16(frame, l4) },
    backend: { address: frame.slice(source + size, source + 2 * size), port: get16(frame, l4 + 2) },
  };
}

/** What a packet becomes by new ends, its hop limit raised. */
function translated(frame: Uint8Array, seen: Seen, source: End, destination: End, raise: number): Uint8Array {
  const { ip, l4, end, protocol } = seen;
  const before = sumOf(frame, ip + IPV6.source, ip + IPV6.size) + sumOf(frame, l4, l4 + PORTS_END);
  const six = source.address.length === ADDRESS;
  const hops = (frame[ip + IPV6.hops] as number) + raise;
  const out = six ? frame.slice() : overIpv4(frame, seen, hops);
  const at = six ? l4 : ip + IPV4.min;
  const addresses = ip + (six ? IPV6.source : IPV4.source);
  if (six) out[ip + IPV6.hops] = hops;
  out.set(source.address, addresses);
  out.set(destination.address, addresses + source.address.length);
  put16(out, at, source.port);
  put16(out, at + 2, destination.port);
  if (!six) {
    put16(out, ip + IPV4.checksum, 0);
    put16(out, ip + IPV4.checksum, checksumOf(sumOf(out, ip, ip + IPV4.min)));
  }
  const after = sumOf(out, addresses, addresses + 2 * source.address.length) + sumOf(out, at, at + PORTS_END);
  const [field, checksumEnd] =
    protocol === PROTOCOL_TCP ? [TCP.checksum, TCP.checksumEnd] : [UDP.checksum, UDP.checksumEnd];
  const known = get16(out, at + field);
  if (l4 + checksumEnd > end || (protocol === PROTOCOL_UDP && known === 0)) return out;
  const carried = changed(known, after - before);
  put16(out, at + field, protocol === PROTOCOL_UDP ? carried || ALL_ONES : carried);
  return out;
}

/** The frame with an IPv4 header in the place of IPv6 and extension headers (RFC 7915, 5.1), addresses and checksum still to come. */
function overIpv4(frame: Uint8Array, { ip, l4, protocol }: Seen, hops: number): Uint8Array {
  const payload = get16(frame, ip + IPV6.payloadLength);
  const total = IPV4.min + payload - (l4 - ip - IPV6.size);
  const header = new Uint8Array(IPV4.min);
  header[0] = VERSION_AND_WORDS;
  header[1] = (get16(frame, ip) >> 4) & 0xff;
  put16(header, IPV4.totalLength, payload === 0 || total > ALL_ONES ? 0 : total);
  put16(header, IPV4.fragment, DONT_FRAGMENT);
  header[IPV4.ttl] = hops;
  header[IPV4.protocol] = protocol;
  const link = frame.slice(0, ip);
  if (ip >= TYPE_IPV4.length) nameIpv4(link);
  return Uint8Array.from([...link, ...header, ...frame.subarray(l4)]);
}

/** Makes a link header that names IPv6 name IPv4. */
function nameIpv4(link: Uint8Array): void {
  const type = link.length - 2;
  if (link.length === 4) link.set(link[0] === 0 ? [0, 0, 0, 2] : [2, 0, 0, 0]);
  else if (link.length === 20 && get16(link, 0) === 0x86dd) link.set(TYPE_IPV4, 0);
  else link.set(TYPE_IPV4, type);
}
