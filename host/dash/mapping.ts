// What SONiC-DASH does to the addresses and ports of an endpoint's packets (documentation/private-link-service/private-link-service.md
// and private-link-redirect-map.md of sonic-net/DASH).

import { addressBytes, addressNumber, addressText } from "../config/address.ts";
import { linkIdentifiers } from "../config/approval.ts";
import type { Configuration } from "../config/configuration.ts";
import type { DashMapping } from "../config/dash-mapping.ts";
import { numberOf } from "../config/ipv6.ts";
import { portsOf, type Range as Ports } from "../config/security.ts";
import type { Ends as Outer } from "../encapsulation/outer.ts";
import { madeUpMac } from "../wire/ethernet.ts";
import { VXLAN } from "../wire/tunnel.ts";

const TUNNEL_KEY_MASK = 0xff_ffff;
const TTL = 64;
/** Last bytes of made-up addresses. */
const REMOTE = 3;
const LOCAL = 4;
const ALL_ONES = 2n ** 128n - 1n;

/** Drop counters of the redirect map, by their names there. */
export const MAP_MISS = "OUTBOUND_PORT_MAP_MISS_DROP_PACKETS";
export const RANGE_MISS = "OUTBOUND_PORT_RANGE_ENTRY_MISS_DROP_PACKETS";

/** What a request becomes. */
export interface Transform {
  underlayDestination: number;
  source: bigint;
  destination: bigint;
  port: number;
}

interface Range extends Ports {
  backend: number | undefined;
  matchBase: number;
  backendBase: number;
}

/** One endpoint's. */
export class Mapping {
  private readonly outer: Omit<Outer, "remote">;
  private readonly underlayDestination: number;
  private readonly plSip: bigint;
  private readonly plSipMask: bigint;
  private readonly overlaySip: bigint;
  private readonly overlaySipMask: bigint;
  private readonly overlayDip: bigint;
  private readonly overlayDipMask: bigint;
  private readonly ranges: readonly Range[] | undefined;

  /** `link` is the number of the endpoint's connection. */
  constructor(dash: DashMapping, link: number) {
    this.underlayDestination = addressNumber(dash.underlayDip);
    this.outer = {
      type: dash.encapsulation,
      local: addressBytes(dash.plUnderlaySip),
      localMac: madeUpMac(LOCAL),
      remoteMac: madeUpMac(REMOTE),
      identifier: dash.tunnelKey ?? link & TUNNEL_KEY_MASK,
      port: VXLAN.port,
      ttl: TTL,
      trafficClass: 0,
    };
    this.plSip = numberOf(dash.plSip);
    this.plSipMask = numberOf(dash.plSipMask);
    this.overlaySip = numberOf(dash.overlaySip);
    this.overlaySipMask = numberOf(dash.overlaySipMask);
    this.overlayDip = numberOf(dash.overlayDip);
    this.overlayDipMask = numberOf(dash.overlayDipMask);
    this.ranges = dash.outboundPortMap?.map(({ destinationPorts, backendIP, matchPortBase, backendPortBase }) => {
      const { first, last } = portsOf(destinationPorts) as Ports;
      const matchBase = matchPortBase ?? first;
      const backend = backendIP === undefined ? undefined : addressNumber(backendIP);
      return { first, last, backend, matchBase, backendBase: backendPortBase ?? matchBase };
    });
  }

  /** What becomes of a client's packet to the endpoint, or the counter that its drop counts at. */
  of(client: number, endpoint: number, port: number): Transform | typeof MAP_MISS | typeof RANGE_MISS {
    const source = this.sourceOf(client);
    const { ranges } = this;
    const straight = { underlayDestination: this.underlayDestination, source };
    if (ranges === undefined) return { ...straight, destination: this.destinationOf(endpoint), port };
    if (ranges.length === 0) return MAP_MISS;
    const range = ranges.find(({ first, last }) => first <= port && port <= last);
    if (range === undefined) return RANGE_MISS;
    if (range.backend === undefined) return { ...straight, destination: this.destinationOf(endpoint), port };
    return {
      underlayDestination: range.backend,
      source,
      destination: this.destinationOf(range.backend),
      port: (range.backendBase + port - range.matchBase) & 0xffff,
    };
  }

  /** The tunnel that a request is in. */
  outerOf({ underlayDestination }: Transform): Outer {
    return { ...this.outer, remote: addressBytes(addressText(underlayDestination)) };
  }

  private sourceOf(client: number): bigint {
    const mapped = (BigInt(client) & not(this.overlaySipMask)) | this.overlaySip;
    return (mapped & not(this.plSipMask)) | this.plSip;
  }

  private destinationOf(address: number): bigint {
    return (BigInt(address) & not(this.overlayDipMask)) | (this.overlayDip & this.overlayDipMask);
  }
}

/** Mappings by number of endpoint; undefined for those that have none. */
export function mappingsOf(configuration: Configuration): (Mapping | undefined)[] {
  const links = linkIdentifiers(configuration.privateEndpoints);
  return configuration.privateEndpoints.map(({ dash }, i) =>
    dash === undefined ? undefined : new Mapping(dash, links[i] as number),
  );
}

const not = (mask: bigint): bigint => ALL_ONES ^ mask;
