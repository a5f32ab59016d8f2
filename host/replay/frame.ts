// The replay's own reading of a frame, apart from the core's: enough to tell requests from replies and to rebuild what a
// backend sent. One view is used for every frame; it allocates nothing.

import type { LinkName } from "../links.ts";
import { TAG_SIZE, TAG_TYPES, TYPE_IPV4, TYPE_IPV6 } from "../wire/ethernet.ts";
import { FRAGMENT_BITS, IPV4, IPV6, PROTOCOL_TCP, PROTOCOL_UDP } from "../wire/ip.ts";
import { PORTS_END, TCP } from "../wire/transport.ts";
import { get16, get32, sumOf } from "../wire/words.ts";
import type { AddressBook } from "./address-book.ts";
import { behind6, FRAGMENT6 } from "./frame6.ts";

export { IPV4, PROTOCOL_TCP, PROTOCOL_UDP } from "../wire/ip.ts";
export { TCP, UDP } from "../wire/transport.ts";

/** Header sizes and the place of the ethertype, by link type. */
const HEADER: Record<LinkName, number> = { ethernet: 14, raw: 0, null: 4, sll: 16, sll2: 20, other: 0 };
const ETHERTYPE: Partial<Record<LinkName, number>> = { ethernet: 12, sll: 14, sll2: 0 };
/** In either byte order. */
const FAMILIES_IPV4: readonly number[] = [2, 0x02000000];
const FAMILIES_IPV6: readonly number[] = [10, 24, 28, 30].flatMap((family) => [family, family * 2 ** 24]);

const FRAGMENT_OFFSET = 0x1fff;
const FRAGMENT_UNIT = 8;

/** Finds the network of VLAN tags; undefined when none is theirs. */
export type VlanNetworks = (outer: number, inner: number | undefined) => number | undefined;

/** A TCP or UDP packet seen in place. Offsets are into the buffer; addresses and ports are numbers. */
export class FrameView {
  /** Addresses of IPv6 as numbers; without a book a packet over IPv6 is looked at no further than its header's place. */
  readonly book: AddressBook | undefined;
  buffer: Uint8Array = new Uint8Array(0);
  version = 4;
  /** IPv6 header of a frame that has one; else -1. */
  six = -1;
  /** IP header, TCP or UDP header, end of captured bytes. */
  ip = 0;
  l4 = 0;
  end = 0;
  /** Bytes of the packet by its IP header; 0 when offloading left that out. */
  total = 0;
  /** Last fragment header of an IPv6 packet, which may be that of an atomic fragment; else -1. */
  fragmentHeader = -1;
  network = 0;
  protocol = 0;
  source = 0;
  destination = 0;
  sourcePort = 0;
  destinationPort = 0;
  /** Whether the addresses are there, and the ports: a frame that is no whole packet may have them, too. */
  addressed = false;
  ported = false;
  /** Whether it is a fragment; if so, where its data begin in its datagram, bytes, and the datagram's identification. */
  fragmented = false;
  fragmentOffset = 0;
  identification = 0;
  /** TCP flags, 0 when not captured or UDP. */
  flags = 0;
  ttl = 0;

  constructor(book?: AddressBook) {
    this.book = book;
  }

  /** Looks at a frame. False when it is no TCP or UDP packet, whole or the first fragment of one, with its ports captured. */
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    link: LinkName,
    network: number,
    vlans: VlanNetworks,
  ): boolean {
    this.buffer = buffer;
    this.end = offset + length;
    this.network = network;
    this.addressed = false;
    this.ported = false;
    this.fragmented = false;
    this.six = -1;
    this.version = 4;
    this.fragmentHeader = -1;
    this.ip = this.networkHeader(offset, link, vlans);
    if (this.six >= 0) return this.book !== undefined && this.readIpv6(this.book);
    return this.ip >= 0 && this.readIpv4();
  }

  /** Bytes behind its IP headers, by these, in a frame of so many bytes on the wire. */
  length4(wireLength: number): number {
    return (this.total === 0 ? wireLength - this.ip : this.total) - (this.l4 - this.ip);
  }

  /** Sum of the 16-bit words of both addresses. */
  addressesSum(buffer = this.buffer): number {
    const { ip, version } = this;
    return version === 4
      ? sumOf(buffer, ip + IPV4.source, ip + IPV4.min)
      : sumOf(buffer, ip + IPV6.source, ip + IPV6.size);
  }

  /** Looks at the same packet in another copy of its frame, which starts where its buffer does. */
  move(buffer: Uint8Array): void {
    this.buffer = buffer;
  }

  /** Offset of the IPv4 header, or -1. */
  private networkHeader(offset: number, link: LinkName, vlans: VlanNetworks): number {
    const { end } = this;
    let at = offset + HEADER[link];
    if (link === "other" || at >= end) return -1;
    if (link === "raw") return (this.buffer[at] as number) >> 4 === 6 ? this.isSix(at) : at;
    if (link === "null") return this.ofFamily(get32(this.buffer, offset), at);
    let type = get16(this.buffer, offset + (ETHERTYPE[link] as number));
    let outer: number | undefined;
    for (let depth = 0; depth < 2 && TAG_TYPES.includes(type); depth++) {
      if (at + TAG_SIZE > end) return -1;
      const identifier = get16(this.buffer, at) & 0xfff;
      type = get16(this.buffer, at + 2);
      at += TAG_SIZE;
      if (outer === undefined) {
        outer = identifier;
        if (!TAG_TYPES.includes(type)) this.network = vlans(outer, undefined) ?? this.network;
      } else {
        this.network = vlans(outer, identifier) ?? this.network;
      }
    }
    return type === TYPE_IPV6 ? this.isSix(at) : type === TYPE_IPV4 ? at : -1;
  }

  private ofFamily(family: number, at: number): number {
    if (FAMILIES_IPV6.includes(family)) return this.isSix(at);
    return FAMILIES_IPV4.includes(family) ? at : -1;
  }

  private isSix(at: number): -1 {
    this.six = at;
    return -1;
  }

  private readIpv4(): boolean {
    const { buffer, ip, end } = this;
    if (end - ip < IPV4.min) return false;
    const first = buffer[ip] as number;
    this.l4 = ip + (first & 15) * 4;
    this.protocol = buffer[ip + IPV4.protocol] as number;
    this.source = get32(this.buffer, ip + IPV4.source);
    this.destination = get32(this.buffer, ip + IPV4.destination);
    this.ttl = buffer[ip + IPV4.ttl] as number;
    this.total = get16(buffer, ip + IPV4.totalLength);
    if (first >> 4 !== 4 || this.l4 - ip < IPV4.min) return false;
    this.addressed = true;
    const fragment = get16(this.buffer, ip + IPV4.fragment);
    this.fragmented = (fragment & FRAGMENT_BITS) !== 0;
    this.fragmentOffset = (fragment & FRAGMENT_OFFSET) * FRAGMENT_UNIT;
    this.identification = get16(this.buffer, ip + IPV4.identification);
    if (end - this.l4 < PORTS_END) return false;
    const { total } = this;
    if (total !== 0 && total < this.l4 - ip + PORTS_END) return false;
    if (total !== 0) this.end = Math.min(end, ip + total);
    return this.readPorts();
  }

  private readIpv6(book: AddressBook): boolean {
    const { buffer, six, end } = this;
    if (end - six < IPV6.size || (buffer[six] as number) >> 4 !== 6) return false;
    this.version = 6;
    this.ip = six;
    this.l4 = six + IPV6.size;
    this.protocol = buffer[six + IPV6.next] as number;
    this.source = book.read(buffer, six + IPV6.source);
    this.destination = book.read(buffer, six + IPV6.destination);
    this.ttl = buffer[six + IPV6.hops] as number;
    this.addressed = true;
    const payload = get16(buffer, six + IPV6.payloadLength);
    this.total = payload === 0 ? 0 : IPV6.size + payload;
    const behind = behind6(buffer, six, end, Number.POSITIVE_INFINITY);
    if (behind === undefined) return false;
    this.protocol = behind.protocol;
    this.l4 = behind.l4;
    this.fragmentHeader = behind.fragment;
    this.fragmented = behind.fragmentFrom !== undefined;
    this.fragmentOffset = behind.fragmentFrom ?? 0;
    this.identification = this.fragmented ? get32(buffer, behind.fragment + FRAGMENT6.identification) : 0;
    this.end = Math.min(end, behind.end);
    return this.end - this.l4 >= PORTS_END && this.readPorts();
  }

  private readPorts(): boolean {
    const { buffer, l4 } = this;
    this.ported = this.fragmentOffset === 0 && (this.protocol === PROTOCOL_TCP || this.protocol === PROTOCOL_UDP);
    if (!this.ported) return false;
    this.sourcePort = get16(buffer, l4);
    this.destinationPort = get16(buffer, l4 + 2);
    const flags = l4 + TCP.flags;
    this.flags = this.protocol === PROTOCOL_TCP && flags < this.end ? (buffer[flags] as number) : 0;
    return true;
  }
}
