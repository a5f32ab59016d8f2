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

INLINE void rewrite(const Parsed *parsed, u32 record) {
  u32 ip = parsed->ip, l4 = parsed->l4;
  u64 low = get64(record + REC_TEMPLATE), high = get64(record + REC_TEMPLATE + 8);
  u32 delta = (u32)(low >> 16) & 0xffff, head = get32(ip + IP_TTL);
  u32 checksum = adjust(head >> 16, ((u32)low & 0xffff) + TTL_LESS_ONE);
  put64(ip + IP_TTL, (low & 0xffffffff00000000ull) | (((head & 0xffff) - 1) | (checksum << 16)));
  if (l4 - ip == IP_HEADER_MIN) {
    put64(ip + IP_DESTINATION, high);
  } else {
    put32(ip + IP_DESTINATION, (u32)high);
    put32(l4, (u32)(high >> 32));
  }
  if (parsed->protocol == PROTOCOL_TCP) {
    if (parsed->l4Captured >= TCP_CHECKSUM + 2) put16(l4 + TCP_CHECKSUM, (u16)adjust(get16(l4 + TCP_CHECKSUM), delta));
  } else if (parsed->l4Captured >= UDP_CHECKSUM + 2 && get16(l4 + UDP_CHECKSUM) != 0) {
    u32 after = adjust(get16(l4 + UDP_CHECKSUM), delta);
    put16(l4 + UDP_CHECKSUM, after == 0 ? 0xffff : (u16)after);
  }
}

INLINE u32 timerFor(u32 flow, u32 request, u32 reply) {
  if (((request | reply) & SEEN_RST) != 0) return STATE_RESET;
  if ((request & reply & SEEN_FIN) != 0) return STATE_CLOSING;
  if ((request & SEEN_MID_STREAM) == 0 && (request & reply & SEEN_ACK) == 0) return STATE_OPENING;
  return get8(map.rules + get16(map.cold + flow * COLD_SIZE + COLD_RULE) * RULE_SIZE + RULE_TIMER);
}

/** Takes note of flags not seen before. A flow that changes state leaves the fast path: established ones do not. */
static __attribute__((noinline)) void gather(u32 record, u32 flags) {
  put8(record + REC_SEEN, get8(record + REC_SEEN) | (flags & SEEN_TCP_MASK));
  u32 flow = flowOf(record), request = map.records + flow * 2 * REC_SIZE;
  if (timerFor(flow, get8(request + REC_SEEN), get8(request + REC_SIZE + REC_SEEN)) != get8(request + REC_TIMER)) state.slow++;
}

INLINE void followTcp(u32 record, const Parsed *parsed) {
  u32 flags = parsed->flags;
  if (parsed->l4Captured >= TCP_OFFSET + 4) {
    u32 tcp = parsed->l4;
    u32 payload = parsed->l4Length - ((u32)(get8(tcp + TCP_OFFSET) >> 4) << 2);
    u32 end = __builtin_bswap32(get32(tcp + TCP_SEQUENCE)) + payload + ((flags >> 1) & 1) + (flags & 1);
    u32 seen = get8(record + REC_SEEN);
    if ((seen & SEEN_SEQUENCE) == 0 || (i32)(end - get32(record + REC_SEQUENCE_END)) > 0) {
      put32(record + REC_SEQUENCE_END, end);
      seen |= SEEN_SEQUENCE;
      put8(record + REC_SEEN, seen);
    }
    if ((flags & TCP_ACK) != 0) {
      put32(record + REC_ACKNOWLEDGED, __builtin_bswap32(get32(tcp + TCP_ACKNOWLEDGEMENT)));
      put8(record + REC_SEEN, seen | SEEN_ACKNOWLEDGED);
    }
  }
  if ((flags & ~(u32)get8(record + REC_SEEN) & SEEN_TCP_MASK) != 0) gather(record, flags);
}

INLINE void follow(u32 record, const Parsed *parsed, u32 bytes) {
  u32 side = parsed->side, before = get32(record + REC_BYTES);
  put64(record + REC_LAST_SEEN, state.now);
  put32(record + REC_PACKETS, get32(record + REC_PACKETS) + 1);
  put32(record + REC_BYTES, before + bytes);
  if (before + bytes < before) {
    u32 high = map.cold + flowOf(record) * COLD_SIZE + COLD_BYTES_HIGH + side * 2;
    put16(high, get16(high) + 1);
  }
  u32 endpoint = get16(record + REC_ENDPOINT) * ENDPOINT_COUNTER_COUNT + ENDPOINT_TO_SERVICE_PACKETS;
  addPair(map.endpointCounters + (endpoint + (ENDPOINT_TO_CONSUMER_PACKETS - ENDPOINT_TO_SERVICE_PACKETS) * side) * 8, bytes);
  u32 backend = get16(record + REC_BACKEND) * BACKEND_COUNTER_COUNT + BACKEND_TO_SERVICE_PACKETS;
  addPair(map.backendCounters + (backend + (BACKEND_TO_CONSUMER_PACKETS - BACKEND_TO_SERVICE_PACKETS) * side) * 8, bytes);
  if (parsed->protocol == PROTOCOL_TCP) followTcp(record, parsed);
}

INLINE void emitBody(u32 desc, u32 flow, u32 side, u32 wire) {
  u32 at = map.emits + state.emitCount++ * EMIT_SIZE;
  put64(at + EMIT_HEAD, 0);
  put32(at + EMIT_BODY, get32(desc + DESC_FRAME));
  put32(at + EMIT_BODY_LENGTH, get32(desc + DESC_CAPTURED));
  put32(at + EMIT_WIRE_LENGTH, wire);
  put32(at + EMIT_FLOW, flow);
  put32(at + EMIT_SIDE, side | (CAUSE_INPUT << 8) | ((u32)get8(desc + DESC_LINK) << 16));
}

INLINE void forward(u32 desc, const Parsed *parsed, u32 verdict, u32 record) {
  u32 flow = flowOf(record), wire = get32(desc + DESC_WIRE), side = parsed->side ^ 1;
  rewrite(parsed, record);
  follow(record, parsed, wire);
  put32(verdict + VERDICT_CODE, FORWARD | (REASON_FORWARDED << 8) | (side << 16));
  put32(verdict + VERDICT_FLOW, flow);
  count(map.counters + REASON_FORWARDED * 8);
  emitBody(desc, flow, side, wire);
}
