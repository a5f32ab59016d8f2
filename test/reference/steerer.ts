// Fragments in front of shards, and in them (behaviour 19.5).
import type { Outcome, PacketIn } from "../plane.ts";
import type { Datagram, Passage } from "./datagram.ts";
import {
  dropped,
  expire,
  expiryOf,
  FORWARDED,
  fragmentsFor,
  type OnFragment,
  type Origin,
  passFirst,
  passLater,
} from "./fragments.ts";
import type { Arrival, Path } from "./path.ts";
import { type Common, Shard } from "./shard.ts";
import { shardOfEnds } from "./steering.ts";
import { readTransport, type Transport } from "./transport.ts";

/** What the shard that a fragment goes to is told of it. */
export interface Course {
  shard: number;
  passage: Passage & { refused?: string };
  /** Fragments that were held until this one came. */
  held: Arrival[];
}

/** A verdict that is never given: the packet goes to a shard. */
const GOES_ON = { reason: "" };

export class Steerer extends Shard {
  private readonly courses = new WeakMap<Datagram, Course>();
  private course: Course | undefined;

  constructor(common: Common) {
    const steered = fragmentsFor({
      expired: () => this.go({ shard: 0, passage: {}, held: [] }),
      first: (path, arrival, origin, datagram) => this.first(common, path, arrival, origin, datagram),
      later: (_path, _arrival, _origin, datagram) => this.go({ ...(this.courses.get(datagram) as Course), held: [] }),
      waits: (datagram) => !this.courses.has(datagram),
    });
    super({ ...common, identifies: false }, 0, steered);
  }

  /** What becomes of a fragment here, or where it goes. */
  take(packet: PacketIn): Course | Outcome {
    this.course = undefined;
    this.begin(packet);
    const decision = this.decide(packet);
    return this.course ?? this.outcomeOf(decision);
  }

  private first({ settings, mix }: Common, path: Path, arrival: Arrival, { side }: Origin, datagram: Datagram) {
    const { network, ip, packet } = arrival;
    const { sourcePort, destinationPort } = readTransport(packet.frame, ip) as Transport;
    const source = { address: ip.source, port: sourcePort };
    const destination = { address: ip.destination, port: destinationPort };
    const shard = shardOfEnds({ settings, mix }, { side, network, protocol: ip.protocol, source, destination });
    const held = path.datagrams.letGo(datagram);
    path.counters.moved("awaiting-fragment", -held.length);
    const course = { shard, passage: {}, held };
    this.courses.set(datagram, course);
    return this.go(course);
  }

  private go(course: Course): typeof GOES_ON {
    this.course = course;
    return GOES_ON;
  }
}

/** In a shard: decides on a fragment that came by a course. */
export function courseTaken({ passage, held }: Course): OnFragment {
  return (path, arrival, origin) => {
    if (expiryOf(arrival, origin) !== undefined) return expire(path, arrival, origin);
    if (arrival.ip.fragmentFrom > 0)
      return passage.refused === undefined
        ? passLater(path, arrival, origin, passage)
        : dropped(passage.refused, origin.owner);
    path.counters.moved("awaiting-fragment", held.length);
    const decision = passFirst(path, arrival, origin, passage, held);
    if (!FORWARDED.includes(decision.reason)) passage.refused = decision.reason;
    return decision;
  };
}
