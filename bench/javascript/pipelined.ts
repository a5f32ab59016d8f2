// The plane in JavaScript with the core's passes over a batch: parse and hash, touch the index, find the likely records by the hash
// bits in its entries and touch them, then handle one packet after the other. Loaded by planes.ts.

import * as Abi from "../../host/abi.ts";
import * as Boundary from "./boundary.ts";
import * as Index from "./index.ts";
import * as Packet from "./packet.ts";
import { claimed } from "./planes.ts";
import * as Records from "./records.ts";

const { boundary, records } = claimed();
const { words: frames, descriptors, times: moments, verdicts, emits, vlans } = boundary;
const { counters, endpointCounters, backendCounters, timeouts, quiet, clock } = boundary;
const { words: held, times } = records;
const { entries, mask } = new Index.Index(records);

const { DESC, FRAME, CAPTURED, WIRE, ABOUT, TIMES, TIME } = Boundary;
const { VERDICT, EMIT_COUNT, FIRST_EMIT, VERDICT_FLOW } = Boundary;
const { EMIT, HEAD, HEAD_LENGTH, BODY, BODY_LENGTH, EMIT_WIRE, EMIT_FLOW, EMIT_ABOUT } = Boundary;
const { RECORD, KEY_ABOUT, KEY_SOURCE, KEY_DESTINATION, KEY_PORTS } = Records;
const { DELTAS, NEW_SOURCE, NEW_DESTINATION, NEW_PORTS, OWNERS, SEEN, LAST_SEEN } = Records;
const { SEQUENCE_END, ACKNOWLEDGED, PACKETS, BYTES } = Records;
const { mix, NUMBER_MASK, NUMBER_BITS } = Index;
const { ETHERNET_HEADER, TYPE_AT, TYPE_IPV4_BE, TAG_SIZE, TCP, UDP, TCP_ACK } = Packet;
const { IP_FRAGMENT, IP_LIFE, IP_SOURCE, IP_DESTINATION, IP_HEADER_MIN, FRAGMENT_MASK_BE, TTL_LESS_ONE } = Packet;
const { TCP_SEQUENCE, TCP_ACKNOWLEDGEMENT, TCP_OFFSET, TCP_CHECKSUM, UDP_LENGTH } = Packet;
const { swap16, swap32, adjust, sequenceEnd, tcpIsSound, udpIsSound, networkOfTag } = Packet;
const { SEEN_HANDLED, LINK_ETHERNET, REC_SIZE, REC_TOUCH } = Abi;
const NUMBERS_SEEN = Abi.SEEN_SEQUENCE | Abi.SEEN_ACKNOWLEDGED;
const FLAGS_SEEN = Abi.SEEN_TCP_MASK | NUMBERS_SEEN;
const FORWARDED = Abi.FORWARD | (Abi.REASON_FORWARDED << 8);
const INPUT = (Abi.CAUSE_INPUT << 8) | (Abi.LINK_ETHERNET << 16);
const TO_SERVICE = Abi.ENDPOINT_TO_SERVICE_PACKETS;
const ENDPOINT_COUNTERS = Abi.ENDPOINT_COUNTER_COUNT;
const FROM_BACKEND = Abi.BACKEND_TO_SERVICE_PACKETS;
const BACKEND_COUNTERS = Abi.BACKEND_COUNTER_COUNT;

/// What parsing leaves of a packet, words: its key, the first 0 for a packet of no flow, then these.
const PARSED = 16;
const HASH = 4;
const IP_AT = 5;
const L4_AT = 6;
const LENGTH = 7; // bytes behind the IP header
const CHECKED = 8; // the word of the TCP or UDP header that parsing looked at
const FOUND = 9; // first word of the likely record, or -1
const { LANE } = Abi;
const lanes = new Int32Array(LANE * PARSED);
const bytesHeld = new Uint8Array(held.buffer);
/// Keeps the touching loads from being optimised away.
const touched = new Int32Array(1);

let emitted = 0;

/** Handles the first `count` descriptors; how many packets were forwarded. */
export function run(count: number): number {
  emitted = 0;
  for (let first = 0; first < count; first += LANE) {
    const size = Math.min(count - first, LANE);
    for (let i = 0; i < size; i++) parse((first + i) * DESC, i * PARSED);
    touchIndex(size);
    probe(size);
    for (let i = 0; i < size; i++) handle(first + i, i * PARSED);
  }
  counters[Abi.REASON_FORWARDED] = (counters[Abi.REASON_FORWARDED] as number) + emitted;
  return emitted;
}

function parse(desc: number, parsed: number): void {
  lanes[parsed] = 0;
  const about = descriptors[desc + ABOUT] as number;
  const frame = descriptors[desc + FRAME] as number;
  const whole = descriptors[desc + CAPTURED] as number;
  if (((about >>> 16) & 0xff) !== LINK_ETHERNET) return;
  const plain = (frames[(frame + TYPE_AT) >> 2] as number) >>> 16 === TYPE_IPV4_BE;
  const network = plain ? about & 0xffff : networkOfTag(frames, frame, whole, about, vlans);
  const offset = plain ? ETHERNET_HEADER : ETHERNET_HEADER + TAG_SIZE;
  const room = (descriptors[desc + WIRE] as number) - offset;
  const ip = (frame + offset) >> 2;
  const head = frames[ip] as number;
  const header = (head & 15) << 2;
  const captured = whole - offset - header;
  if (network < 0 || (head & 0xf0) !== 0x40 || header < IP_HEADER_MIN || captured < 0) return;
  const stated = swap16(head >>> 16);
  const length = (stated !== 0 ? stated : room) - header;
  if (length < 0 || length + header > room) return;
  if ((((frames[ip + IP_FRAGMENT] as number) >>> 16) & FRAGMENT_MASK_BE) !== 0) return;
  const present = Math.min(captured, length);
  const l4 = ip + (head & 15);
  const protocol = ((frames[ip + IP_LIFE] as number) >>> 8) & 0xff;
  const word = frames[l4 + (protocol === TCP ? TCP_OFFSET : UDP_LENGTH)] as number;
  if (protocol === TCP) {
    if (!tcpIsSound(word, length, present)) return;
  } else if (protocol !== UDP || !udpIsSound(word, length, present, stated === 0)) {
    return;
  }
  lanes[parsed + IP_AT] = ip;
  lanes[parsed + L4_AT] = l4;
  lanes[parsed + LENGTH] = length;
  lanes[parsed + CHECKED] = word;
  makeKey(((about >>> 24) + 1) | (protocol << 8) | (network << 16), ip, l4, parsed);
}

function makeKey(about: number, ip: number, l4: number, parsed: number): void {
  const source = frames[ip + IP_SOURCE] as number;
  const destination = frames[ip + IP_DESTINATION] as number;
  const ports = frames[l4] as number;
  lanes[parsed + KEY_ABOUT] = about;
  lanes[parsed + KEY_SOURCE] = source;
  lanes[parsed + KEY_DESTINATION] = destination;
  lanes[parsed + KEY_PORTS] = ports;
  lanes[parsed + HASH] = mix(about, source, destination, ports);
}

function touchIndex(size: number): void {
  let sum = 0;
  for (let at = HASH; at < size * PARSED; at += PARSED) sum |= entries[(lanes[at] as number) & mask] as number;
  touched[0] = sum;
}

/** Finds each packet's likely record by the hash bits in its entry, and brings it in with a store. */
function probe(size: number): void {
  for (let parsed = 0; parsed < size * PARSED; parsed += PARSED) {
    const hash = lanes[parsed + HASH] as number;
    let place = hash & mask;
    let entry = entries[place] as number;
    while (entry !== 0 && (entry ^ hash) >>> NUMBER_BITS !== 0) {
      place = (place + 1) & mask;
      entry = entries[place] as number;
    }
    const number = (entry & NUMBER_MASK) - 1;
    lanes[parsed + FOUND] = number * RECORD;
    if (entry !== 0) bytesHeld[number * REC_SIZE + REC_TOUCH] = 1;
  }
}

function handle(i: number, parsed: number): void {
  const about = lanes[parsed] as number;
  let record = lanes[parsed + FOUND] as number;
  if (about === 0) return;
  if (record < 0 || !keyIs(record, parsed)) record = find(parsed);
  const ip = lanes[parsed + IP_AT] as number;
  const now = Math.max(clock[0] as number, moments[i * TIMES + TIME] as number);
  if (record < 0 || !takes(record, now, frames[ip + IP_LIFE] as number)) return;
  const l4 = lanes[parsed + L4_AT] as number;
  const word = lanes[parsed + CHECKED] as number;
  const deltas = held[record + DELTAS] as number;
  if (((about >>> 8) & 0xff) === TCP) {
    if (!follow(record, l4, word, lanes[parsed + LENGTH] as number)) return;
    const sum = frames[l4 + TCP_CHECKSUM] as number;
    frames[l4 + TCP_CHECKSUM] = (sum & ~0xffff) | adjust(sum, deltas >>> 16);
  } else if (word >>> 16 !== 0) {
    frames[l4 + UDP_LENGTH] = (word & 0xffff) | ((adjust(word >>> 16, deltas >>> 16) || 0xffff) << 16);
  }
  const side = (about & 0xff) - 1;
  translate(record, ip, l4, deltas & 0xffff);
  note(record, now, side, descriptors[i * DESC + WIRE] as number);
  report(i, side ^ 1, record >> 5);
}

function keyIs(record: number, parsed: number): boolean {
  return (
    held[record + KEY_ABOUT] === lanes[parsed + KEY_ABOUT] &&
    held[record + KEY_SOURCE] === lanes[parsed + KEY_SOURCE] &&
    held[record + KEY_DESTINATION] === lanes[parsed + KEY_DESTINATION] &&
    held[record + KEY_PORTS] === lanes[parsed + KEY_PORTS]
  );
}

/** First word of the record of a packet's key, or -1: another's was found by the bits of its hash. */
function find(parsed: number): number {
  const hash = lanes[parsed + HASH] as number;
  for (let place = hash & mask; ; place = (place + 1) & mask) {
    const entry = entries[place] as number;
    if (entry === 0) return -1;
    const record = ((entry & NUMBER_MASK) - 1) * RECORD;
    if ((entry ^ hash) >>> NUMBER_BITS === 0 && keyIs(record, parsed)) return record;
  }
}

/** Whether a record's flow takes a packet at a time; `life` is the word with its TTL. */
function takes(record: number, now: number, life: number): boolean {
  const seen = held[record + SEEN] as number;
  const silent = now - (times[(record >> 1) + LAST_SEEN] as number);
  if (now >= quiet || silent >= (timeouts[(seen >>> 8) & 0xff] as number)) return false;
  if (((held[record + PACKETS] as number) | (held[record + BYTES] as number)) < 0) return false;
  return (seen & SEEN_HANDLED) === 0 && (life & 0xff) > 1;
}

/** Takes note of a segment's numbers; false if it would change the flow's state. `word` has its offset and flags. */
function follow(record: number, l4: number, word: number, length: number): boolean {
  const flags = (word >>> 8) & 0xff;
  if (((flags | NUMBERS_SEEN) & ~(held[record + SEEN] as number) & FLAGS_SEEN) !== 0) return false;
  if ((flags & TCP_ACK) === 0) return false;
  const end = sequenceEnd(frames[l4 + TCP_SEQUENCE] as number, word, length);
  if (((end - (held[record + SEQUENCE_END] as number)) | 0) > 0) held[record + SEQUENCE_END] = end;
  held[record + ACKNOWLEDGED] = swap32(frames[l4 + TCP_ACKNOWLEDGEMENT] as number);
  return true;
}

function translate(record: number, ip: number, l4: number, delta: number): void {
  const life = frames[ip + IP_LIFE] as number;
  frames[ip + IP_LIFE] = ((life & 0xffff) - 1) | (adjust(life >>> 16, delta + TTL_LESS_ONE) << 16);
  frames[ip + IP_SOURCE] = held[record + NEW_SOURCE] as number;
  frames[ip + IP_DESTINATION] = held[record + NEW_DESTINATION] as number;
  frames[l4] = held[record + NEW_PORTS] as number;
}

function note(record: number, now: number, side: number, bytes: number): void {
  clock[0] = now;
  times[(record >> 1) + LAST_SEEN] = now;
  held[record + PACKETS] = (held[record + PACKETS] as number) + 1;
  held[record + BYTES] = (held[record + BYTES] as number) + bytes;
  const owners = held[record + OWNERS] as number;
  const endpoint = (owners & 0xffff) * ENDPOINT_COUNTERS + TO_SERVICE + side * 2;
  endpointCounters[endpoint] = (endpointCounters[endpoint] as number) + 1;
  endpointCounters[endpoint + 1] = (endpointCounters[endpoint + 1] as number) + bytes;
  const backend = (owners >>> 16) * BACKEND_COUNTERS + FROM_BACKEND + side * 2;
  backendCounters[backend] = (backendCounters[backend] as number) + 1;
  backendCounters[backend + 1] = (backendCounters[backend + 1] as number) + bytes;
}

/** Verdict and emit of a packet that leaves on a side. */
function report(i: number, side: number, flow: number): void {
  const verdict = i * VERDICT;
  verdicts[verdict] = FORWARDED | (side << 16);
  verdicts[verdict + EMIT_COUNT] = 1;
  verdicts[verdict + FIRST_EMIT] = emitted;
  verdicts[verdict + VERDICT_FLOW] = flow;
  const emit = emitted * EMIT;
  emits[emit + HEAD] = 0;
  emits[emit + HEAD_LENGTH] = 0;
  emits[emit + BODY] = descriptors[i * DESC + FRAME] as number;
  emits[emit + BODY_LENGTH] = descriptors[i * DESC + CAPTURED] as number;
  emits[emit + EMIT_WIRE] = descriptors[i * DESC + WIRE] as number;
  emits[emit + EMIT_FLOW] = flow;
  emits[emit + EMIT_ABOUT] = side | INPUT;
  emitted++;
}
