// How long a conversation's flow lives on without packets, from docs/behaviour.md, sections 6 and 9: the mirror's own reckoning,
// from the packets it saw forwarded. Nanoseconds.

import { rulesOf } from "../config/service-rules.ts";
import type { Configuration, LoadBalancingRule } from "../config/configuration.ts";
import { ACK, type Conversation, FIN, RST } from "./conversation.ts";
import { PROTOCOL_TCP } from "./frame.ts";

const SECOND = 1e9;
const MINUTE_SECONDS = 60;
/** Times are floats: two of them may be off by so much. */
const SLACK = 4096;

/** Timeouts of a configuration. */
export class Lifespans {
  private readonly rules: LoadBalancingRule[][];
  private readonly opening: number;
  private readonly established: number;
  private readonly halfClosed: number | undefined;
  private readonly closing: number;
  private readonly reset: number;
  private readonly udp: number;
  /** Flows that are opening may end for others. */
  private readonly evicts: boolean;

  constructor({ privateEndpoints, privateLinkServices, loadBalancers, settings: { timers, whenFull } }: Configuration) {
    this.evicts = whenFull === "evict";
    this.opening = timers.tcpOpeningSeconds * SECOND;
    this.established = timers.tcpIdleSeconds * SECOND;
    const { tcpHalfClosedSeconds } = timers;
    this.halfClosed = tcpHalfClosedSeconds === undefined ? undefined : tcpHalfClosedSeconds * SECOND;
    this.closing = timers.tcpClosingSeconds * SECOND;
    this.reset = timers.tcpResetSeconds * SECOND;
    this.udp = timers.udpIdleSeconds * SECOND;
    const byService = new Map(
      privateLinkServices.map((service) => [
        service.name,
        rulesOf(service, loadBalancers)
          .map(({ rule }) => rule)
          .filter(({ protocol }) => protocol !== "Udp"),
      ]),
    );
    this.rules = privateEndpoints.map(({ privateLinkService }) => byService.get(privateLinkService) ?? []);
  }

  /** Idle timeout of established TCP flows to an endpoint's port. */
  idle(endpoint: number, port: number): number {
    const rules = this.rules[endpoint] ?? [];
    const rule =
      rules.find(({ frontendPort }) => frontendPort === port) ?? rules.find((each) => each.frontendPort === 0);
    const minutes = rule?.idleTimeoutInMinutes;
    return minutes === undefined ? this.established : minutes * MINUTE_SECONDS * SECOND;
  }

  /** Whether a conversation's flow cannot have timed out, nor given way to another one. Where its state is not sure, the shortest timeout counts. */
  mustLive(conversation: Conversation, time: number): boolean {
    return time - conversation.last + SLACK < this.least(conversation);
  }

  /** The same once the packets that wait have been handled: they may have shortened its life. */
  mustLiveAfter(conversation: Conversation, time: number): boolean {
    const { protocol, idle, asked, asking, answered, answering, last } = conversation;
    const after = { protocol, idle, asked: asked | asking, answered: answered | answering };
    return time - last + SLACK < this.least(after);
  }

  /** Whether a conversation's flow may live still. */
  mayLive(conversation: Conversation, time: number): boolean {
    return time - conversation.latest - SLACK < this.span(conversation);
  }

  /** How long after its last packet a conversation is of use: as long as its flow, if it has one, should live. */
  span({ state, protocol, asked, answered, midStream, mayBeAnew, idle }: Conversation): number {
    if (state === "refused" || state === "ended") return 0;
    if (protocol !== PROTOCOL_TCP) return this.udp;
    if (((asked | answered) & RST) !== 0) return this.reset;
    if ((asked & answered & FIN) !== 0) return mayBeAnew ? Math.max(this.closing, this.opening, idle) : this.closing;
    if (!midStream && (asked & answered & ACK) === 0) return this.opening;
    return ((asked | answered) & FIN) !== 0 ? (this.halfClosed ?? idle) : idle;
  }

  private least({
    protocol,
    asked,
    answered,
    idle,
  }: Pick<Conversation, "protocol" | "asked" | "answered" | "idle">): number {
    if (protocol !== PROTOCOL_TCP) return this.udp;
    if (this.evicts && (asked & answered & ACK) === 0) return 0;
    let least = Math.min(this.opening, idle);
    if (((asked | answered) & FIN) !== 0) least = Math.min(least, this.halfClosed ?? idle);
    if ((asked & answered & FIN) !== 0) least = Math.min(least, this.closing);
    if (((asked | answered) & RST) !== 0) least = Math.min(least, this.reset);
    return least;
  }
}
