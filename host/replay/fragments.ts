// Fragments in a replay: which datagram one belongs to, so that later ones are given the endpoint of the first, and whether each left
// as its flow's translation has it: addresses, TTL and header checksum, and nothing else.

import * as Abi from "../abi.ts";
import type { LinkName } from "../links.ts";
import type { Conversation } from "./conversation.ts";
import type { AddressBook } from "./address-book.ts";
import { translate } from "./family.ts";
import { FrameView } from "./frame.ts";
import { firstDifference } from "./mirror.ts";
import type { Role } from "./roles.ts";
import type { Tally } from "./tally.ts";

const NO_VLANS = (): undefined => undefined;

/** A datagram some of whose fragments were captured. */
export interface Datagram {
  /** Whose its destination and its source are, once the first fragment has told by its ports. */
  to: Role | undefined;
  from: Role | undefined;
  /** Of the first fragment. */
  conversation: Conversation | undefined;
  /** Fragments that wait for the first one, as they entered. */
  waiting: Uint8Array[];
}

/** Remembers datagrams, as many as the plane does, and judges what left of them. */
export class Fragments {
  private readonly datagrams = new Map<string, Datagram>();
  private readonly view: FrameView;
  private readonly tally: Tally;
  /** Some backend has a MAC address of its own, so that Ethernet headers are not compared. */
  private readonly rewritesLinks: boolean;

  constructor(tally: Tally, rewritesLinks: boolean, book: AddressBook) {
    this.view = new FrameView(book);
    this.tally = tally;
    this.rewritesLinks = rewritesLinks;
  }

  /** The datagram of the fragment in a view, made if it is not known. */
  of({ network, protocol, source, destination, identification }: FrameView): Datagram {
    const key = `${network} ${protocol} ${source} ${destination} ${identification}`;
    let datagram = this.datagrams.get(key);
    if (datagram !== undefined) return datagram;
    for (const oldest of this.datagrams.keys()) {
      if (this.datagrams.size < Abi.DATAGRAMS_MAX) break;
      this.datagrams.delete(oldest);
    }
    datagram = { to: undefined, from: undefined, conversation: undefined, waiting: [] };
    this.datagrams.set(key, datagram);
    return datagram;
  }

  /** Takes note that a fragment waits. */
  held({ waiting }: Datagram, frame: Uint8Array): void {
    if (waiting.length < Abi.FRAGMENTS_HELD_MAX) waiting.push(frame.slice());
  }

  /** Judges a fragment that left and has waited; what is wrong with it, if anything. A reply is one that was turned back. */
  letGo(datagram: Datagram, left: Uint8Array, link: LinkName, isReply: boolean): string | undefined {
    const { conversation, waiting } = datagram;
    if (conversation?.state !== "translated") return this.judged(undefined, isReply);
    // Others that waited may have ended meanwhile.
    const which = waiting.findIndex((entered) => this.difference(conversation, entered, left, link, isReply) < 0);
    datagram.waiting = waiting.slice(which + 1);
    return this.judged(which < 0 ? "fragment differs: none that waited becomes it" : undefined, isReply);
  }

  /** Judges a fragment that left at once; what is wrong with it, if anything. */
  left(
    { conversation }: Datagram,
    entered: Uint8Array,
    left: Uint8Array,
    link: LinkName,
    isReply: boolean,
  ): string | undefined {
    if (conversation?.state !== "translated") return this.judged(undefined, isReply);
    const at = this.difference(conversation, entered, left, link, isReply);
    return this.judged(at < 0 ? undefined : `fragment differs from its flow's translation at byte ${at}`, isReply);
  }

  /** Byte at which what left is not what a fragment that entered becomes, or -1. */
  private difference(
    { nat, natPort, backend, backendPort }: Conversation,
    entered: Uint8Array,
    left: Uint8Array,
    link: LinkName,
    isReply: boolean,
  ): number {
    const { view } = this;
    const copy = entered.slice();
    view.read(copy, 0, copy.length, link, 0, NO_VLANS);
    const asked = { source: nat, sourcePort: natPort, destination: backend, destinationPort: backendPort };
    const answered = { source: backend, sourcePort: backendPort, destination: nat, destinationPort: natPort };
    if (!view.addressed) return 0;
    translate(view, link, isReply ? answered : asked, isReply ? 1 : -1);
    const length = Math.max(left.length, view.buffer.length);
    return firstDifference(left, view.buffer, this.rewritesLinks ? view.ip : 0, length);
  }

  /** Counts a fragment that left. */
  private judged(fault: string | undefined, isReply: boolean): string | undefined {
    if (isReply) this.tally.mirrored++;
    if (fault !== undefined) this.tally.different++;
    else if (isReply) this.tally.identical++;
    return fault;
  }
}
