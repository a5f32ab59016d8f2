// A conversation: a client's tuple towards an endpoint, what the plane made of it, and what was forwarded of it so far.

import type { Announced } from "./proxy-header.ts";
import type { Stream } from "./stream.ts";

/**
 * `unknown`: no verdict yet. `translated`: the plane gave it a translation. `broken`: its request left wrongly translated.
 * `refused`: the plane let no flow open. `ended`: its flow ended, and its NAT port is another conversation's.
 */
export type ConversationState = "unknown" | "translated" | "refused" | "broken" | "ended";

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

/** Conversations of one span (lifespan.ts), the one that was silent longest first. */
export interface Queue {
  span: number;
  oldest: Conversation | undefined;
  newest: Conversation | undefined;
}

/** One conversation. Addresses and ports are numbers, times nanoseconds as floats. */
export class Conversation {
  /** Number of the endpoint's port, and of the client's address and port. */
  readonly service: number;
  readonly client: number;
  readonly protocol: number;
  /** Network of the endpoint's service. */
  readonly network: number;
  /** Idle timeout of an established flow to this port, nanoseconds. */
  readonly idle: number;
  state: ConversationState = "unknown";
  /** Number of the endpoint. */
  endpoint = 0;
  /** Number of the latest change of the configuration (changes.ts) when a packet of it was last forwarded. */
  lastChange = 0;
  /** In a capture taken at a server: its address, 0 otherwise; and whether the plane has to leave the flow with it. */
  server = 0;
  keepsServer = false;
  /** The translated request's addresses and ports: NAT address to backend. */
  nat = 0;
  natPort = 0;
  backend = 0;
  backendPort = 0;
  /** Batch in which a request waits that may change the translation. */
  uncertainIn = -1;
  /** Batch in which packets of it wait for their verdicts, and the TCP flags of those, each direction. */
  waitsIn = -1;
  asking = 0;
  answering = 0;
  /** The flow's first message is not let through for good: each request may end it. */
  undecided = false;
  /** Plane's time when a packet of it was last forwarded; before that, of its first request. At least and at most: shards have clocks of their own. */
  last: number;
  latest: number;
  /** Time of its latest packet, forwarded or not. */
  seen: number;
  /** Reason code and number of the packet that a request of it was dropped with first, since one was forwarded. */
  dropped: { reason: number; packet: number } | undefined;
  /** TCP flags of what was forwarded since its flow opened, each direction. */
  asked = 0;
  answered = 0;
  /** While it was closing, its server answered what may have been another SYN: its connection may have begun anew. */
  mayBeAnew = false;
  /** Its flow opened with a packet that is no beginning. */
  midStream = false;
  /** Highest MSS that its networks let through, undefined when it is left alone. */
  mss: number | undefined;
  /** What PROXY headers of such conversations say, and the stream that its flow puts one in front of. */
  announced: Announced | undefined;
  stream: Stream | undefined;
  /** Another one at its place in the mirror's memory. */
  alike: Conversation | undefined;
  /** Queue it waits in to be forgotten, and its neighbours there. */
  queue: Queue | undefined;
  older: Conversation | undefined;
  newer: Conversation | undefined;

  constructor(service: number, client: number, protocol: number, network: number, idle: number, time: number) {
    this.service = service;
    this.client = client;
    this.protocol = protocol;
    this.network = network;
    this.idle = idle;
    this.last = time;
    this.latest = time;
    this.seen = time;
  }

  /** Whether its TCP flow is established, packets that wait for their verdicts included. */
  get established(): boolean {
    const asked = this.asked | this.asking;
    const answered = this.answered | this.answering;
    if (((asked | answered) & RST) !== 0 || (asked & answered & FIN) !== 0) return false;
    return this.midStream || (asked & answered & ACK) !== 0;
  }

  /** Whether its TCP flow is closing or reset, as far as its packets tell. */
  get closing(): boolean {
    return ((this.asked | this.answered) & RST) !== 0 || (this.asked & this.answered & FIN) !== 0;
  }
}

/** Whether TCP flags begin a connection: SYN without ACK and RST. */
export const isBeginning = (flags: number): boolean => (flags & (SYN | ACK | RST)) === SYN;
