// The mirror: from a one-sided capture, what the backend must have sent. It learns a flow's translation from the bytes of
// the translated request, never from the plane's records, and does its own arithmetic, so that it can find the plane wrong.

import { FRAME_MAX, REASON_RESET_OUT_OF_SEQUENCE } from "../abi.ts";
import type { Configuration } from "../config/configuration.ts";
import type { LinkName } from "../links.ts";
import { ETHERNET } from "../wire/ethernet.ts";
import { ADDRESSES, type AddressBook, isSixNumber } from "./address-book.ts";
import { Changes } from "./changes.ts";
import { ACK, Conversation, isBeginning, RST, SYN } from "./conversation.ts";
import { translate } from "./family.ts";
import { FrameView, PROTOCOL_TCP, type VlanNetworks } from "./frame.ts";
import type { Lifespans } from "./lifespan.ts";
import { Memory } from "./memory.ts";
import type { Role } from "./roles.ts";
import { dropData } from "./shorten.ts";
import { lowerMss } from "./sizes.ts";
import { type Departure, Stream } from "./stream.ts";

const NO_VLANS: VlanNetworks = () => undefined;
/** A client's address and port, and an endpoint's port and what is left of it, are each one number. */
const PORTS = 65_536;

/** A client's packet as it entered. */
export interface Request {
  bytes: Uint8Array;
  link: LinkName;
  wireLength: number;
  /** It left without the data that it had. */
  isCut: boolean;
}

/** Remembers conversations, a bounded number of them. */
export class Mirror {
  private readonly memory: Memory;
  private readonly lifespans: Lifespans;
  /** What changes of the configuration did. */
  readonly changes: Changes;
  /** Who was given a NAT port last: by NAT address and port, then by backend, protocol and network. */
  private readonly holders = new Map<number, Map<number, Conversation>>();
  /** Flows have begun whose NAT ports are not known. */
  private hasUnseen = false;
  private readonly scratch = new Uint8Array(FRAME_MAX);
  private readonly book: AddressBook;
  private readonly before: FrameView;
  private readonly after: FrameView;

  /** At most `capacity` conversations are remembered. */
  constructor(capacity: number, lifespans: Lifespans, configuration: Configuration, book: AddressBook) {
    this.book = book;
    this.changes = new Changes(book);
    this.before = new FrameView(book);
    this.after = new FrameView(book);
    this.memory = new Memory(capacity, lifespans);
    this.lifespans = lifespans;
    this.changes.begin(configuration);
  }

  /** The conversation of a request; `port` is the endpoint's. It becomes uncertain if the plane may translate it anew. */
  request(view: FrameView, role: Role, port: number, batch: number, time: number): Conversation {
    const service = serviceKey(view, role, port);
    const client = view.source * 65536 + view.sourcePort;
    const conversation =
      this.memory.find(service, client) ?? this.add(service, client, role, view.protocol, port, time);
    const opens = (view.flags & SYN) !== 0 || conversation.state !== "translated" || conversation.undecided;
    if (opens || this.mayBeDeadAfter(conversation, time, batch)) conversation.uncertainIn = batch;
    if (conversation.lastChange !== this.changes.count) conversation.keepsServer = role.keeps(port, view.protocol);
    if (view.protocol === PROTOCOL_TCP) conversation.announced = role.announced;
    return conversation;
  }

  /** The conversation that a reply belongs to, if its request was seen. */
  reply(view: FrameView, role: Role, port: number): Conversation | undefined {
    const service = serviceKey(view, role, port);
    const known = this.memory.find(service, view.destination * 65536 + view.destinationPort);
    return known?.server === role.server ? known : undefined;
  }

  /** The conversation that has a request's tuple, if it is with another captured server. */
  rival(view: FrameView, role: Role, port: number): Conversation | undefined {
    const known = this.memory.find(serviceKey(view, role, port), view.source * 65536 + view.sourcePort);
    return known === undefined || known.server === role.server ? undefined : known;
  }

  /** Gives a tuple to another captured server, if the flow it had is over for a packet with these flags. Whether it is. */
  handOver(conversation: Conversation, role: Role, port: number, flags: number, time: number): boolean {
    const { state, closing } = conversation;
    const flowless = state === "unknown" || state === "refused" || state === "ended";
    const over = flowless || !this.lifespans.mayLive(conversation, time) || (closing && isBeginning(flags));
    if (!over) return false;
    this.leave(conversation);
    conversation.state = "unknown";
    conversation.server = role.server;
    conversation.keepsServer = role.keeps(port, conversation.protocol);
    return true;
  }

  /** Whether a conversation's flow may have timed out or been cut, or is not known to have been there. */
  mayBeDead(conversation: Conversation, time: number): boolean {
    return !this.lifespans.mustLive(conversation, time) || this.changes.mayHaveEnded(conversation, time);
  }

  /** Whether a conversation that may be dead may have its flow still, for a packet that begins a connection. */
  mayLive(conversation: Conversation, time: number): boolean {
    return conversation.state === "translated" && !conversation.closing && this.lifespans.mayLive(conversation, time);
  }

  /** The same as `mayBeDead` for a packet that is placed behind those of a batch that wait: a FIN among them makes a flow die sooner. */
  mayBeDeadAfter(conversation: Conversation, time: number, batch: number): boolean {
    if (this.mayBeDead(conversation, time)) return true;
    return conversation.waitsIn === batch && !this.lifespans.mustLiveAfter(conversation, time);
  }

  /** Takes note that a conversation's translation is not known any more: its flow has ended, or may be another one. */
  lose(conversation: Conversation): void {
    this.leave(conversation);
    conversation.state = "ended";
    conversation.stream = undefined;
    conversation.midStream = false;
    this.memory.touch(conversation);
  }

  /** The same when a packet that was not let through may have opened a flow, whose NAT port is not known. */
  mayHaveOpened(conversation: Conversation): void {
    this.hasUnseen = true;
    if (conversation.state === "translated") this.lose(conversation);
    conversation.stream = undefined;
  }

  /**
   * Whether the NAT port of a conversation that may have ended may be that of one which is not known to have it, or its flow have a
   * PROXY header that is not known.
   */
  mayBeAnothers(conversation: Conversation, time: number): boolean {
    return hasLost(conversation) || (this.hasUnseen && this.mayBeDead(conversation, time));
  }

  /** Takes note of a packet that was placed in a batch. */
  waits(conversation: Conversation, isReply: boolean, flags: number, batch: number): void {
    if (conversation.waitsIn !== batch) {
      conversation.waitsIn = batch;
      conversation.asking = 0;
      conversation.answering = 0;
    }
    if (isReply) conversation.answering |= flags;
    else conversation.asking |= flags;
  }

  /** Whether the plane has to translate a request as it translated the conversation's requests before. */
  isBound(conversation: Conversation, flags: number, time: number): boolean {
    if (conversation.state !== "translated" || this.mayBeDead(conversation, time)) return false;
    return !(conversation.closing && isBeginning(flags));
  }

  /** Takes note of a packet that was forwarded at a time, by the clock of its shard at `since` at least; a reset out of sequence leaves its flow as it was (behaviour.md, 20.2). */
  forwarded(
    conversation: Conversation,
    isReply: boolean,
    flags: number,
    time: number,
    since: number,
    reason: number,
  ): void {
    if (reason === REASON_RESET_OUT_OF_SEQUENCE) return;
    if (isReply && (flags & (SYN | ACK | RST)) === (SYN | ACK)) conversation.mayBeAnew ||= conversation.closing;
    if (isReply) conversation.answered |= flags;
    else conversation.asked |= flags;
    conversation.last = since;
    conversation.latest = time;
    conversation.lastChange = this.changes.count;
    conversation.dropped = undefined;
    this.memory.touch(conversation);
  }

  /** Takes note that the plane let no flow open for a request. */
  refused(conversation: Conversation, time: number): void {
    this.leave(conversation);
    conversation.state = "refused";
    conversation.stream = undefined;
    conversation.last = time;
    conversation.latest = time;
    this.memory.touch(conversation);
  }

  /**
   * Reads the translation off a translated request. It must be what the request becomes by these addresses and ports, byte
   * for byte: a backend would not have answered anything else. Whether it is; if not, the conversation's replies count as
   * different. `fresh` says that the request opened a flow.
   */
  learn(conversation: Conversation, request: Request, left: Departure, fresh: boolean): boolean {
    const { after } = this;
    this.leave(conversation);
    conversation.state = "broken";
    if (!after.read(left.packet, 0, left.packet.length, request.link, 0, NO_VLANS)) return false;
    if (fresh) {
      conversation.mayBeAnew = false;
      conversation.asked = 0;
      conversation.answered = 0;
    }
    conversation.nat = after.source;
    conversation.natPort = after.sourcePort;
    conversation.backend = after.destination;
    conversation.backendPort = after.destinationPort;
    if (this.difference(conversation, request, left) !== undefined) {
      if (fresh || !hasLost(conversation)) return false;
      this.lose(conversation);
      return true;
    }
    if (conversation.keepsServer && conversation.backend !== conversation.server) return false;
    if (fresh) conversation.midStream = conversation.protocol === PROTOCOL_TCP && !isBeginning(this.before.flags);
    conversation.state = "translated";
    this.hold(conversation);
    return true;
  }

  /** Where what left for a request is not what its conversation's translation makes of it; undefined when it is. */
  difference(
    conversation: Conversation,
    { bytes, link, wireLength, isCut }: Request,
    left: Departure,
  ): string | undefined {
    const { before } = this;
    const copy = this.scratch.subarray(0, bytes.length);
    copy.set(bytes);
    if (!before.read(copy, 0, bytes.length, link, 0, NO_VLANS)) return "at byte 0";
    if (isCut) dropData(before);
    const { nat, natPort, backend, backendPort } = conversation;
    const { l4 } = before;
    const to = { source: nat, sourcePort: natPort, destination: backend, destinationPort: backendPort };
    translate(before, link, to, -1);
    if (conversation.mss !== undefined) lowerMss(before, conversation.mss);
    const wire = wireLength - (l4 - before.l4);
    const expected = conversation.stream?.leave(before, wire) ?? { packet: before.buffer, header: undefined };
    return unlike(expected, left, before.ip, link);
  }

  /** What is wrong with a held packet that was let go, as far as its PROXY header goes; undefined for nothing. */
  letGo({ stream }: Conversation, left: Departure, link: LinkName, wireLength: number): string | undefined {
    const { after } = this;
    if (stream === undefined || !after.read(left.packet, 0, left.packet.length, link, 0, NO_VLANS)) return undefined;
    return unlike({ packet: left.packet, header: stream.announcing(after, wireLength) }, left, after.ip, link);
  }

  /** A conversation's flow began with a packet with these flags; if that was dropped, `seen` is false: its NAT port is not known. */
  begins(conversation: Conversation, flags: number, seen: boolean): void {
    const { announced, client, service } = conversation;
    this.hasUnseen ||= !seen;
    conversation.stream = undefined;
    if (announced === undefined || !isBeginning(flags)) return;
    const clientPort = client % PORTS;
    const address = this.book.bytes((client - clientPort) / PORTS);
    conversation.stream = new Stream(announced, address, clientPort, service % PORTS);
  }

  /**
   * Turns a copy of a reply, seen in a view, into what the backend sent; `raise` is what the TTL lost since. False when its numbers
   * would have to change and are not captured.
   */
  rebuild(conversation: Conversation, view: FrameView, link: LinkName, wireLength: number, raise: number): boolean {
    const { backend, backendPort, nat, natPort } = conversation;
    const { l4 } = view;
    const to = { source: backend, sourcePort: backendPort, destination: nat, destinationPort: natPort };
    translate(view, link, to, raise);
    return conversation.stream?.raise(view, wireLength - (l4 - view.l4)) ?? true;
  }

  private add(service: number, client: number, role: Role, protocol: number, port: number, time: number) {
    const idle = this.lifespans.idle(role.endpoint, port);
    const conversation = new Conversation(service, client, protocol, role.providerNetwork, idle, time);
    conversation.endpoint = role.endpoint;
    conversation.lastChange = this.changes.count;
    conversation.server = role.server;
    conversation.keepsServer = role.keeps(port, protocol);
    const forgotten = this.memory.add(conversation);
    if (forgotten !== undefined) this.leave(forgotten);
    return conversation;
  }

  /** Gives a conversation its NAT port; another that had it has ended, or it would not have been free. */
  private hold(conversation: Conversation): void {
    const port = conversation.nat * 65536 + conversation.natPort;
    let holders = this.holders.get(port);
    if (holders === undefined) this.holders.set(port, (holders = new Map()));
    const before = holders.get(holderKey(conversation));
    holders.set(holderKey(conversation), conversation);
    if (before === undefined || before === conversation) return;
    this.lose(before);
  }

  private leave(conversation: Conversation): void {
    const port = conversation.nat * 65536 + conversation.natPort;
    const holders = this.holders.get(port);
    if (holders?.get(holderKey(conversation)) !== conversation) return;
    holders.delete(holderKey(conversation));
    if (holders.size === 0) this.holders.delete(port);
  }
}

/** Whether it is not known if a conversation's flow has a PROXY header: its beginning was forgotten, or nothing of it let through. */
function hasLost({ announced, stream, midStream }: Conversation): boolean {
  return announced !== undefined && stream === undefined && !midStream;
}

/** Whether a conversation is one of an IPv6 client with an IPv4 server. */
export const changesFamily = (view: FrameView, { nat }: Conversation): boolean =>
  view.version === 6 && !isSixNumber(nat);

/** Where what left is not what was expected, without the link header's addresses; undefined when it is. */
function unlike(expected: Departure, left: Departure, ip: number, link: LinkName): string | undefined {
  const from = link === "ethernet" ? ETHERNET.type : 0;
  if (expected.header === undefined && left.header !== undefined) return "by a PROXY header that is not due";
  if (expected.header !== undefined) {
    if (left.header === undefined) return "by a PROXY header that is missing";
    expected.header.set(left.packet.subarray(0, ip));
    if (!isSame(expected.header, left.header, 0)) return "in its PROXY header";
  }
  if (isSame(expected.packet, left.packet, from)) return undefined;
  const length = Math.min(expected.packet.length, left.packet.length);
  const differs = firstDifference(expected.packet, left.packet, from, length);
  return `at byte ${differs < 0 ? length : differs}`;
}

const isSame = (a: Uint8Array, b: Uint8Array, from: number): boolean =>
  a.length === b.length && firstDifference(a, b, from, a.length) < 0;

/** Number of an endpoint's port as a network sees it. Of few networks and endpoints it is a small integer, which maps find faster. */
function serviceKey({ network, protocol }: FrameView, { endpoint }: Role, port: number): number {
  return network * 2 ** 33 + (endpoint * 2 + (protocol === PROTOCOL_TCP ? 0 : 1)) * 65536 + port;
}

/** What shares a NAT port without being in its way: conversations to other backends, of other protocols and networks. */
function holderKey({ backend, protocol, network }: Conversation): number {
  return (network * 2 + (protocol === PROTOCOL_TCP ? 0 : 1)) * ADDRESSES + backend;
}

/** Offset of the first byte from `from` on in which two frames differ, or -1; `length` is at least that of each. */
export function firstDifference(a: Uint8Array, b: Uint8Array, from: number, length: number): number {
  for (let i = from; i < length; i++) if (a[i] !== b[i]) return i;
  return -1;
}
