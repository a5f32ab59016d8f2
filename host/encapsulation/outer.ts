// The headers around a frame: Ethernet, IPv4 or IPv6, and VXLAN or NVGRE.

import { ETHERNET, TYPE_BRIDGED, TYPE_IPV4, TYPE_IPV6 } from "../wire/ethernet.ts";
import { DONT_FRAGMENT, IPV4, IPV6, PROTOCOL_GRE, PROTOCOL_UDP } from "../wire/ip.ts";
import { GRE, IDENTIFIER_SHIFT, NVGRE, VXLAN } from "../wire/tunnel.ts";
import { UDP } from "../wire/transport.ts";
import { checksumOf, put16, put32, sumOf } from "../wire/words.ts";

/** RFC 7348, section 5: source ports that spread flows are dynamic ones. */
const ENTROPY_FIRST = 49_152;
const ENTROPY_MASK = 0x3fff;
const FLOW_ID_MASK = 0xff;
const FLOW_LABEL_MASK = 0xf_ffff;
const LENGTH_MAX = 0xffff;
const ADDRESS6 = 16;

/** A tunnel's two ends and what its headers say, addresses as bytes of one family. */
export interface Ends {
  type: "vxlan" | "nvgre";
  local: Uint8Array;
  remote: Uint8Array;
  localMac: Uint8Array;
  remoteMac: Uint8Array;
  /** VNI or virtual subnet identifier. */
  identifier: number;
  /** UDP destination port, of VXLAN. */
  port: number;
  ttl: number;
  /** DSCP and ECN. */
  trafficClass: number;
}

/** Bytes of the IP header and what follows it in front of the frame inside. */
export const overheadOf = ({ type, local }: Pick<Ends, "type" | "local">): number =>
  (local.length === ADDRESS6 ? IPV6.size : IPV4.min) + (type === "vxlan" ? UDP.min + VXLAN.size : NVGRE.size);

/** Bytes of all headers. */
export const headSize = (ends: Ends): number => ETHERNET.size + overheadOf(ends);

/** Writes the headers to the beginning of a buffer of zeroes; `length` is that of the frame inside, bytes on the wire. */
export function writeOuter(buffer: Uint8Array, ends: Ends, length: number, entropy: number): void {
  const isSix = ends.local.length === ADDRESS6;
  buffer.set(ends.remoteMac, ETHERNET.destination);
  buffer.set(ends.localMac, ETHERNET.source);
  put16(buffer, ETHERNET.type, isSix ? TYPE_IPV6 : TYPE_IPV4);
  const total = overheadOf(ends) + length;
  if (isSix) writeIpv6(buffer, ends, total - IPV6.size, entropy);
  else writeIpv4(buffer, ends, total);
  const at = ETHERNET.size + (isSix ? IPV6.size : IPV4.min);
  if (ends.type === "vxlan") writeVxlan(buffer, at, ends, length, entropy);
  else writeNvgre(buffer, at, ends, entropy);
}

/** A packet that is longer than its header can say has length 0, as offloaded ones do. */
const told = (length: number): number => (length > LENGTH_MAX ? 0 : length);

function writeIpv4(buffer: Uint8Array, ends: Ends, total: number): void {
  const at = ETHERNET.size;
  buffer[at] = 0x45;
  buffer[at + IPV4.trafficClass] = ends.trafficClass;
  put16(buffer, at + IPV4.totalLength, told(total));
  put16(buffer, at + IPV4.fragment, DONT_FRAGMENT);
  buffer[at + IPV4.ttl] = ends.ttl;
  buffer[at + IPV4.protocol] = protocolOf(ends);
  buffer.set(ends.local, at + IPV4.source);
  buffer.set(ends.remote, at + IPV4.destination);
  put16(buffer, at + IPV4.checksum, checksumOf(sumOf(buffer, at, at + IPV4.min)));
}

function writeIpv6(buffer: Uint8Array, ends: Ends, payload: number, entropy: number): void {
  const at = ETHERNET.size;
  put32(buffer, at, 0x6000_0000 + ends.trafficClass * 2 ** 20 + (entropy & FLOW_LABEL_MASK));
  put16(buffer, at + IPV6.payloadLength, told(payload));
  buffer[at + IPV6.next] = protocolOf(ends);
  buffer[at + IPV6.hops] = ends.ttl;
  buffer.set(ends.local, at + IPV6.source);
  buffer.set(ends.remote, at + IPV6.destination);
}

const protocolOf = ({ type }: Ends): number => (type === "vxlan" ? PROTOCOL_UDP : PROTOCOL_GRE);

/** The UDP checksum stays 0: over IPv4 RFC 7348, section 5, wants it so, over IPv6 RFC 6935 allows it for tunnels. */
function writeVxlan(buffer: Uint8Array, at: number, ends: Ends, length: number, entropy: number): void {
  const vxlan = at + UDP.min;
  put16(buffer, at, ENTROPY_FIRST + (entropy & ENTROPY_MASK));
  put16(buffer, at + UDP.destinationPort, ends.port);
  put16(buffer, at + UDP.length, told(UDP.min + VXLAN.size + length));
  buffer[vxlan + VXLAN.flags] = VXLAN.valid;
  put32(buffer, vxlan + VXLAN.vni, ends.identifier * 2 ** IDENTIFIER_SHIFT);
}

function writeNvgre(buffer: Uint8Array, at: number, ends: Ends, entropy: number): void {
  put16(buffer, at + GRE.flags, GRE.key);
  put16(buffer, at + GRE.type, TYPE_BRIDGED);
  put32(buffer, at + NVGRE.key, ends.identifier * 2 ** IDENTIFIER_SHIFT + (entropy & FLOW_ID_MASK));
}
