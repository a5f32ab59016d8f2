// What a packet of a live flow goes through: rewrite, record, counters, verdict, emit.
#pragma once

#include "parse.h"

#define TTL_LESS_ONE 0xfffeu

INLINE u32 fold(u32 sum) {
  sum = (sum & 0xffff) + (sum >> 16);
  return (sum & 0xffff) + (sum >> 16);
}

/** RFC 1624, equation 3. */
INLINE u32 adjust(u32 checksumBe, u32 delta) { return ~fold((~checksumBe & 0xffff) + delta) & 0xffff; }

INLINE void count(u32 at) { put64(at, get64(at) + 1); }

INLINE void addPair(u32 at, u32 bytes) {
  count(at);
  put64(at + 8, get64(at + 8) + bytes);
}

INLINE u32 flowOf(u32 record) { return (record - map.records) / (2 * REC_SIZE); }

/** Addresses, ports, TTL and both checksums. */
INLINE void rewrite(const Parsed *parsed, u32 record) {
  u32 ip = parsed->ip, l4 = parsed->l4;
  u64 low = get64(record + REC_TEMPLATE), high = get64(record + REC_TEMPLATE + 8);
  u32 delta = (u32)(low >> 16) & 0xffff, head = get32(ip + IP_TTL);
  u32 checksum = adjust(head >> 16, ((u32)low & 0xffff) + TTL_LESS_ONE);
  if (parsed->protocol == PROTOCOL_TCP) {
    put16(l4 + TCP_CHECKSUM, (u16)adjust(get16(l4 + TCP_CHECKSUM), delta));
  } else if (get16(l4 + UDP_CHECKSUM) != 0) {
    u32 after = adjust(get16(l4 + UDP_CHECKSUM), delta);
    put16(l4 + UDP_CHECKSUM, after == 0 ? 0xffff : (u16)after);
  }
  put64(ip + IP_TTL, (low & 0xffffffff00000000ull) | (((head & 0xffff) - 1) | (checksum << 16)));
  put64(ip + IP_DESTINATION, high);
}

/** Sequence numbers of a TCP flow in both of whose directions numbers were seen. */
INLINE void followTcp(u32 record, const Parsed *parsed) {
  u32 tcp = parsed->l4, flags = parsed->flags;
  u32 payload = parsed->l4Length - ((u32)(get8(tcp + TCP_OFFSET) >> 4) << 2);
  u32 end = __builtin_bswap32(get32(tcp + TCP_SEQUENCE)) + payload + ((flags >> 1) & 1) + (flags & 1);
  u64 numbers = get64(record + REC_SEQUENCE_END);
  u32 highest = (i32)(end - (u32)numbers) > 0 ? end : (u32)numbers;
  put64(record + REC_SEQUENCE_END, highest | (u64)__builtin_bswap32(get32(tcp + TCP_ACKNOWLEDGEMENT)) << 32);
}

INLINE void countTraffic(u32 endpoint, u32 backend, u32 side, u32 bytes) {
  u32 atEndpoint = endpoint * ENDPOINT_COUNTER_COUNT + ENDPOINT_TO_SERVICE_PACKETS;
  addPair(map.endpointCounters + (atEndpoint + (ENDPOINT_TO_CONSUMER_PACKETS - ENDPOINT_TO_SERVICE_PACKETS) * side) * 8, bytes);
  u32 atBackend = backend * BACKEND_COUNTER_COUNT + BACKEND_TO_SERVICE_PACKETS;
  addPair(map.backendCounters + (atBackend + (BACKEND_TO_CONSUMER_PACKETS - BACKEND_TO_SERVICE_PACKETS) * side) * 8, bytes);
}

INLINE void emitInput(u32 desc, u32 flow, u32 side) {
  u32 at = map.emits + state.emitCount++ * EMIT_SIZE;
  put64(at + EMIT_HEAD, 0);
  put64(at + EMIT_BODY, get64(desc + DESC_FRAME));
  put64(at + EMIT_WIRE_LENGTH, get32(desc + DESC_WIRE) | (u64)flow << 32);
  put32(at + EMIT_SIDE, side | (CAUSE_INPUT << 8) | ((u32)get8(desc + DESC_LINK) << 16));
}

/** Whether a record's flow takes a packet without a change of state: every check of the core's path. */
INLINE bool takes(u32 desc, const Parsed *parsed, u32 record, u64 now) {
  u64 about = get64(record + REC_ENDPOINT), traffic = get64(record + REC_PACKETS);
  u32 seen = (u32)(about >> 32), timer = (u32)(about >> 40) & 0xff, bytes = get32(desc + DESC_WIRE);
  if (record >= map.denied || now - get64(record + REC_LAST_SEEN) >= get64(map.timeouts + (timer << 3))) return false;
  if (get8(parsed->ip + IP_TTL) <= 1 || parsed->l4 - parsed->ip != IP_HEADER_MIN || (seen & SEEN_HANDLED) != 0) return false;
  if (((u32)(traffic >> 32) | (u32)traffic | bytes) > 0x7fffffff) return false;
  if (parsed->protocol != PROTOCOL_TCP) return parsed->l4Captured >= UDP_CHECKSUM + 2;
  u32 numbersSeen = SEEN_SEQUENCE | SEEN_ACKNOWLEDGED;
  return parsed->l4Captured >= TCP_CHECKSUM + 2 && (parsed->flags & TCP_ACK) != 0 &&
         ((parsed->flags | numbersSeen) & ~seen & (SEEN_TCP_MASK | numbersSeen)) == 0;
}

INLINE void forward(u32 desc, const Parsed *parsed, u32 verdict, u32 record, u64 now) {
  u32 flow = flowOf(record), bytes = get32(desc + DESC_WIRE), side = parsed->side ^ 1;
  u64 about = get64(record + REC_ENDPOINT);
  if (parsed->protocol == PROTOCOL_TCP) followTcp(record, parsed);
  rewrite(parsed, record);
  put64(record + REC_LAST_SEEN, now);
  put64(record + REC_PACKETS, get64(record + REC_PACKETS) + ((u64)bytes << 32 | 1));
  countTraffic((u16)about, (u16)(about >> 16), parsed->side, bytes);
  count(map.counters + REASON_FORWARDED * 8);
  put64(verdict + VERDICT_CODE, (FORWARD | (REASON_FORWARDED << 8) | (side << 16)) | (u64)1 << 32);
  put64(verdict + VERDICT_FIRST_EMIT, state.emitCount | (u64)flow << 32);
  emitInput(desc, flow, side);
}
