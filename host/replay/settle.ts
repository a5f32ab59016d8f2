// Settling a packet once its verdict is there: counted, learnt from or compared, and recorded.

import * as Abi from "../abi.ts";
import type { Core } from "../core.ts";
import { LINK_NAMES, type LinkName, linkNumber } from "../links.ts";
import { REASONS } from "../reasons.ts";
import { type ChecksumError, ipError, transportError } from "./checksums.ts";
import { Comparison } from "./comparison.ts";
import type { FeedParts } from "./parts.ts";
import type { Datagram, Fragments } from "./fragments.ts";
import { FrameView } from "./frame.ts";
import { KIND_FRAGMENT, KIND_REPLY, KIND_REQUEST, type Pending } from "./pending.ts";
import { PROXY_HEADER_COMMENT, type Stamp } from "./recording.ts";
import { isTurned } from "../result.ts";
import type { Departure } from "./stream.ts";
import { Wire } from "./wire.ts";

const SIDES = ["consumer", "provider"] as const;
const NO_VLANS = (): undefined => undefined;

/** Reads verdicts and emits of the core's last run. */
export class Settler {
  private readonly parts: FeedParts;
  private readonly pending: Pending;
  private readonly core: Core;
  private readonly comparison: Comparison;
  private readonly fragments: Fragments;
  private readonly before: FrameView;
  private readonly after: FrameView;
  /** Some service puts PROXY headers in front of streams. */
  private readonly announces: boolean;
  private readonly wire: Wire | undefined;

  constructor(parts: FeedParts, pending: Pending, fragments: Fragments) {
    this.parts = parts;
    this.fragments = fragments;
    this.pending = pending;
    this.before = new FrameView(parts.book);
    this.after = new FrameView(parts.book);
    this.core = parts.plane.core;
    this.comparison = new Comparison(parts, pending);
    this.announces = this.core.control(Abi.CONTROL_PROXIES) > 0;
    this.wire = parts.wire === undefined ? undefined : new Wire(parts.wire, parts, pending);
  }

  /** Settles the frame that was placed as number `at` of its batch, its verdict lying at `verdict`. */
  settle(at: number, verdict: number): void {
    const { core } = this;
    const code = core.u8(verdict + Abi.VERDICT_CODE);
    const reason = core.u8(verdict + Abi.VERDICT_REASON);
    const first = core.u32(verdict + Abi.VERDICT_FIRST_EMIT);
    const emits = core.u32(verdict + Abi.VERDICT_EMITS);
    this.count(at, code);
    this.countReleased(first, emits);
    const says =
      code === Abi.DROP || code === Abi.HELD ? `${REASONS[reason]?.name}: ${REASONS[reason]?.sentence}` : undefined;
    const { left, fault } = this.judge(at, first, emits, code, reason);
    const datagram = this.pending.datagram[at];
    const wrong = datagram === undefined ? undefined : this.judgeFragments(at, datagram, first, emits, code);
    if (datagram !== undefined) this.countFragment(at, code, reason);
    const note = fault ?? wrong ?? says;
    this.comparison.follow(at, core.u32(verdict + Abi.VERDICT_FLOW));
    const endpoint = this.pending.conversation[at]?.endpoint ?? (this.pending.endpoint[at] as number);
    if (code === Abi.DROP) this.noteDrop(at, reason);
    if (code === Abi.DROP && endpoint >= 0)
      this.parts.tally.firstDrop(endpoint, REASONS[reason]?.name ?? "", this.pending.number[at] as number);
    if (this.parts.verifyChecksums && left !== undefined) this.verify(at, left);
    if (this.parts.recording !== undefined) this.record(at, first, emits, note);
    this.wire?.settle(at, first, emits, code === Abi.FORWARD ? left : undefined);
  }

  /** Takes note of the first packet that a request's conversation was refused with. */
  private noteDrop(at: number, reason: number): void {
    const conversation = this.pending.conversation[at];
    if (conversation === undefined || this.pending.kind[at] !== KIND_REQUEST) return;
    if (conversation.dropped?.reason === reason) return;
    conversation.dropped = { reason, packet: this.pending.number[at] as number };
  }

  private count(at: number, code: number): void {
    const { tally } = this.parts;
    if (code === Abi.FORWARD) tally.forwarded++;
    else if (code === Abi.DROP) tally.dropped++;
    else if (code === Abi.HELD) tally.held++;
    else tally.passed++;
    if (code === Abi.FORWARD || this.pending.kind[at] !== 0) tally.concerned++;
  }

  /** Counts packets that were held and left now. */
  private countReleased(first: number, emits: number): void {
    const { tally } = this.parts;
    for (let i = first; i < first + emits; i++) {
      if (this.core.u8(this.core.emit(i) + Abi.EMIT_CAUSE) !== Abi.CAUSE_HELD) continue;
      tally.held--;
      tally.forwarded++;
    }
  }

  /** The packet itself as it left on the other side, if it did, and what is wrong with what left. */
  private judge(at: number, first: number, emits: number, code: number, reason: number) {
    const { core, comparison } = this;
    const other = this.pending.side[at] === Abi.SIDE_CONSUMER ? Abi.SIDE_PROVIDER : Abi.SIDE_CONSUMER;
    let left: Uint8Array | undefined;
    let header: Uint8Array | undefined;
    let fault: string | undefined;
    for (let i = first; i < first + emits; i++) {
      const emit = core.emit(i);
      const cause = core.u8(emit + Abi.EMIT_CAUSE);
      const side = core.u8(emit + Abi.EMIT_SIDE);
      if (cause === Abi.CAUSE_INPUT && side === other) {
        left ??= this.bytes(emit);
        fault = this.compare(at, { packet: left, header }, code, reason) ?? fault;
        header = undefined;
      } else if (this.announces && side === Abi.SIDE_PROVIDER) {
        const packet = this.bytes(emit);
        if (cause === Abi.CAUSE_HELD)
          fault = comparison.letGo(at, { packet, header }, core.u32(emit + Abi.EMIT_WIRE_LENGTH)) ?? fault;
        header = cause === Abi.CAUSE_ANSWER ? packet : undefined;
      }
    }
    if (left === undefined) fault = this.compare(at, undefined, code, reason) ?? fault;
    return { left, fault };
  }

  /** What is wrong with fragments that left: the one that came, and those that waited for it. */
  private judgeFragments(at: number, datagram: Datagram, first: number, emits: number, code: number) {
    const { core, fragments, pending } = this;
    const link = pending.link[at] ?? "other";
    const entered = pending.frame[at] as Uint8Array;
    const isReply = pending.turned[at] === 1;
    if (code === Abi.HELD) fragments.held(datagram, entered);
    let fault: string | undefined;
    for (let i = first; i < first + emits; i++) {
      const emit = core.emit(i);
      const cause = core.u8(emit + Abi.EMIT_CAUSE);
      if (cause === Abi.CAUSE_HELD) fault ??= fragments.letGo(datagram, this.bytes(emit), link, isReply);
      else if (cause === Abi.CAUSE_INPUT && pending.kind[at] === KIND_FRAGMENT)
        fault ??= fragments.left(datagram, entered, this.bytes(emit), link, isReply);
    }
    return fault;
  }

  /** A fragment of a reply that the plane cannot turn back counts as a reply that cannot be rebuilt; what left, at its conversation. */
  private countFragment(at: number, code: number, reason: number): void {
    const { pending } = this;
    const { tally, mirror } = this.parts;
    if (reason === Abi.REASON_REPLY_UNMATCHED) tally.unmatched++;
    else if (reason === Abi.REASON_REPLY_REFUSED) tally.refused++;
    const conversation = pending.conversation[at];
    if (code !== Abi.FORWARD || pending.turned[at] === 0 || conversation === undefined) return;
    const [flags, time, since] = [
      pending.flags[at] as number,
      pending.clock[at] as number,
      pending.since[at] as number,
    ];
    mirror.forwarded(conversation, true, flags, time, since, reason);
  }

  private compare(at: number, left: Departure | undefined, code: number, reason: number): string | undefined {
    const kind = this.pending.kind[at];
    if (kind === KIND_REPLY) return this.comparison.reply(at, left?.packet, code, reason);
    return kind === KIND_REQUEST ? this.comparison.request(at, left, code, reason) : undefined;
  }

  private bytes(emit: number): Uint8Array {
    const { core } = this;
    const head = core.u32(emit + Abi.EMIT_HEAD_LENGTH);
    const body = core.u32(emit + Abi.EMIT_BODY_LENGTH);
    const headAt = core.u32(emit + Abi.EMIT_HEAD);
    const bodyAt = core.u32(emit + Abi.EMIT_BODY);
    if (head === 0) return core.bytes.subarray(bodyAt, bodyAt + body);
    if (body === 0) return core.bytes.subarray(headAt, headAt + head);
    const joined = new Uint8Array(head + body);
    joined.set(core.bytes.subarray(headAt, headAt + head));
    joined.set(core.bytes.subarray(bodyAt, bodyAt + body), head);
    return joined;
  }

  private verify(at: number, left: Uint8Array): void {
    const { before, after, pending } = this;
    const link = pending.link[at] ?? "other";
    const entered = pending.frame[at] as Uint8Array;
    // The checksum of a fragmented packet is over all of it.
    if (!before.read(entered, 0, entered.length, link, 0, NO_VLANS) || before.fragmented) return;
    if (!after.read(left, 0, left.length, link, 0, NO_VLANS)) return;
    const { tally } = this.parts;
    const ip = ipError(before);
    const transport = transportError(before);
    tally.verified++;
    if (ip !== 0 || (transport ?? 0) !== 0) tally.wrongBefore++;
    const longer = after.end - after.l4 - (before.end - before.l4);
    const result = transportError(after);
    // UDP without a checksum, which IPv6 does not have, is given one.
    const isFilled = transport === undefined && result === 0 && after.version > before.version;
    if (ip !== ipError(after) || (moved(transport, longer) !== result && !isFilled)) tally.changed++;
  }

  /** Whether an emit is the packet of a PROXY header: one that the plane made right before a client's packet. */
  private isHeader(i: number, end: number): boolean {
    const { core } = this;
    if (!this.announces || i + 1 === end || core.u8(core.emit(i) + Abi.EMIT_CAUSE) !== Abi.CAUSE_ANSWER) return false;
    const cause = core.u8(core.emit(i + 1) + Abi.EMIT_CAUSE);
    return cause === Abi.CAUSE_INPUT || cause === Abi.CAUSE_HELD;
  }

  private record(at: number, first: number, emits: number, note: string | undefined): void {
    const { core, pending } = this;
    const { recording } = this.parts;
    const stamp: Stamp = {
      timeLow: pending.timeLow[at] as number,
      timeHigh: pending.timeHigh[at] as number,
      wireLength: pending.wireLength[at] as number,
    };
    const interfaceId = pending.interfaceId[at] as number;
    const link = linkNumber(pending.link[at] ?? "other");
    const own = SIDES[pending.side[at] as 0 | 1];
    const frame = pending.frame[at] as Uint8Array;
    let entered = false;
    for (let i = first; i < first + emits; i++) {
      const emit = core.emit(i);
      const bytes = this.bytes(emit);
      // What was turned back was first on the side it came from.
      const back = pending.turned[at] === 1 && core.u8(emit + Abi.EMIT_CAUSE) === Abi.CAUSE_INPUT;
      if (!back && !entered && core.u8(emit + Abi.EMIT_CAUSE) !== Abi.CAUSE_TIMER) {
        recording?.write(interfaceId, own, frame, stamp, note);
        entered = true;
      }
      const side = SIDES[core.u8(emit + Abi.EMIT_SIDE) as 0 | 1];
      const comment = this.isHeader(i, first + emits) ? PROXY_HEADER_COMMENT : undefined;
      const packet = { bytes, wireLength: core.u32(emit + Abi.EMIT_WIRE_LENGTH) };
      if (this.recordOutside(at, i, packet, stamp, comment) || core.u8(emit + Abi.EMIT_LINK) !== link) continue;
      recording?.write(interfaceId, side, bytes, { ...stamp, wireLength: packet.wireLength }, comment);
    }
    if (!entered) recording?.write(interfaceId, own, frame, stamp, note);
  }

  /** Records what left for a network with an encapsulation, in its tunnel; false when it is to be recorded as it is. */
  private recordOutside(
    at: number,
    i: number,
    { bytes, wireLength }: { bytes: Uint8Array; wireLength: number },
    stamp: Stamp,
    comment: string | undefined,
  ): boolean {
    const { core, pending } = this;
    const { recording, plane } = this.parts;
    const emit = core.emit(i);
    if ((pending.turned[at] === 1 && isTurned(core, i)) || recording === undefined || plane.encapsulator === undefined)
      return false;
    const link = LINK_NAMES[core.u8(emit + Abi.EMIT_LINK)] as LinkName;
    const outside = plane.encapsulator.around(bytes, wireLength, link, core.u16(emit + Abi.EMIT_NETWORK));
    if (outside === undefined) return false;
    const captured = pending.interfaceId[at] as number;
    const id = pending.link[at] === "ethernet" ? captured : recording.interfaceOf(captured, "ethernet");
    const side = SIDES[core.u8(emit + Abi.EMIT_SIDE) as 0 | 1];
    recording.write(id, side, outside.frame, { ...stamp, wireLength: outside.wireLength }, comment);
    return true;
  }
}

/** The error of a checksum once a PROXY header of so many bytes, if any, stands in front of the data: an odd one moves them by a byte. */
function moved(error: ChecksumError, longer: number): ChecksumError {
  return error !== undefined && longer > 0 && longer % 2 === 1 ? (error * 256) % 65_535 : error;
}
