// All flows and denied flows, their timers and their ends (behaviour 9).
import type { FlowOut } from "../plane.ts";
import { type DeniedFlow, deathOf, describe, type Flow, isOpen, stateOf } from "./flow.ts";
import type { Numbers } from "./numbers.ts";
import type { Timeouts } from "./timeouts.ts";
import { tickAfter, tickAt, Wheel } from "./wheel.ts";

/** Due timers looked at for room, behaviour 3.12, 5 and 7. */
export const RELEASE_WHEN_FULL = 16;

export class Flows {
  /** ns. */
  now = 0n;
  nowTick = 0;
  /** Number of the configuration in force. */
  epoch = 0;
  readonly numbers: Numbers;
  readonly deniedNumbers: Numbers;
  private readonly live = new Map<string, Flow>();
  private readonly byProvider = new Map<string, Flow>();
  private readonly deniedFlows = new Map<string, DeniedFlow>();
  private readonly wheel = new Wheel<Flow | DeniedFlow>();
  /** In the order in which they came to be so. */
  private readonly opening = new Set<Flow>();
  private readonly byNumber = new Map<number, Flow>();
  /** Numbers of flows by network and client. */
  private readonly byClient = new Map<string, number>();
  /** Of the configuration in force. */
  timeouts: Timeouts;
  private readonly released: (flow: Flow, idledOut: boolean) => void;
  private readonly expired: (flow: Flow) => void;

  /** `released` is told of each flow just before its end, `expired` of an open one that idled out, just behind it. */
  constructor(
    numbers: { flows: Numbers; denied: Numbers },
    timeouts: Timeouts,
    released: (flow: Flow, idledOut: boolean) => void,
    expired: (flow: Flow) => void,
  ) {
    this.numbers = numbers.flows;
    this.deniedNumbers = numbers.denied;
    this.timeouts = timeouts;
    this.released = released;
    this.expired = expired;
  }

  /** Time never runs backwards. */
  clock(time: bigint): void {
    if (time <= this.now) return;
    this.now = time;
    this.nowTick = tickAt(time);
  }

  /** Takes up to so many due timers and says how many there were. */
  takeDue(most: number): number {
    for (let taken = 0; taken < most; taken++) {
      const entry = this.wheel.take(this.nowTick);
      if (entry === undefined) return taken;
      if (this.isDead(entry)) this.release(entry, true);
      else this.wheel.put(entry, this.deathTick(entry));
    }
    return most;
  }

  /** The live flow of a consumer's tuple; a dead one is released. */
  find(key: string): Flow | undefined {
    const flow = this.live.get(key);
    if (flow === undefined || !this.isDead(flow)) return flow;
    this.release(flow, true);
    return undefined;
  }

  /** The live flow of a provider's tuple; a dead one stays. */
  findByProvider(key: string): Flow | undefined {
    const flow = this.byProvider.get(key);
    return flow === undefined || this.isDead(flow) ? undefined : flow;
  }

  /** The live flow of a consumer's tuple; a dead one stays. */
  see(key: string): Flow | undefined {
    const flow = this.live.get(key);
    return flow === undefined || this.isDead(flow) ? undefined : flow;
  }

  /** The flow of a number, dead or alive. */
  numbered(number: number): Flow | undefined {
    return this.byNumber.get(number);
  }

  /** Whether a flow is dead, which is released then. */
  releasesDead(flow: Flow): boolean {
    const dead = this.isDead(flow);
    if (dead) this.release(flow, true);
    return dead;
  }

  /** Sees to an open flow whose timeouts were changed. */
  retime(flow: Flow): void {
    flow.state = stateOf(flow, this.timeouts);
    this.wheel.advance(flow, this.deathTick(flow));
  }

  /** Whether a consumer's tuple has a live denied flow; a dead one stays. */
  seesDenied(key: string): boolean {
    const denied = this.deniedFlows.get(key);
    return denied !== undefined && !this.isDead(denied);
  }

  /** Whether a consumer's tuple has a flow or a denied flow, dead ones that are not released included. */
  holds(key: string): boolean {
    return this.live.has(key) || this.deniedFlows.has(key);
  }

  /** The live denied flow of a consumer's tuple; a dead one is released. */
  findDenied(key: string): DeniedFlow | undefined {
    const denied = this.deniedFlows.get(key);
    if (denied === undefined || !this.isDead(denied)) return denied;
    this.release(denied, true);
    return undefined;
  }

  add(flow: Flow | DeniedFlow): void {
    if (flow.denied) this.deniedFlows.set(flow.key, flow);
    else {
      this.live.set(flow.key, flow);
      this.byProvider.set(flow.providerKey, flow);
      this.byNumber.set(flow.number, flow);
      this.countClient(flow, 1);
      if (flow.state === "opening") this.enterOpening(flow);
    }
    this.wheel.put(flow, this.deathTick(flow));
  }

  /** Sees to the state after flags were gathered. */
  follow(flow: Flow): void {
    if (flow.toConsumer.flags !== 0) flow.pool.opening.delete(flow);
    const state = stateOf(flow, this.timeouts);
    if (state === flow.state) return;
    if (flow.state === "opening") this.leaveOpening(flow);
    flow.state = state;
    if (state === "opening") this.enterOpening(flow);
    this.wheel.advance(flow, this.deathTick(flow));
  }

  /** Ends a flow. `dead` tells an end by time from one by a packet; `keepsPort`, that its port goes to another flow. */
  release(flow: Flow | DeniedFlow, dead: boolean, keepsPort = false): void {
    this.wheel.remove(flow);
    if (flow.denied) {
      this.deniedFlows.delete(flow.key);
      this.deniedNumbers.release(flow.number);
      return;
    }
    this.released(flow, dead && isOpen(flow));
    this.live.delete(flow.key);
    this.byProvider.delete(flow.providerKey);
    this.byNumber.delete(flow.number);
    this.countClient(flow, -1);
    if (flow.state === "opening") this.leaveOpening(flow);
    if (!keepsPort) flow.pool.release(flow.natPort, this.nowTick);
    this.numbers.release(flow.number);
    if (dead && isOpen(flow)) this.expired(flow);
  }

  /** Flows of a client, dead ones that are not released included. */
  ofClient({ network, client }: Pick<Flow, "network" | "client">): number {
    return this.byClient.get(`${network} ${client}`) ?? 0;
  }

  describe(): FlowOut[] {
    return [...this.live.values(), ...this.deniedFlows.values()]
      .sort((one, other) => one.number - other.number)
      .map(describe);
  }

  /** The flow that has been opening longest. */
  oldestOpening(): Flow | undefined {
    const [oldest] = this.opening;
    return oldest;
  }

  private countClient(flow: Flow, change: number): void {
    this.byClient.set(`${flow.network} ${flow.client}`, this.ofClient(flow) + change);
  }

  private enterOpening(flow: Flow): void {
    this.opening.add(flow);
    if (flow.toConsumer.flags === 0) flow.pool.opening.add(flow);
  }

  private leaveOpening(flow: Flow): void {
    this.opening.delete(flow);
    flow.pool.opening.delete(flow);
  }

  private isDead(flow: Flow | DeniedFlow): boolean {
    return this.now >= deathOf(flow, this.timeouts);
  }

  private deathTick(flow: Flow | DeniedFlow): number {
    return tickAfter(deathOf(flow, this.timeouts));
  }
}
