// The consumer's leg of endpoints, as it is between a client's host and the provider's: requests by the mapping, replies by the flow
// that a request of theirs has made.

import type { Configuration } from "../config/configuration.ts";
import type { LinkName } from "../links.ts";
import { FrameView } from "../replay/frame.ts";
import { MAP_MISS, type Mapping, mappingsOf, RANGE_MISS, type Transform } from "./mapping.ts";
import { type Ends, type LegPacket, legOf } from "./packet.ts";

const NO_VLANS = (): undefined => undefined;

/** What was written of the leg, and what of it was not. */
export interface WireSummary {
  format: "dash";
  toService: number;
  toConsumer: number;
  /** Packets that a redirect map drops, by the names of DASH's counters. */
  drops: Record<typeof MAP_MISS | typeof RANGE_MISS, number>;
  /** Replies whose request is not on the leg. */
  withoutFlow: number;
  /** IPv6, and packets that were held while PROXY headers were put in front of streams: their numbers are not known any more. */
  leftOut: number;
  /** Packets of the provider's leg, which is made of this one. */
  provider: { toService: number; toConsumer: number };
}

/** What a flow's requests and replies become. */
interface Flow {
  request: Ends;
  reply: Ends;
}

/** Makes packets of the leg. */
export class ConsumerLeg {
  readonly summary: WireSummary = {
    format: "dash",
    toService: 0,
    toConsumer: 0,
    drops: { [MAP_MISS]: 0, [RANGE_MISS]: 0 },
    withoutFlow: 0,
    leftOut: 0,
    provider: { toService: 0, toConsumer: 0 },
  };
  private readonly mappings: readonly (Mapping | undefined)[];
  private readonly flows = new Map<string, Flow>();
  private readonly most: number;
  private readonly view = new FrameView();

  constructor(configuration: Configuration) {
    this.mappings = mappingsOf(configuration);
    this.most = configuration.settings.maxFlows;
  }

  /** The packet for a request to an endpoint, by number, as the client sent it; undefined when there is none. */
  request(frame: Uint8Array, link: LinkName, wireLength: number, endpoint: number): LegPacket | undefined {
    const { view, summary } = this;
    const mapping = this.mappings[endpoint];
    if (mapping === undefined) return undefined;
    if (!isIpv4(view, frame, link)) return this.leaveOut(endpoint);
    const flow = this.flowOf(mapping, endpoint);
    if (flow === undefined) return undefined;
    summary.toService++;
    return legOf(view, link === "ethernet", wireLength, flow.request);
  }

  /** The packet for a reply of an endpoint, as the client gets it. */
  reply(frame: Uint8Array, link: LinkName, wireLength: number, endpoint: number): LegPacket | undefined {
    const { view, summary } = this;
    const mapping = this.mappings[endpoint];
    if (mapping === undefined) return undefined;
    if (!isIpv4(view, frame, link)) return this.leaveOut(endpoint);
    const flow = this.flows.get(keyOf(view, endpoint, true));
    if (flow === undefined) {
      summary.withoutFlow++;
      return undefined;
    }
    summary.toConsumer++;
    return legOf(view, link === "ethernet", wireLength, flow.reply);
  }

  /** Counts a forwarded packet that cannot be written. */
  leaveOut(endpoint: number): undefined {
    if (this.mappings[endpoint] !== undefined) this.summary.leftOut++;
  }

  /** The flow of the request in the view, made by its first packet; undefined when the mapping drops it, which is counted. */
  private flowOf(mapping: Mapping, endpoint: number): Flow | undefined {
    const { view } = this;
    const key = keyOf(view, endpoint, false);
    const known = this.flows.get(key);
    if (known !== undefined) return known;
    const transform = mapping.of(view.source, view.destination, view.destinationPort);
    if (typeof transform === "string") {
      this.summary.drops[transform]++;
      return undefined;
    }
    const request = endsOf(mapping, transform, view.sourcePort);
    const flow = { request, reply: turned(request) };
    this.remember(key, flow);
    return flow;
  }

  private remember(key: string, flow: Flow): void {
    if (this.flows.size >= this.most)
      for (const oldest of this.flows.keys()) {
        this.flows.delete(oldest);
        break;
      }
    this.flows.set(key, flow);
  }
}

/** Looks at a frame; whether it is a whole TCP or UDP packet over IPv4, which alone the leg is defined for. */
const isIpv4 = (view: FrameView, frame: Uint8Array, link: LinkName): boolean =>
  view.read(frame, 0, frame.length, link, 0, NO_VLANS) && (frame[view.ip] as number) >> 4 === 4;

function keyOf(view: FrameView, endpoint: number, isReply: boolean): string {
  const { source, destination, sourcePort, destinationPort, protocol } = view;
  return isReply
    ? `${protocol} ${destination}:${destinationPort} ${endpoint}:${sourcePort}`
    : `${protocol} ${source}:${sourcePort} ${endpoint}:${destinationPort}`;
}

function endsOf(mapping: Mapping, transform: Transform, sourcePort: number): Ends {
  const { source, destination, port } = transform;
  return {
    source: bytesOf(source),
    destination: bytesOf(destination),
    sourcePort,
    destinationPort: port,
    outer: mapping.outerOf(transform),
  };
}

function turned({ source, destination, sourcePort, destinationPort, outer }: Ends): Ends {
  return {
    source: destination,
    destination: source,
    sourcePort: destinationPort,
    destinationPort: sourcePort,
    outer: { ...outer, local: outer.remote, remote: outer.local },
  };
}

/** An address of 128 bits. */
function bytesOf(address: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  view.setBigUint64(0, address >> 64n);
  view.setBigUint64(8, BigInt.asUintN(64, address));
  return new Uint8Array(view.buffer);
}
