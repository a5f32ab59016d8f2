// The mirror: from a one-sided capture, what the backend must have sent. It learns a flow's translation from the bytes of
// the translated request, never from the plane's records, and does its own arithmetic, so that it can find the plane wrong.

import type { LinkName } from "../links.ts";
import { FrameView, PROTOCOL_TCP, type VlanNetworks } from "./frame.ts";
import { readdress } from "./readdress.ts";
import type { Role } from "./roles.ts";

export type ConversationState = "unknown" | "translated" | "refused" | "broken";

/** A client's tuple and what the plane made of it. */
export interface Conversation {
  state: ConversationState;
  /** The translated request's addresses and ports: NAT address to backend. */
  nat: number;
  natPort: number;
  backend: number;
  backendPort: number;
  /** Batch in which a request waits that may change the translation. */
  uncertainIn: number;
  /** Time of its last packet, nanoseconds as a float. */
  last: number;
}

const SYN = 2;
const NO_VLANS: VlanNetworks = () => undefined;

/** Remembers conversations: the newer half of a bounded number, at least. */
export class Mirror {
  private young = new Map<number, Map<number, Conversation>>();
  private old = new Map<number, Map<number, Conversation>>();
  private youngCount = 0;
  private readonly capacity: number;
  private readonly shortest: number;
  private readonly before = new FrameView();
  private readonly after = new FrameView();

  /** `capacity` conversations are kept at least; `shortest` is the shortest timeout of any flow, nanoseconds. */
  constructor(capacity: number, shortest: number) {
    this.capacity = capacity;
    this.shortest = shortest;
  }

  /** The conversation of a request; `port` is the endpoint's. It becomes uncertain if the plane may translate it anew. */
  request(view: FrameView, role: Role, port: number, batch: number, time: number): Conversation {
    const known = this.find(role, view.protocol, port, view.source, view.sourcePort);
    const conversation = known ?? this.add(role, view.protocol, port, view.source, view.sourcePort);
    const opens = (view.flags & SYN) !== 0 || conversation.state !== "translated";
    if (opens || time - conversation.last >= this.shortest) conversation.uncertainIn = batch;
    conversation.last = time;
    return conversation;
  }

  /** The conversation that a reply belongs to, if its request was seen. */
  reply(view: FrameView, role: Role, port: number): Conversation | undefined {
    return this.find(role, view.protocol, port, view.destination, view.destinationPort);
  }

  /**
   * Reads the translation off a translated request. It must be what the request becomes by these addresses and ports, byte
   * for byte from the IP header on: a backend would not have answered anything else, and its replies then count as
   * different. `request` is a copy of the request's frame, which is used up.
   */
  learn(conversation: Conversation, request: Uint8Array, translated: Uint8Array, link: LinkName): void {
    const { before, after } = this;
    conversation.state = "broken";
    if (!before.read(request, 0, request.length, link, 0, NO_VLANS)) return;
    if (!after.read(translated, 0, translated.length, link, 0, NO_VLANS)) return;
    conversation.nat = after.source;
    conversation.natPort = after.sourcePort;
    conversation.backend = after.destination;
    conversation.backendPort = after.destinationPort;
    readdress(before, after, -1);
    if (sameBytes(request, translated, before.ip)) conversation.state = "translated";
  }

  /** Turns a copy of a reply, seen in a view, into what the backend sent; `raise` is what the TTL lost since. */
  rebuild(conversation: Conversation, view: FrameView, raise: number): void {
    const { backend, backendPort, nat, natPort } = conversation;
    readdress(view, { source: backend, sourcePort: backendPort, destination: nat, destinationPort: natPort }, raise);
  }

  /** Whether a reply that the plane dropped should have passed: its flow cannot have timed out. */
  mustLive(conversation: Conversation, time: number): boolean {
    return time - conversation.last < this.shortest;
  }

  private find(role: Role, protocol: number, port: number, client: number, clientPort: number) {
    const service = serviceKey(role, protocol, port);
    const key = client * 65536 + clientPort;
    const young = this.young.get(service)?.get(key);
    if (young !== undefined) return young;
    const old = this.old.get(service)?.get(key);
    if (old !== undefined) this.keep(service, key, old);
    return old;
  }

  private add(role: Role, protocol: number, port: number, client: number, clientPort: number): Conversation {
    const fresh = {
      state: "unknown" as const,
      nat: 0,
      natPort: 0,
      backend: 0,
      backendPort: 0,
      uncertainIn: -1,
      last: 0,
    };
    return this.keep(serviceKey(role, protocol, port), client * 65536 + clientPort, fresh);
  }

  private keep(service: number, key: number, conversation: Conversation): Conversation {
    if (this.youngCount === this.capacity) {
      this.old = this.young;
      this.young = new Map();
      this.youngCount = 0;
    }
    let conversations = this.young.get(service);
    if (conversations === undefined) this.young.set(service, (conversations = new Map()));
    conversations.set(key, conversation);
    this.youngCount++;
    return conversation;
  }
}

/** Number of an endpoint's port. */
function serviceKey(role: Role, protocol: number, port: number): number {
  return (role.endpoint * 2 + (protocol === PROTOCOL_TCP ? 0 : 1)) * 65536 + port;
}

/** Whether two frames are the same from an offset on. */
export function sameBytes(a: Uint8Array, b: Uint8Array, from: number): boolean {
  return firstDifference(a, b, from) < 0;
}

/** Offset of the first byte in which two frames differ, or -1. */
export function firstDifference(a: Uint8Array, b: Uint8Array, from: number): number {
  const length = Math.max(a.length, b.length);
  for (let i = from; i < length; i++) if (a[i] !== b[i]) return i;
  return -1;
}
