// Whether the plane did right by a request or a reply: held against the conversation's translation, and counted.

import * as Abi from "../abi.ts";
import type { Conversation } from "./conversation.ts";
import type { FeedParts } from "./parts.ts";
import { REASONS } from "../reasons.ts";
import { isBeginning, SYN } from "./conversation.ts";
import { FrameView, IPV4 } from "./frame.ts";
import { firstDifference, type Request } from "./mirror.ts";
import { MAYBE_FIT, type Pending, UNFIT } from "./pending.ts";
import type { Departure } from "./stream.ts";

const NO_VLANS = (): undefined => undefined;

/** Judges packets in the order the plane handled them. What it returns is to be noted in the recording. */
export class Comparison {
  private readonly parts: FeedParts;
  private readonly pending: Pending;
  private readonly before: FrameView;
  private readonly after: FrameView;
  /** Whether some rule identifies by name, and where the core keeps what it knows of first messages. */
  private readonly inspects: boolean;
  private readonly inspections: number;

  constructor(parts: FeedParts, pending: Pending) {
    this.parts = parts;
    this.pending = pending;
    this.before = new FrameView(parts.book);
    this.after = new FrameView(parts.book);
    const { core } = parts.plane;
    this.inspects = core.control(Abi.CONTROL_HOLD_SLOTS) > 0;
    this.inspections = core.region(Abi.REGION_INSPECTIONS) + Abi.INSPECT_EXPECTS;
  }

  /** A request: what left must be by the translation there is, or tells a new one. */
  request(at: number, left: Departure | undefined, code: number, reason: number): string | undefined {
    const { pending } = this;
    const { mirror } = this.parts;
    const conversation = pending.conversation[at];
    if (conversation === undefined) return undefined;
    const time = pending.clock[at] as number;
    const flags = pending.flags[at] as number;
    const unfit = pending.unfit[at] === UNFIT;
    const fragmented = pending.unfit[at] === MAYBE_FIT;
    const bound = mirror.isBound(conversation, flags, time);
    const against = unfit || fragmented ? undefined : this.streamTakes(at, conversation, code, reason, bound);
    if (code !== Abi.FORWARD) {
      // What became of its datagram, which may have been refused for others, says nothing of a flow that is there.
      if (unfit || (fragmented && (bound || isOfFragments(reason)))) return undefined;
      if (against === reason) {
        if (mirror.mayBeDead(conversation, time) && !isBeginning(flags)) mirror.mayHaveOpened(conversation);
        return undefined;
      }
      if (this.inspects && isOfMessage(code, reason)) {
        if (endsFlow(reason, flags)) mirror.refused(conversation, time);
        else if (!bound) mirror.mayHaveOpened(conversation);
        return undefined;
      }
      if (bound) return this.differs("request differs: its flow was alive, and the plane let it not through");
      mirror.refused(conversation, time);
      return undefined;
    }
    const fault = unfit
      ? "request differs: it is malformed, too big, or its TTL has run out, and the plane let it through"
      : against !== undefined
        ? `request differs: it is against its PROXY header (${REASONS[against]?.name}), and the plane let it through`
        : this.translation(at, conversation, left, bound, reason);
    mirror.forwarded(conversation, false, flags, time, pending.since[at] as number, reason);
    return fault === undefined ? undefined : this.differs(fault);
  }

  /** A held packet that is let go: what is in front of it must be its PROXY header, if that is due. */
  letGo(at: number, left: Departure, wireLength: number): string | undefined {
    const { conversation, link } = this.pending;
    const of = conversation[at];
    if (of === undefined) return undefined;
    const fault = this.parts.mirror.letGo(of, left, link[at] ?? "other", wireLength);
    return fault === undefined ? undefined : this.differs(`held packet differs from its flow's translation ${fault}`);
  }

  /** A reply: what came out must be what was captured. */
  reply(at: number, left: Uint8Array | undefined, code: number, reason: number): string | undefined {
    const { pending } = this;
    const { tally, mirror } = this.parts;
    const conversation = pending.conversation[at] as Conversation;
    const time = pending.clock[at] as number;
    const unfit = pending.unfit[at] === UNFIT;
    if (left === undefined) {
      const rightly = unfit || (isFlowless(reason) && mirror.mayBeDead(conversation, time));
      if (!rightly || code === Abi.FORWARD) return this.differs("reply differs: the plane let none through");
      tally.refused++;
      return undefined;
    }
    if (mirror.changes.forbids(conversation, false, time))
      return this.differs("reply differs: the configuration by then has no such flow, and the plane let it through");
    const expected = pending.expected[at] as Uint8Array;
    const length = Math.max(left.length, expected.length);
    const difference = firstDifference(left, expected, this.linkLength(at, left), length);
    if (difference >= 0 && mirror.mayBeAnothers(conversation, time)) {
      mirror.lose(conversation);
      tally.refused++;
      return undefined;
    }
    mirror.forwarded(conversation, true, pending.flags[at] as number, time, pending.since[at] as number, reason);
    if (conversation.stream !== undefined && this.reads(at)) conversation.stream.answered(this.before);
    if (unfit)
      return this.differs(
        "reply differs: it is malformed, too big, or its TTL has run out, and the plane let it through",
      );
    if (conversation.state === "broken") return this.differs("reply differs: its request left wrongly translated");
    if (difference >= 0) return this.differs(`reply differs from the captured one at byte ${difference}`);
    tally.identical++;
    return undefined;
  }

  /** Notes whether the first message of a packet's flow is decided on; a packet that no flow got says nothing of it. */
  follow(at: number, flow: number): void {
    const conversation = this.pending.conversation[at];
    if (conversation === undefined || !this.inspects || flow === Abi.NO_FLOW) return;
    const { core } = this.parts.plane;
    const lives = flow < core.control(Abi.CONTROL_MAX_FLOWS);
    conversation.undecided = lives && core.u8(this.inspections + flow * Abi.INSPECT_SIZE) !== Abi.EXPECT_NOTHING;
  }

  /** The reason for which a request's flow, with the PROXY header it has or begins with, may not let it through. */
  private streamTakes(
    at: number,
    conversation: Conversation,
    code: number,
    reason: number,
    bound: boolean,
  ): number | undefined {
    if (conversation.announced === undefined) return undefined;
    const flags = this.pending.flags[at] as number;
    const cutShort = code === Abi.DROP && reason === Abi.REASON_TRUNCATED && isBeginning(flags);
    const { mirror } = this.parts;
    const time = this.pending.clock[at] as number;
    if (cutShort && !bound && mirror.mayLive(conversation, time)) {
      // It is a copy of its flow's SYN, or has begun another flow.
      mirror.mayHaveOpened(conversation);
      return undefined;
    }
    if (cutShort && !bound) mirror.refused(conversation, time);
    if (isFresh(reason) || (cutShort && !bound)) mirror.begins(conversation, flags, !cutShort);
    if (conversation.stream === undefined || !this.reads(at)) return undefined;
    return conversation.stream.take(this.before, this.pending.wireLength[at] as number);
  }

  /** Looks at a frame as it entered. */
  private reads(at: number): boolean {
    const frame = this.pending.frame[at] as Uint8Array;
    return this.before.read(frame, 0, frame.length, this.pending.link[at] ?? "other", 0, NO_VLANS);
  }

  /** What is wrong with a forwarded request's translation, if anything; a new one is learnt. */
  private translation(
    at: number,
    conversation: Conversation,
    left: Departure | undefined,
    bound: boolean,
    reason: number,
  ): string | undefined {
    const { pending } = this;
    const { mirror } = this.parts;
    if (left === undefined) {
      conversation.state = "broken";
      return "request differs: it left on its own side";
    }
    const bytes = pending.frame[at] as Uint8Array;
    const link = pending.link[at] ?? "other";
    const time = pending.clock[at] as number;
    const syn = ((pending.flags[at] as number) & SYN) !== 0;
    const mayLoseData = this.inspects || conversation.stream !== undefined;
    const isCut = mayLoseData && syn && left.packet.length < bytes.length - this.shrinking(at, left.packet);
    const request: Request = { bytes, link, wireLength: pending.wireLength[at] as number, isCut };
    const fresh = isFresh(reason);
    if (bound || (!fresh && conversation.state === "translated")) {
      if (mirror.changes.forbids(conversation, false, time))
        return "request differs: the configuration by then has no such flow, and the plane let it through";
      const difference = mirror.difference(conversation, request, left);
      return difference === undefined ? undefined : `request differs from its flow's translation ${difference}`;
    }
    const sound = mirror.learn(conversation, request, left, fresh);
    if (sound && mirror.changes.forbids(conversation, fresh, time))
      return "request differs: the configuration by then has no such flow, and the plane let it through";
    return sound ? undefined : "request differs: it left wrongly translated";
  }

  /** How much shorter a request that left is for having another family. */
  private shrinking(at: number, left: Uint8Array): number {
    const { before } = this;
    if (!this.reads(at) || before.version === 4 || (left[before.ip] as number) >> 4 === 6) return 0;
    return before.l4 - before.ip - IPV4.min;
  }

  private differs(note: string): string {
    this.parts.tally.different++;
    return note;
  }

  /** Bytes not compared: an Ethernet header whose addresses the configuration has the plane set. */
  private linkLength(at: number, left: Uint8Array): number {
    const { after, pending } = this;
    if (!this.parts.rewritesLinks || !after.read(left, 0, left.length, pending.link[at] ?? "other", 0, NO_VLANS))
      return 0;
    return after.ip;
  }
}

/** Whether a forwarded packet opened a flow. */
export const isFresh = (reason: number): boolean =>
  reason === Abi.REASON_NEW_FLOW || reason === Abi.REASON_MID_STREAM_ADMITTED;

/** Whether a reply was dropped for having no flow, or none any more. */
const isFlowless = (reason: number): boolean =>
  reason === Abi.REASON_NO_FLOW ||
  reason === Abi.REASON_CONNECTION_LOST ||
  reason === Abi.REASON_FLOW_WITHDRAWN ||
  reason === Abi.REASON_BACKEND_DRAINED;

/** Whether a packet of a flow whose first message is not known was kept back for it. */
const isOfMessage = (code: number, reason: number): boolean =>
  code === Abi.HELD ||
  reason === Abi.REASON_TRUNCATED ||
  (reason >= Abi.REASON_RESOURCE_DENIED && reason <= Abi.REASON_HELD_RETRANSMISSION);

/** Whether a first fragment was dropped for what it is, or for others of its datagram. */
const isOfFragments = (reason: number): boolean =>
  (reason >= Abi.REASON_TRUNCATED && reason <= Abi.REASON_BAD_UDP_LENGTH) ||
  reason === Abi.REASON_FRAGMENT ||
  reason === Abi.REASON_TTL_EXPIRED ||
  reason === Abi.REASON_PACKET_TOO_BIG ||
  (reason >= Abi.REASON_AWAITING_FRAGMENT && reason <= Abi.REASON_FRAGMENT_TIMEOUT);

/** Whether that ended its flow: a SYN is only dropped. */
const endsFlow = (reason: number, flags: number): boolean =>
  reason >= Abi.REASON_RESOURCE_DENIED && reason <= Abi.REASON_REFUSED_LAST && (flags & SYN) === 0;
