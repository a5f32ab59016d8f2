// What leaves: a queue apart from the verdicts, since one input yields no, one or many packets.

import {
  CAUSE_HELD,
  CAUSE_INPUT,
  CONTROL_EMIT_COUNT,
  DESC_FRAME,
  DESC_LINK,
  DESC_WIRE,
  EMIT_BODY,
  EMIT_BODY_LENGTH,
  EMIT_CAPACITY,
  EMIT_FLOW,
  EMIT_HEAD,
  EMIT_HEAD_LENGTH,
  EMIT_HEAD_SIZE,
  EMIT_NETWORK,
  EMIT_RESERVE,
  EMIT_SIDE,
  EMIT_SIZE,
  EMIT_WIRE_LENGTH,
  FRAGMENTS_HELD_MAX,
} from "../abi";
import { REC_NETWORK, REC_SIZE } from "../abi/records";
import { EMITS, HAS_FRAGMENTS, HEADS, MAX_FLOWS, RECORDS, setControl } from "../memory";
import { NETWORK } from "../parse";
import { NAMES_NETWORKS } from "../tables";

const FULL: u32 = <u32>(EMIT_CAPACITY - EMIT_RESERVE) + 1;

let emits: u32 = 0;
/// Emits from which on there may be no room for one more packet's.
let full: u32 = FULL;

/// The parsed packet at hand.
let atHand: u32 = 0;

/** What leaves from now on and belongs to no flow answers this packet. */
export function answerTo(parsed: u32): void {
  atHand = parsed;
}

/** Empties the queue. Where fragments are held, a packet may let all of them go beside what else it makes leave. */
export function beginEmits(): void {
  emits = 0;
  full = HAS_FRAGMENTS ? FULL - <u32>FRAGMENTS_HELD_MAX : FULL;
  setControl(CONTROL_EMIT_COUNT, 0);
}

/** Tells the host how many there are. */
export function endEmits(): void {
  setControl(CONTROL_EMIT_COUNT, emits);
}

export function emitCount(): u32 {
  return emits;
}

/** Whether any one packet's emits still fit. */
export function emitsHaveRoom(): bool {
  return emits < full;
}

/** Lets no further packet be handled before the host has read the queue. */
export function closeEmits(): void {
  full = 0;
}

/** Place in which the next emit's head may be written. */
export function nextHead(): u32 {
  return HEADS + emits * EMIT_HEAD_SIZE;
}

/** The packet of a descriptor. */
export function emitInput(side: u32, flow: u32, desc: u32): void {
  if (NAMES_NETWORKS) nameNetwork(EMITS + emits * EMIT_SIZE, side, flow);
  emitPlain(side, flow, desc);
}

/** The same where emits name no network. Fields that lie side by side, here and there, are copied together. */
export function emitPlain(side: u32, flow: u32, desc: u32): void {
  const at = EMITS + emits++ * EMIT_SIZE;
  store<u64>(at, 0, EMIT_HEAD);
  store<u64>(at, load<u64>(desc, DESC_FRAME), EMIT_BODY);
  store<u64>(at, <u64>load<u32>(desc, DESC_WIRE) | ((<u64>flow) << 32), EMIT_WIRE_LENGTH);
  store<u32>(at, side | (CAUSE_INPUT << 8) | ((<u32>load<u8>(desc, DESC_LINK)) << 16), EMIT_SIDE);
}

/** The packet of a descriptor, its headers and more written at `nextHead`; `body` is what follows them in the frame. */
export function emitWithHead(
  side: u32,
  flow: u32,
  desc: u32,
  headLength: u32,
  body: u32,
  bodyLength: u32,
  wireLength: u32,
  cause: u32,
): void {
  emitJoined(side, cause, <u32>load<u8>(desc, DESC_LINK), flow, headLength, body, bodyLength, wireLength);
}

/** The same of a link type. */
export function emitJoined(
  side: u32,
  cause: u32,
  link: u32,
  flow: u32,
  headLength: u32,
  body: u32,
  bodyLength: u32,
  wireLength: u32,
): void {
  const head = nextHead();
  const at = EMITS + emits++ * EMIT_SIZE;
  store<u32>(at, head, EMIT_HEAD);
  store<u32>(at, headLength, EMIT_HEAD_LENGTH);
  store<u32>(at, body, EMIT_BODY);
  store<u32>(at, bodyLength, EMIT_BODY_LENGTH);
  store<u32>(at, wireLength, EMIT_WIRE_LENGTH);
  finish(at, side, cause, link, flow);
}

/** A packet that the plane wrote at `nextHead`. */
export function emitHead(side: u32, cause: u32, link: u32, flow: u32, length: u32): void {
  const head = nextHead();
  const at = EMITS + emits++ * EMIT_SIZE;
  store<u32>(at, head, EMIT_HEAD);
  store<u32>(at, length, EMIT_HEAD_LENGTH);
  store<u64>(at, 0, EMIT_BODY);
  store<u32>(at, length, EMIT_WIRE_LENGTH);
  finish(at, side, cause, link, flow);
}

/** A packet that was held: its headers, then its data. */
export function emitHeld(
  side: u32,
  link: u32,
  flow: u32,
  head: u32,
  headLength: u32,
  body: u32,
  bodyLength: u32,
): void {
  const at = EMITS + emits++ * EMIT_SIZE;
  store<u32>(at, head, EMIT_HEAD);
  store<u32>(at, headLength, EMIT_HEAD_LENGTH);
  store<u32>(at, body, EMIT_BODY);
  store<u32>(at, bodyLength, EMIT_BODY_LENGTH);
  store<u32>(at, headLength + bodyLength, EMIT_WIRE_LENGTH);
  finish(at, side, CAUSE_HELD, link, flow);
}

/** A frame that lies anywhere, as a whole. */
export function emitFrame(side: u32, cause: u32, link: u32, flow: u32, frame: u32, captured: u32, wire: u32): void {
  const at = EMITS + emits++ * EMIT_SIZE;
  store<u64>(at, 0, EMIT_HEAD);
  store<u32>(at, frame, EMIT_BODY);
  store<u32>(at, captured, EMIT_BODY_LENGTH);
  store<u32>(at, wire, EMIT_WIRE_LENGTH);
  finish(at, side, cause, link, flow);
}

function finish(at: u32, side: u32, cause: u32, link: u32, flow: u32): void {
  store<u32>(at, flow, EMIT_FLOW);
  // EMIT_SIDE, EMIT_CAUSE and EMIT_LINK lie side by side.
  store<u32>(at, side | (cause << 8) | (link << 16), EMIT_SIDE);
  if (NAMES_NETWORKS) nameNetwork(at, side, flow);
}

/** A flow's packets leave to the network that its own direction from that side names, others to where the packet at hand came from. */
function nameNetwork(emit: u32, side: u32, flow: u32): void {
  const direction = RECORDS + (flow * 2 + side) * REC_SIZE;
  store<u16>(emit, flow < MAX_FLOWS ? load<u16>(direction, REC_NETWORK) : load<u16>(atHand, NETWORK), EMIT_NETWORK);
}
