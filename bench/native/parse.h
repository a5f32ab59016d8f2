// Frame -> key, offsets and kind, with every check of the core's parser.
#pragma once

#include "image.h"

// Ethernet, cooked and null headers, VLAN tags.
enum { ETHERNET_TYPE = 12, ETHERNET_HEADER = 14, SLL_TYPE = 14, SLL_HEADER = 16, SLL2_HEADER = 20, NULL_HEADER = 4 };
enum { TAG_NEXT_TYPE = 2, TAG_SIZE = 4, TAG_IDENTIFIER_BE = 0xff0f, IDENTIFIERS = 4096 };
enum { TYPE_IPV4_BE = 0x0008, TYPE_IPV6_BE = 0xdd86, TYPE_8021Q_BE = 0x0081, TYPE_8021AD_BE = 0xa888, TYPE_QINQ_BE = 0x0091 };
// IPv4 (RFC 791).
enum { IP_TOTAL_LENGTH = 2, IP_FRAGMENT = 6, IP_TTL = 8, IP_PROTOCOL = 9, IP_CHECKSUM = 10, IP_SOURCE = 12, IP_DESTINATION = 16 };
enum { IP_HEADER_MIN = 20, IP_FRAGMENT_MASK_BE = 0xff3f };
// TCP (RFC 9293) and UDP (RFC 768).
enum { TCP_SEQUENCE = 4, TCP_ACKNOWLEDGEMENT = 8, TCP_OFFSET = 12, TCP_FLAGS = 13, TCP_CHECKSUM = 16, TCP_HEADER_MIN = 20 };
enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };
enum { UDP_LENGTH = 4, UDP_CHECKSUM = 6, UDP_HEADER_MIN = 8, PORTS_END = 4 };

enum { KIND_FLOW, KIND_SLOW };
#define KEEP_KEY 0xffffffff0000ff00ull

/// What parsing leaves of a frame.
typedef struct {
  u64 keyLow, keyHigh;
  u32 ip, l4, l4Length, l4Captured;
  u32 group, record;
  u8 tag, kind, flags, side, protocol;
  u16 network;
} Parsed;

INLINE bool isTag(u32 typeBe) { return typeBe == TYPE_8021Q_BE || typeBe == TYPE_8021AD_BE || typeBe == TYPE_QINQ_BE; }

INLINE u32 tagIdentifier(u32 tag) { return __builtin_bswap16(get16(tag) & TAG_IDENTIFIER_BE); }

static i32 networkOfPair(u32 side, u32 outer, u32 inner) {
  for (u32 i = 0; i < map.vlanPairCount; i++) {
    u32 pair = map.vlanPairs + i * VLAN_PAIR_SIZE;
    if (get16(pair + VLAN_PAIR_OUTER) == outer && get16(pair + VLAN_PAIR_INNER) == inner &&
        ((get16(pair + VLAN_PAIR_SIDES) >> side) & 1) != 0)
      return get16(pair + VLAN_PAIR_NETWORK);
  }
  return -1;
}

static u32 impliedTypeBe(u32 frame, u32 link) {
  if (link == LINK_RAW) return get8(frame) >> 4 == 4 ? TYPE_IPV4_BE : 0;
  u32 stored = get32(frame);
  u32 family = (stored & 0xffff0000) != 0 ? __builtin_bswap32(stored) : stored;
  return family == 2 ? TYPE_IPV4_BE : 0;
}

/** Walks link layers other than plain Ethernet; 0 when the frame carries no IPv4. */
static __attribute__((noinline)) u32 networkHeader(u32 desc, Parsed *parsed) {
  u32 frame = get32(desc + DESC_FRAME), end = frame + get32(desc + DESC_CAPTURED), link = get8(desc + DESC_LINK);
  if (link >= LINK_OTHER || frame == end) return 0;
  u32 header = link == LINK_ETHERNET ? ETHERNET_HEADER : link == LINK_SLL ? SLL_HEADER : link == LINK_SLL2 ? SLL2_HEADER : link == LINK_NULL ? NULL_HEADER : 0;
  u32 at = frame + header;
  if (at > end) return 0;
  bool tagged = link == LINK_ETHERNET || link == LINK_SLL || link == LINK_SLL2;
  u32 type = !tagged ? impliedTypeBe(frame, link)
                     : get16(frame + (link == LINK_ETHERNET ? ETHERNET_TYPE : link == LINK_SLL ? SLL_TYPE : 0));
  if (tagged && isTag(type)) {
    if (at + TAG_SIZE > end) return 0;
    u32 outer = tagIdentifier(at);
    type = get16(at + TAG_NEXT_TYPE);
    at += TAG_SIZE;
    i32 network = (i32)get16(map.vlans + ((parsed->side * IDENTIFIERS + outer) << 1)) - 1;
    if (isTag(type)) {
      if (at + TAG_SIZE > end) return 0;
      network = networkOfPair(parsed->side, outer, tagIdentifier(at));
      type = get16(at + TAG_NEXT_TYPE);
      at += TAG_SIZE;
      if (isTag(type)) return 0;
    }
    if (network >= 0) parsed->network = (u16)network;
  }
  return type == TYPE_IPV4_BE ? at : 0;
}

INLINE bool tcpIsSound(u32 tcp, u32 length, u32 captured, Parsed *parsed) {
  parsed->flags = captured > TCP_FLAGS ? get8(tcp + TCP_FLAGS) : 0;
  if (length < TCP_HEADER_MIN) return false;
  if (captured > TCP_OFFSET) {
    u32 offset = (u32)(get8(tcp + TCP_OFFSET) >> 4) << 2;
    return offset >= TCP_HEADER_MIN && offset <= length;
  }
  return captured >= PORTS_END;
}

INLINE bool udpIsSound(u32 udp, u32 length, u32 captured, bool offloaded, Parsed *parsed) {
  parsed->flags = 0;
  if (length < UDP_HEADER_MIN) return false;
  if (captured >= UDP_LENGTH + 2) {
    u32 stated = __builtin_bswap16(get16(udp + UDP_LENGTH));
    return stated == 0 ? offloaded : stated >= UDP_HEADER_MIN && stated <= length;
  }
  return captured >= PORTS_END;
}

/** False: the packet is not for the fast path. */
INLINE bool parseIpv4(u32 ip, u32 end, u32 wireEnd, Parsed *parsed) {
  if (end - ip < IP_HEADER_MIN) return false;
  u32 versionAndLength = get8(ip), header = (versionAndLength & 15) << 2;
  if (versionAndLength >> 4 != 4 || header < IP_HEADER_MIN || end - ip < header) return false;
  u32 stated = __builtin_bswap16(get16(ip + IP_TOTAL_LENGTH)), total = stated != 0 ? stated : wireEnd - ip;
  if (total < header || total > wireEnd - ip) return false;
  parsed->protocol = get8(ip + IP_PROTOCOL);
  parsed->ip = ip;
  parsed->l4 = ip + header;
  if ((get16(ip + IP_FRAGMENT) & IP_FRAGMENT_MASK_BE) != 0) return false;
  u32 length = total - header, captured = end - ip - header < length ? end - ip - header : length;
  parsed->l4Length = length;
  parsed->l4Captured = captured;
  if (parsed->protocol == PROTOCOL_TCP) {
    if (!tcpIsSound(ip + header, length, captured, parsed)) return false;
  } else if (parsed->protocol != PROTOCOL_UDP || !udpIsSound(ip + header, length, captured, stated == 0, parsed)) {
    return false;
  }
  parsed->keyLow = (get64(ip + IP_TTL) & KEEP_KEY) | (u64)(parsed->side + 1) | ((u64)parsed->network << 16);
  parsed->keyHigh = (u64)get32(ip + IP_DESTINATION) | ((u64)get32(ip + header) << 32);
  return true;
}

static __attribute__((noinline)) void parseAny(u32 desc, Parsed *parsed) {
  u32 frame = get32(desc + DESC_FRAME), captured = get32(desc + DESC_CAPTURED);
  parsed->network = get16(desc + DESC_NETWORK);
  parsed->side = get8(desc + DESC_SIDE);
  u32 ip = networkHeader(desc, parsed);
  bool sound = ip != 0 && parseIpv4(ip, frame + captured, frame + get32(desc + DESC_WIRE), parsed);
  parsed->kind = sound ? KIND_FLOW : KIND_SLOW;
}

// Untagged Ethernet and IPv4 without options: everything at a fixed place.
enum { PLAIN_TYPE_AND_VERSION = 12, PLAIN_IP = 14, PLAIN_LENGTH = 16, PLAIN_FRAGMENT = 20, PLAIN_PROTOCOL = 23, PLAIN_L4 = 34 };
enum { PLAIN_MASK = 0xffffff, IPV4_WITHOUT_OPTIONS = 0x450008 };

INLINE void parse(u32 desc, Parsed *parsed) {
  u32 frame = get32(desc + DESC_FRAME), captured = get32(desc + DESC_CAPTURED), about = get32(desc + DESC_NETWORK);
  if (captured < PLAIN_L4 + TCP_HEADER_MIN || ((about >> 16) & 0xff) != LINK_ETHERNET) return parseAny(desc, parsed);
  if ((get32(frame + PLAIN_TYPE_AND_VERSION) & PLAIN_MASK) != IPV4_WITHOUT_OPTIONS) return parseAny(desc, parsed);
  if ((get16(frame + PLAIN_FRAGMENT) & IP_FRAGMENT_MASK_BE) != 0) return parseAny(desc, parsed);
  u32 length = __builtin_bswap16(get16(frame + PLAIN_LENGTH)) - IP_HEADER_MIN, l4 = frame + PLAIN_L4;
  u32 room = get32(desc + DESC_WIRE) - PLAIN_L4, protocol = get8(frame + PLAIN_PROTOCOL), flags = 0;
  if (length - TCP_HEADER_MIN > room - TCP_HEADER_MIN) return parseAny(desc, parsed);
  if (protocol == PROTOCOL_TCP) {
    if (((u32)(get8(l4 + TCP_OFFSET) >> 4) << 2) - TCP_HEADER_MIN > length - TCP_HEADER_MIN) return parseAny(desc, parsed);
    flags = get8(l4 + TCP_FLAGS);
  } else if (protocol != PROTOCOL_UDP || __builtin_bswap16(get16(l4 + UDP_LENGTH)) - UDP_HEADER_MIN > length - UDP_HEADER_MIN) {
    return parseAny(desc, parsed);
  }
  parsed->ip = frame + PLAIN_IP;
  parsed->l4 = l4;
  parsed->l4Length = length;
  parsed->l4Captured = captured - PLAIN_L4 < length ? captured - PLAIN_L4 : length;
  parsed->kind = KIND_FLOW;
  parsed->flags = (u8)flags;
  parsed->network = (u16)about;
  parsed->side = (u8)(about >> 24);
  parsed->protocol = (u8)protocol;
  parsed->keyLow = (get64(frame + PLAIN_IP + IP_TTL) & KEEP_KEY) | ((about >> 24) + 1) | ((about & 0xffff) << 16);
  parsed->keyHigh = (u64)get32(frame + PLAIN_IP + IP_DESTINATION) | ((u64)get32(l4) << 32);
}
