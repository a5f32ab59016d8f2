// Link layers: Ethernet with VLAN tags (IEEE 802.3, 802.1Q, 802.1ad), raw IP, BSD null and loopback, Linux cooked v1 and v2.

import { LINK_ETHERNET, LINK_NULL, LINK_RAW, LINK_SLL, LINK_SLL2 } from "../abi";

const ETHERNET_DESTINATION: usize = 0;
const ETHERNET_SOURCE: usize = 6;
export const ETHERNET_TYPE: usize = 12;
export const ETHERNET_HEADER: u32 = 14;

const ETHERTYPE_SIZE: u32 = 2;
const NULL_HEADER: u32 = 4;
/// Families of BSD null and loopback. IPv6 has one on each system, all of which are read; Darwin's is written.
const FAMILY_IPV4: u32 = 2;
const FAMILY_IPV6_LINUX: u32 = 10;
const FAMILY_IPV6_BSD: u32 = 24;
const FAMILY_IPV6_FREEBSD: u32 = 28;
const FAMILY_IPV6: u32 = 30;
/// First bit of an address on the wire.
const ETHERNET_GROUP: u32 = 1;
/// Low byte of the packet type.
const SLL_KIND: usize = 1;
const SLL_TYPE: u32 = 14;
const SLL_HEADER: u32 = 16;
const SLL2_TYPE: u32 = 0;
const SLL2_KIND: usize = 10;
const SLL2_HEADER: u32 = 20;
/// Packet types of cooked headers.
const KIND_BROADCAST: u32 = 1;
const KIND_MULTICAST: u32 = 2;

/** A tag after an ethertype: control information, then the next ethertype. */
const TAG_CONTROL: usize = 0;
const TAG_NEXT_TYPE: usize = 2;
export const TAG_SIZE: u32 = 4;
const TAG_IDENTIFIER_BE: u32 = 0xff0f;

export const TYPE_IPV4_BE: u32 = 0x0008;
export const TYPE_IPV6_BE: u32 = 0xdd86;
/** An Ethernet frame as what a tunnel carries. */
export const TYPE_BRIDGED_BE: u32 = 0x5865;
const TYPE_8021Q_BE: u32 = 0x0081;
const TYPE_8021AD_BE: u32 = 0xa888;
const TYPE_QINQ_BE: u32 = 0x0091;

/** Bytes in front of tags and network header, for link types that carry an ethertype or nothing. */
export function headerLength(link: u32): u32 {
  if (link == LINK_ETHERNET) return ETHERNET_HEADER;
  if (link == LINK_SLL) return SLL_HEADER;
  if (link == LINK_SLL2) return SLL2_HEADER;
  return link == LINK_NULL ? NULL_HEADER : 0;
}

export function hasEthertype(link: u32): bool {
  return link == LINK_ETHERNET || link == LINK_SLL || link == LINK_SLL2;
}

/** Whether a frame was sent to more stations than one, as far as its header tells. */
export function isToGroup(frame: u32, link: u32): bool {
  if (link == LINK_ETHERNET) return (load<u8>(frame, ETHERNET_DESTINATION) & ETHERNET_GROUP) != 0;
  if (link != LINK_SLL && link != LINK_SLL2) return false;
  const kind = <u32>(link == LINK_SLL ? load<u8>(frame, SLL_KIND) : load<u8>(frame, SLL2_KIND));
  return kind == KIND_BROADCAST || kind == KIND_MULTICAST;
}

/** Ethertype of the header itself, tags not looked at. */
export function ethertypeBe(frame: u32, link: u32): u32 {
  if (link == LINK_ETHERNET) return <u32>load<u16>(frame, ETHERNET_TYPE);
  return <u32>load<u16>(frame + (link == LINK_SLL ? SLL_TYPE : SLL2_TYPE));
}

export function isTag(typeBe: u32): bool {
  return typeBe == TYPE_8021Q_BE || typeBe == TYPE_8021AD_BE || typeBe == TYPE_QINQ_BE;
}

/** VLAN identifier of a tag, host order. */
export function tagIdentifier(tag: u32): u32 {
  const control = <u32>load<u16>(tag, TAG_CONTROL) & TAG_IDENTIFIER_BE;
  return <u32>bswap<u16>(<u16>control);
}

export function tagNextTypeBe(tag: u32): u32 {
  return <u32>load<u16>(tag, TAG_NEXT_TYPE);
}

/** Ethertype that stands for what a raw IP or BSD null frame carries; 0 for neither IPv4 nor IPv6. */
export function impliedTypeBe(frame: u32, link: u32): u32 {
  if (link == LINK_RAW) {
    const version = <u32>load<u8>(frame) >> 4;
    return version == 4 ? TYPE_IPV4_BE : version == 6 ? TYPE_IPV6_BE : 0;
  }
  const stored = load<u32>(frame);
  const family = (stored & 0xffff0000) != 0 ? bswap<u32>(stored) : stored;
  if (family == FAMILY_IPV4) return TYPE_IPV4_BE;
  return isSixFamily(family) ? TYPE_IPV6_BE : 0;
}

function isSixFamily(family: u32): bool {
  const known = family == FAMILY_IPV6 || family == FAMILY_IPV6_LINUX;
  return known || family == FAMILY_IPV6_BSD || family == FAMILY_IPV6_FREEBSD;
}

/** Makes a link header of `length` bytes, tags included, name the family of the packet behind it. */
export function nameFamily(frame: u32, link: u32, length: u32, six: bool): void {
  if (link == LINK_RAW) return;
  if (link == LINK_NULL) {
    const little = (load<u32>(frame) & 0xffff0000) == 0;
    const family = six ? FAMILY_IPV6 : FAMILY_IPV4;
    return store<u32>(frame, little ? family : bswap<u32>(family));
  }
  // The last ethertype stands right before the packet, but for that of a Linux cooked header v2 itself.
  const at = link == LINK_SLL2 && length == SLL2_HEADER ? frame + SLL2_TYPE : frame + length - ETHERTYPE_SIZE;
  store<u16>(at, <u16>(six ? TYPE_IPV6_BE : TYPE_IPV4_BE));
}

/** Exchanges an Ethernet header's source and destination. */
export function swapAddresses(frame: u32): void {
  const destinationHigh = load<u32>(frame, ETHERNET_DESTINATION);
  const destinationLow = load<u16>(frame, ETHERNET_DESTINATION + 4);
  const sourceHigh = load<u32>(frame, ETHERNET_SOURCE);
  const sourceLow = load<u16>(frame, ETHERNET_SOURCE + 4);
  store<u32>(frame, sourceHigh, ETHERNET_DESTINATION);
  store<u16>(frame, sourceLow, ETHERNET_DESTINATION + 4);
  store<u32>(frame, destinationHigh, ETHERNET_SOURCE);
  store<u16>(frame, destinationLow, ETHERNET_SOURCE + 4);
}

/** Copies a 6-byte MAC address into the destination. */
export function setDestination(frame: u32, mac: u32): void {
  copyAddress(frame + <u32>ETHERNET_DESTINATION, mac);
}

/** Copies a 6-byte MAC address into the source. */
export function setSource(frame: u32, mac: u32): void {
  copyAddress(frame + <u32>ETHERNET_SOURCE, mac);
}

/** Gives a frame the addresses of another Ethernet header, exchanged: that header's answer. */
export function answerAddresses(frame: u32, other: u32): void {
  copyAddress(frame + <u32>ETHERNET_DESTINATION, other + <u32>ETHERNET_SOURCE);
  copyAddress(frame + <u32>ETHERNET_SOURCE, other + <u32>ETHERNET_DESTINATION);
}

function copyAddress(to: u32, from: u32): void {
  store<u32>(to, load<u32>(from));
  store<u16>(to, load<u16>(from, 4), 4);
}
