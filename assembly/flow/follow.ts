// What a forwarded packet leaves in its flow's record: when it came, how much it was, where TCP stands.

import { PROTOCOL_TCP, REASON_FORWARDED, REASON_RESET_OUT_OF_SEQUENCE } from "../abi";
import {
  COLD_BYTES_HIGH,
  COLD_SIZE,
  REC_ACKNOWLEDGED,
  REC_BACKEND,
  REC_BYTES,
  REC_ENDPOINT,
  REC_LAST_SEEN,
  REC_PACKETS,
  REC_SEEN,
  REC_SEQUENCE_END,
  SEEN_ACKNOWLEDGED,
  SEEN_SEQUENCE,
  SEEN_TCP_MASK,
} from "../abi/records";
import { now } from "../clock";
import { countTraffic } from "../counters";
import { COLD } from "../memory";
import { FLAGS, L4, L4_CAPTURED, L4_LENGTH, PROTOCOL, REASON } from "../parse";
import * as Tcp from "../wire/tcp";
import { flowOf, gather, isOpen, requestOf, stateOf } from "./lifetime";
import { restart } from "./restart";
import { resetCounts } from "./rst";

/** Takes note of a packet that leaves; `side` is the one it entered on, `bytes` its wire length. */
export function follow(record: u32, parsed: u32, side: u32, bytes: u32): void {
  note(record, parsed);
  tally(record, side, bytes);
}

/** Takes note of when a packet came and where TCP stands; of an RST that does not count, none. */
export function note(record: u32, parsed: u32): void {
  if (load<u8>(parsed, PROTOCOL) == PROTOCOL_TCP) return followTcp(record, parsed);
  store<u64>(record, now, REC_LAST_SEEN);
}

/** Counts a packet that leaves. */
export function tally(record: u32, side: u32, bytes: u32): void {
  store<u32>(record, load<u32>(record, REC_PACKETS) + 1, REC_PACKETS);
  const before = load<u32>(record, REC_BYTES);
  store<u32>(record, before + bytes, REC_BYTES);
  if (before + bytes < before) carry(record, side);
  countTraffic(<u32>load<u16>(record, REC_ENDPOINT), <u32>load<u16>(record, REC_BACKEND), side, bytes);
}

function followTcp(record: u32, parsed: u32): void {
  const flags = <u32>load<u8>(parsed, FLAGS);
  if ((flags & Tcp.RST) != 0 && !resetCounts(record, parsed)) {
    if (load<u8>(parsed, REASON) == REASON_FORWARDED) store<u8>(parsed, <u8>REASON_RESET_OUT_OF_SEQUENCE, REASON);
    return;
  }
  store<u64>(record, now, REC_LAST_SEEN);
  if (load<u32>(parsed, L4_CAPTURED) >= Tcp.NUMBERS_END) {
    if ((flags & Tcp.SYN) != 0) restart(record, parsed);
    noteNumbers(record, parsed, flags);
  }
  if ((flags & ~(<u32>load<u8>(record, REC_SEEN)) & SEEN_TCP_MASK) != 0) gather(record, flags);
}

function noteNumbers(record: u32, parsed: u32, flags: u32): void {
  const tcp = load<u32>(parsed, L4);
  const end = Tcp.sequenceEnd(tcp, load<u32>(parsed, L4_LENGTH), flags);
  const seen = <u32>load<u8>(record, REC_SEEN);
  const first = (seen & SEEN_SEQUENCE) == 0;
  if (first || (<i32>(end - load<u32>(record, REC_SEQUENCE_END)) > 0 && !isStray(record, flags))) {
    store<u32>(record, end, REC_SEQUENCE_END);
    store<u8>(record, <u8>(seen | SEEN_SEQUENCE), REC_SEEN);
  }
  if ((flags & Tcp.ACK) != 0) {
    store<u32>(record, Tcp.acknowledgement(tcp), REC_ACKNOWLEDGED);
    store<u8>(record, load<u8>(record, REC_SEEN) | SEEN_ACKNOWLEDGED, REC_SEEN);
  }
}

/** Whether it is a beginning on an open flow, whose number is none of its connection's (RFC 5961, 4). */
function isStray(record: u32, flags: u32): bool {
  return (flags & (Tcp.SYN | Tcp.ACK | Tcp.RST)) == Tcp.SYN && isOpen(stateOf(requestOf(flowOf(record))));
}

function carry(record: u32, side: u32): void {
  const high = COLD + flowOf(record) * COLD_SIZE + COLD_BYTES_HIGH + side * 2;
  store<u16>(high, load<u16>(high) + 1);
}
