// Feeding a capture to the plane. Requests go in on the consumer's side as captured; a captured reply goes in on the provider's
// side as the backend must have sent it, and what comes out is compared with it. A reply whose translation hangs on a request
// that still waits makes the batch go first.

import * as Abi from "../abi.ts";
import { endText } from "../config/end.ts";
import { type LinkName, linkNumber } from "../links.ts";
import type { Emission } from "../plane.ts";
import { REASONS } from "../reasons.ts";
import { isSixNumber } from "./address-book.ts";
import type { Conversation } from "./conversation.ts";
import { type Datagram, Fragments } from "./fragments.ts";
import { FrameView, PROTOCOL_TCP } from "./frame.ts";
import type { Step } from "./incident.ts";
import type { CapturedFrame, FeedParts } from "./parts.ts";
import { FIT, KIND_FRAGMENT, KIND_OTHER, KIND_REPLY, KIND_REQUEST, MAYBE_FIT, Pending, UNFIT } from "./pending.ts";
import { readdress } from "./readdress.ts";
import { rebuilt } from "./rebuilt.ts";
import { HIGH_TTL, NOT_REBUILT, type ReplayRefusal, replyRefused, TUPLE_TAKEN, UNSEEN } from "./refusal.ts";
import { restate } from "./restate.ts";
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, restateEmbedded } from "./restate-embedded.ts";
import type { Role, Roles } from "./roles.ts";
import { Settler } from "./settle.ts";
import { isUnfit } from "./unfit.ts";

const TTL_MAX = 255;
const SCRATCH_SIZE = 8 * 1024 * 1024;

/** Puts frames into the core's ring, and settles them once a batch has been handled. */
export class Feed {
  readonly parts: FeedParts;
  private readonly pending = new Pending();
  private readonly fragments: Fragments;
  private readonly settler: Settler;
  private readonly view: FrameView;
  /** Looks at packets in ICMP errors. */
  private readonly inner: FrameView;
  /** Frames the replay rewrites before they go in; used again with each batch. */
  private readonly scratch = new Uint8Array(SCRATCH_SIZE);
  private scratchEnd = 0;
  private batch = 0;
  /** First time stamp, halves of a u64: times are counted from it, which keeps them exact for a hundred days. */
  private origin: { low: number; high: number } | undefined;
  /** The plane's clock once it has handled what was placed, nanoseconds since the origin. */
  private clock = Number.NEGATIVE_INFINITY;

  /** Why the frame taken last was not fed in, if it was not. */
  private refusal: ReplayRefusal | undefined;
  private lastInterface = 0;
  private lastLink: LinkName | undefined;
  private readonly isSharded: boolean;
  /** Frames of several link types were placed. */
  private mixesLinks = false;

  constructor(parts: FeedParts) {
    this.parts = parts;
    this.isSharded = parts.plane.configuration.settings.shards > 1;
    this.view = new FrameView(parts.book);
    this.inner = new FrameView(parts.book);
    this.fragments = new Fragments(parts.tally, parts.rewritesLinks, parts.book);
    this.settler = new Settler(parts, this.pending, this.fragments);
  }

  /** Takes a captured frame; `opening` is what is known of the tunnel that it is. */
  frame(captured: CapturedFrame, opening = this.parts.tunnels.open(captured)): void {
    if (opening.is === "closed") this.closed(captured);
    else this.bare(opening.is === "opened" ? this.recorded(captured, opening.opened.frame) : captured);
  }

  /** Takes a tunnel's frame that the core leaves closed. */
  private closed(frame: CapturedFrame): void {
    if (!this.parts.plane.core.fits(frame.bytes.length)) this.flush();
    this.other(frame);
  }

  /** What was in a tunnel, to be recorded beside frames of its link type. */
  private recorded({ link, interfaceId }: CapturedFrame, inner: CapturedFrame): CapturedFrame {
    const { recording } = this.parts;
    if (recording === undefined || inner.link === link) return inner;
    return { ...inner, interfaceId: recording.interfaceOf(interfaceId, inner.link) };
  }

  /** Takes a frame that is no tunnel's. */
  private bare(frame: CapturedFrame): void {
    const { plane, roles } = this.parts;
    const { bytes } = frame;
    if (!plane.core.fits(bytes.length) || this.scratchEnd + 2 * bytes.length > SCRATCH_SIZE) this.flush();
    const ported = this.look(bytes, frame);
    if (this.view.fragmented) return this.fragment(frame, ported);
    if (!ported) return this.partial(frame);
    this.parts.names?.see(this.view, frame.number);
    const direction = roles.classify(this.view, (view, role) => this.isKnownReply(view, role));
    const role = roles.role as Role;
    if (direction === "request") return this.request(frame, role);
    if (direction === "reply") return this.reply(frame, role);
    this.parts.busiest.count(this.view);
    this.parts.names?.bypass.see(this.view, frame.number, frame.wireLength);
    this.other(frame);
  }

  /**
   * Takes a frame alone, and has its stages write notes: `look` sees them once it was handled, and the frame as it entered. Why not, for one
   * that is not fed in.
   */
  traced<Seen>(
    frame: CapturedFrame,
    look: (entered: Uint8Array) => Seen,
    opening = this.parts.tunnels.open(frame),
  ): Seen | ReplayRefusal {
    this.flush();
    const { plane } = this.parts;
    const { core } = plane;
    this.refusal = undefined;
    core.trace(true);
    this.frame(frame, opening);
    let seen: Seen | ReplayRefusal = this.refusal ?? NOT_REBUILT;
    if (core.waiting > 0) {
      const entered = this.pending.frame[0] as Uint8Array;
      core.run();
      seen = look(entered);
    }
    core.trace(false);
    if (this.pending.count > 0) this.settler.settle(0, core.verdict(0));
    plane.takeReports();
    this.pending.count = 0;
    this.scratchEnd = 0;
    this.batch++;
    return seen;
  }

  /** Puts another configuration in force at a time, ns, before the next frame; the flows that were cut or moved for it. */
  change({ before, configuration, text }: Step, roles: Roles, time: bigint): number {
    this.flush();
    const { plane, mirror } = this.parts;
    this.clock = this.timeOf({ timeLow: Number(BigInt.asUintN(32, time)), timeHigh: Number(time >> 32n) });
    mirror.changes.take(before, configuration, this.clock);
    this.parts.roles = roles;
    const { cut, created } = plane.counters().flows;
    plane.apply(configuration);
    // Each call judges so many of the numbers there are flows for; afterwards every flow has been judged.
    const numbers = Math.min(created, plane.configuration.settings.maxFlows);
    for (let calls = Math.ceil(numbers / Abi.JUDGE_PER_ADVANCE); calls > 0; calls--)
      for (const reset of plane.advance(time)) this.recordReset(reset, time, text);
    return plane.counters().flows.cut - cut;
  }

  /** A reset that a change caused goes where the last frame went: by then the captured link types are known. */
  private recordReset({ side, bytes, link }: Emission, time: bigint, text: string): void {
    const { recording } = this.parts;
    if (this.mixesLinks || recording === undefined) return;
    const stamp = {
      timeLow: Number(BigInt.asUintN(32, time)),
      timeHigh: Number(time >> 32n),
      wireLength: bytes.length,
    };
    const id = link === this.lastLink ? this.lastInterface : recording.interfaceOf(this.lastInterface, link);
    recording.write(id, side, bytes, stamp, `flow cut: ${text}`);
  }

  /** Has everything that waits handled and settled. */
  flush(): void {
    const { core } = this.parts.plane;
    let settled = 0;
    while (core.waiting > 0) {
      const handled = core.run();
      for (let i = 0; i < handled; i++) this.settler.settle(settled + i, core.verdict(i));
      this.parts.plane.takeReports();
      settled += handled;
    }
    this.pending.count = 0;
    this.scratchEnd = 0;
    this.batch++;
  }

  private isKnownReply(view: FrameView, role: Role): boolean {
    return this.parts.mirror.reply(view, role, role.frontendPort(view.sourcePort, view.protocol)) !== undefined;
  }

  private other(frame: CapturedFrame): void {
    this.place(frame, frame.bytes, frame.network, Abi.SIDE_CONSUMER, KIND_OTHER);
  }

  /** A frame that is no whole TCP or UDP packet: it enters with the addresses of the endpoints that its own stand for. */
  private partial(frame: CapturedFrame): void {
    const { to, from } = this.parts.roles.owners(this.view);
    if (to === undefined && from === undefined) return this.other(frame);
    const { view } = this;
    const entered = this.copy(frame.bytes);
    view.move(entered);
    const growth = restate(view, to, from);
    const owner = to ?? from;
    if (owner !== undefined) restateEmbedded(view, this.inner, owner, to === undefined, growth);
    // What an endpoint sent has crossed the plane, and so has an ICMP error that comes from its address.
    const crossed =
      to === undefined &&
      (view.protocol === PROTOCOL_ICMP || view.protocol === PROTOCOL_ICMPV6) &&
      !this.parts.roles.atServers;
    const at = this.place(frame, entered, frame.network, crossed ? Abi.SIDE_CAPTURED : Abi.SIDE_CONSUMER, KIND_OTHER);
    this.pending.endpoint[at] = owner?.endpoint ?? -1;
  }

  /** A fragment. The first one of a request is a request; others are given the endpoint that the first one told by its ports. */
  private fragment(frame: CapturedFrame, ported: boolean): void {
    const { view } = this;
    const { roles, mirror, busiest } = this.parts;
    const datagram = this.fragments.of(view);
    const owners = roles.owners(view);
    const to = ported ? owners.to : (datagram.to ?? owners.to);
    const from = ported ? owners.from : (datagram.from ?? owners.from);
    if (to === undefined && from === undefined) {
      if (ported) busiest.count(view);
      return this.other(frame);
    }
    if (ported) Object.assign(datagram, { to, from });
    if (ported && to !== undefined) return this.request(frame, to, datagram);
    const crossed = to === undefined;
    const port =
      ported && from !== undefined && crossed ? from.frontendPort(view.sourcePort, view.protocol) : undefined;
    const conversation = port === undefined ? undefined : mirror.reply(view, from as Role, port);
    if (ported) datagram.conversation = conversation;
    const entered = this.copy(frame.bytes);
    view.move(entered);
    // At the server itself a reply has not lost what it has lost behind the plane, which is where it enters.
    restate(view, to, from, crossed && roles.atServers && view.ttl > 0 ? -1 : 0);
    const side = crossed ? Abi.SIDE_CAPTURED : Abi.SIDE_CONSUMER;
    const at = this.place(frame, entered, frame.network, side, KIND_FRAGMENT);
    if (conversation !== undefined) this.about(at, conversation, MAYBE_FIT);
    this.pending.datagram[at] = datagram;
    this.pending.endpoint[at] = (to ?? from)?.endpoint ?? -1;
  }

  private request(frame: CapturedFrame, role: Role, datagram?: Datagram): void {
    const { view } = this;
    const port = role.frontendPort(view.destinationPort, view.protocol);
    const { sizes } = this.parts.roles;
    const unfit =
      isUnfit(view, frame.wireLength, view.ttl) || sizes.isTooBig(view, role.providerNetwork, role.isServiceSix);
    if (!this.mayHaveTuple(frame, role, port, unfit || datagram !== undefined))
      return this.refuse(frame, TUPLE_TAKEN, role);
    const conversation = this.parts.mirror.request(view, role, port, this.batch, this.timeOf(frame));
    conversation.mss = sizes.mss(view.network, role.isSix, role.providerNetwork, role.isServiceSix);
    const moved = role.address !== view.destination || port !== view.destinationPort;
    const entered = moved ? this.copy(frame.bytes) : frame.bytes;
    if (moved) {
      view.move(entered);
      const { source, sourcePort } = view;
      readdress(view, { source, sourcePort, destination: role.address, destinationPort: port }, 0);
    }
    const at = this.place(
      frame,
      entered,
      view.network,
      Abi.SIDE_CONSUMER,
      KIND_REQUEST,
      isSixNumber(role.server) ? 0 : role.server,
    );
    if (datagram !== undefined) datagram.conversation = conversation;
    this.pending.datagram[at] = datagram;
    this.about(at, conversation, datagram !== undefined ? MAYBE_FIT : unfit ? UNFIT : FIT);
  }

  /** Whether a request's tuple is free for its captured server: at the endpoint, two servers' clients look alike. */
  private mayHaveTuple(frame: CapturedFrame, role: Role, port: number, unfit: boolean): boolean {
    const { mirror, roles } = this.parts;
    const { view } = this;
    if (!roles.atServers) return true;
    const rival = mirror.rival(view, role, port);
    if (rival === undefined) return true;
    this.flush();
    return !unfit && mirror.handOver(rival, role, port, view.flags, this.timeOf(frame));
  }

  private reply(frame: CapturedFrame, role: Role): void {
    const { mirror, ttlLoss } = this.parts;
    const { view } = this;
    const port = role.frontendPort(view.sourcePort, view.protocol);
    const conversation = mirror.reply(view, role, port);
    if (conversation === undefined) return this.refuse(frame, UNSEEN, role);
    if (this.hangsOn(conversation, frame)) this.flush();
    if (conversation.state === "unknown") return this.refuse(frame, UNSEEN, role);
    if (conversation.state === "refused" || conversation.state === "ended")
      return this.refuse(frame, replyRefused(conversation), role);
    if (view.ttl + ttlLoss > TTL_MAX) return this.refuse(frame, HIGH_TTL, role);
    const copies = [this.copy(frame.bytes), this.copy(frame.bytes)] as const;
    const { entered, wireLength, due, unfit } = rebuilt(view, frame, conversation, role, this.parts, copies);
    const at = this.place(frame, entered, role.providerNetwork, Abi.SIDE_PROVIDER, KIND_REPLY, 0, wireLength);
    this.pending.expected[at] = due;
    this.about(at, conversation, unfit ? UNFIT : FIT);
    this.parts.tally.mirrored++;
  }

  /** Looks at a frame. */
  private look(bytes: Uint8Array, { link, network }: CapturedFrame): boolean {
    return this.view.read(bytes, 0, bytes.length, link, network, this.parts.vlans);
  }

  /** Whether what a reply has to become depends on a packet that waits. */
  private hangsOn(conversation: Conversation, frame: CapturedFrame): boolean {
    if (conversation.uncertainIn === this.batch) return true;
    if (conversation.waitsIn === this.batch && conversation.stream?.hinges(this.view, frame.wireLength)) return true;
    return this.parts.mirror.mayBeDeadAfter(conversation, this.timeOf(frame), this.batch);
  }

  /** What is known of the request or reply in the view. */
  private about(at: number, conversation: Conversation, unfit: number): void {
    const { pending } = this;
    pending.conversation[at] = conversation;
    pending.flags[at] = this.view.flags;
    this.pause(at, conversation);
    this.parts.mirror.waits(conversation, pending.kind[at] !== KIND_REQUEST, this.view.flags, this.batch);
    pending.unfit[at] = unfit;
  }

  /** Takes note of how long a connection said nothing, where that is asked for. */
  private pause(at: number, conversation: Conversation): void {
    const { pending } = this;
    const time = pending.clock[at] as number;
    const pause = time - conversation.seen;
    conversation.seen = time;
    const { migration, plane, book } = this.parts;
    if (migration === undefined || pause < conversation.idle || conversation.protocol !== PROTOCOL_TCP) return;
    if (!conversation.established || conversation.state === "refused") return;
    const client = endText(book.text(Math.floor(conversation.client / 65536)), conversation.client % 65536);
    const name = plane.names.endpoints[conversation.endpoint] ?? "";
    migration.silence(conversation, name, client, pause, pending.number[at] as number);
  }

  /** The plane's clock when it handles a frame that is placed next. */
  private timeOf({ timeLow, timeHigh }: Pick<CapturedFrame, "timeLow" | "timeHigh">): number {
    return Math.max(this.clock, this.since({ timeLow, timeHigh }));
  }

  /** Time of a frame since the origin. */
  private since({ timeLow, timeHigh }: Pick<CapturedFrame, "timeLow" | "timeHigh">): number {
    const { low, high } = (this.origin ??= { low: timeLow, high: timeHigh });
    return (timeHigh - high) * 2 ** 32 + (timeLow - low);
  }

  /** A captured packet that cannot be fed in; it keeps its place in the recording. */
  private refuse(frame: CapturedFrame, refusal: ReplayRefusal, role: Role): void {
    this.refusal = refusal;
    const { reason } = refusal;
    const { tally, recording } = this.parts;
    if (recording !== undefined) this.flush();
    tally.drop(reason, role.endpoint, frame.number);
    tally.concerned++;
    if (reason === "reply-refused") tally.refused++;
    else if (reason === "reply-unmatched") tally.unmatched++;
    const sentence = REASONS.find(({ name }) => name === reason)?.sentence ?? "";
    recording?.write(frame.interfaceId, "consumer", frame.bytes, frame, `${reason}: ${sentence}`);
  }

  private place(
    frame: CapturedFrame,
    entered: Uint8Array,
    network: number,
    side: number,
    kind: number,
    backend = 0,
    wireLength = frame.wireLength,
  ): number {
    const { pending } = this;
    const { link, timeLow, timeHigh } = frame;
    const { core } = this.parts.plane;
    const at = core.place(entered, wireLength, network, linkNumber(link), side, timeLow, timeHigh, backend);
    pending.count = at + 1;
    pending.kind[at] = kind;
    pending.turned[at] = Number(side === Abi.SIDE_CAPTURED);
    pending.side[at] = side === Abi.SIDE_CAPTURED ? Abi.SIDE_CONSUMER : side;
    pending.interfaceId[at] = frame.interfaceId;
    pending.number[at] = frame.number;
    pending.link[at] = link;
    pending.frame[at] = entered;
    pending.wireLength[at] = wireLength;
    pending.timeLow[at] = timeLow;
    pending.timeHigh[at] = timeHigh;
    this.clock = this.timeOf(frame);
    // Each shard has a clock of its own, which its own packets move: times that go back in between do not hold for it.
    pending.since[at] = this.isSharded ? this.since(frame) : this.clock;
    this.lastInterface = frame.interfaceId;
    this.mixesLinks ||= this.lastLink !== undefined && this.lastLink !== link;
    this.lastLink = link;
    pending.clock[at] = this.clock;
    pending.conversation[at] = undefined;
    pending.endpoint[at] = -1;
    pending.datagram[at] = undefined;
    return at;
  }

  /** A copy of a frame in scratch memory. */
  private copy(bytes: Uint8Array): Uint8Array {
    const copy = this.scratch.subarray(this.scratchEnd, this.scratchEnd + bytes.length);
    copy.set(bytes);
    this.scratchEnd += bytes.length;
    return copy;
  }
}
