// A shard of the reference plane: what docs/behaviour.md says of a plane, each with its share of the tables (section 13).
import type { Settings } from "../../host/config/configuration.ts";
import { REASONS } from "../../host/reasons.ts";
import type { CountersOut, EmitOut, FlowOut, Outcome, PacketIn } from "../plane.ts";
import { fromCapture } from "./captured.ts";
import { judgedBefore, judgeNumber } from "./change.ts";
import { fromConsumer } from "./consumer.ts";
import { Counters } from "./counters.ts";
import { Datagrams } from "./datagram.ts";
import type { Flow } from "./flow.ts";
import { Drains } from "./drains.ts";
import { leaveExpired } from "./denial.ts";
import { Flows } from "./flows.ts";
import { type OnFragment, ofFragment } from "./fragments.ts";
import { Holds } from "./hold.ts";
import { leave } from "./inspection.ts";
import { readIpv4 } from "./ipv4.ts";
import { readIpv6 } from "./ipv6.ts";
import { readLink } from "./link.ts";
import type { Mix } from "./mix.ts";
import { Nat } from "./nat.ts";
import { numbersOf } from "./numbers.ts";
import type { Networks } from "./networks.ts";
import type { Decision, Path } from "./path.ts";
import { fromProvider } from "./provider.ts";
import { resetsOf } from "./reset.ts";
import { timeoutsOf } from "./timeouts.ts";
import { opened } from "./tunnel.ts";

const RELEASE_PER_PACKET = 1;
const JUDGE_PER_ADVANCE = 1024;
const VERDICTS = new Map(REASONS.map(({ name, verdict }) => [name, verdict]));

/** What the shards of a plane have in common. */
export interface Common {
  settings: Settings;
  endpoints: readonly string[];
  backends: readonly string[];
  networks: Networks;
  mix: Mix;
  /** Some rule identifies by name. */
  identifies: boolean;
  /** Time to drain, by backend. */
  periods: ReadonlyMap<string, bigint | undefined>;
  /** The first configuration has IPv6. */
  ipv6: boolean;
}

export class Shard {
  private readonly path: Path;
  /** Number that the walk comes to next. */
  private nextJudged = Number.POSITIVE_INFINITY;
  private readonly ipv6: boolean;

  constructor(common: Common, shard: number, onFragment: OnFragment = ofFragment) {
    const { settings, endpoints, backends, networks, mix, identifies, periods, ipv6 } = common;
    this.ipv6 = ipv6;
    const counters = new Counters(endpoints, backends);
    this.path = {
      settings,
      networks,
      flows: new Flows(
        numbersOf(settings, shard),
        timeoutsOf(settings.timers),
        (flow, idledOut) => this.ended(flow, idledOut),
        (flow) => flow.rule.reset && leaveExpired(this.path, flow),
      ),
      nat: new Nat(settings, shard, mix),
      counters,
      datagrams: new Datagrams(counters, settings.timers.fragmentSeconds),
      onFragment,
      holds: new Holds(identifies ? settings.identification.holdSlots : 0),
      drains: new Drains(),
      mix,
      out: [],
      ignoresReset: false,
    };
    this.path.drains.take(periods);
  }

  /** Another configuration is in force. */
  apply({ settings, endpoints, backends, networks, periods }: Common): void {
    const { flows, counters, nat, drains, datagrams } = this.path;
    this.path.settings = settings;
    this.path.networks = networks;
    flows.timeouts = timeoutsOf(settings.timers);
    datagrams.live(settings.timers.fragmentSeconds);
    counters.count(endpoints, backends);
    nat.settle(settings);
    drains.take(periods);
    this.judgeAll();
  }

  private judgeAll(): void {
    const { flows } = this.path;
    flows.epoch++;
    this.nextJudged = flows.numbers.first;
  }

  private clock(time: bigint): void {
    const { flows, drains } = this.path;
    flows.clock(time);
    if (drains.settle(flows.now)) this.judgeAll();
  }

  /** Goes on with the walk over all flows for so many numbers at most. */
  private walk(most: number): void {
    const { numbers } = this.path.flows;
    for (let left = most; left > 0 && this.nextJudged < numbers.end; left--) judgeNumber(this.path, this.nextJudged++);
    if (this.nextJudged >= numbers.end) this.nextJudged = Number.POSITIVE_INFINITY;
  }

  advance(time: bigint): EmitOut[] {
    const { path } = this;
    path.out = [];
    this.clock(time);
    path.datagrams.releaseDead(path.flows.now, Number.POSITIVE_INFINITY);
    this.walk(JUDGE_PER_ADVANCE);
    path.flows.takeDue(Number.POSITIVE_INFINITY);
    return path.out;
  }

  counters(): CountersOut {
    const { counters, nat, holds } = this.path;
    counters.names.holds = holds.size;
    counters.names.holdsPeak = holds.peak;
    return counters.snapshot(nat.counters());
  }

  flows(): FlowOut[] {
    return this.path.flows.describe();
  }

  /** Handles a packet; `onFragment` for one that is a fragment and comes from in front of the shards. */
  handle(packet: PacketIn, onFragment?: OnFragment): Outcome {
    this.begin(packet);
    if (onFragment !== undefined) this.path.onFragment = onFragment;
    return this.outcomeOf(this.decide(packet));
  }

  /** Does what is done before a packet is decided on. */
  protected begin(packet: PacketIn): void {
    const { path } = this;
    path.out = [];
    path.ignoresReset = false;
    this.clock(packet.time);
    path.flows.takeDue(RELEASE_PER_PACKET);
    this.walk(1);
  }

  protected outcomeOf({ reason: decided, flow = -1, droppedAt }: Decision): Outcome {
    const { path } = this;
    const reason = decided === "forwarded" && path.ignoresReset ? "reset-out-of-sequence" : decided;
    path.counters.packet(reason, droppedAt);
    if (reason === "awaiting-name") path.counters.names.held++;
    return { verdict: VERDICTS.get(reason) as Outcome["verdict"], reason, flow, out: path.out };
  }

  protected decide(given: PacketIn): Decision {
    const packet = opened(this.path.settings, this.path.networks, given);
    if (typeof packet === "string") return { reason: packet };
    const { frame, link: linkName, wireLength = frame.length } = packet;
    const link = readLink(linkName, frame);
    if (typeof link === "string") return { reason: link };
    if (link.family === 6 && !this.ipv6) return { reason: "ipv6" };
    const ip = (link.family === 6 ? readIpv6 : readIpv4)(frame, link.length, wireLength);
    if (typeof ip === "string") return { reason: ip };
    if (ip.kind === "neighbour") return { reason: "ipv6" };
    const side = packet.side === "provider" ? "provider" : "consumer";
    const network = this.path.networks.of(link.tags, side, packet.network);
    const arrival = { packet, wireLength, network, ip };
    const judged = judgedBefore(this.path, arrival);
    if (judged !== undefined) return judged;
    if (packet.side === "captured") return fromCapture(this.path, arrival);
    return side === "consumer" ? fromConsumer(this.path, arrival) : fromProvider(this.path, arrival);
  }

  private ended(flow: Flow, idledOut: boolean): void {
    const { counters, out } = this.path;
    counters.released(flow.backend.name);
    leave(this.path, flow);
    if (!idledOut || !flow.rule.reset) return;
    const resets = resetsOf(flow, "timer");
    out.push(...resets);
    counters.generated.reset += resets.length;
  }
}
