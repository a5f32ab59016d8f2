// The reference plane: docs/behaviour.md once more, written for clarity from that page alone. The core is compared with it.
import type { Configuration } from "../../host/config/configuration.ts";
import type { CountersOut, EmitOut, FlowOut, Outcome, PacketIn, PlaneUnderTest } from "../plane.ts";
import { addressesOf, addressOf, isIpv6 } from "./address.ts";
import { sumOf } from "./counters.ts";
import { periodsOf } from "./drains.ts";
import { mixOf } from "./mix.ts";
import { Networks } from "./networks.ts";
import { Roster } from "./roster.ts";
import { servicesOf } from "./service.ts";
import { type Common, Shard } from "./shard.ts";
import { courseTaken, Steerer } from "./steerer.ts";
import { shardOf } from "./steering.ts";

export class ReferencePlane implements PlaneUnderTest {
  private readonly roster = new Roster();
  private ipv6: boolean | undefined;
  private common: Common;
  private readonly shards: readonly Shard[];
  /** In front of several. */
  private readonly steerer: Steerer | undefined;

  /** Takes a checked configuration; `settings.midStream` absent means `drop`. */
  constructor(configuration: Configuration) {
    this.common = this.commonOf(configuration);
    const { shards, fragments } = configuration.settings;
    if (shards > 1 && fragments === "translate") this.steerer = new Steerer(this.common);
    this.shards = Array.from({ length: shards }, (_, shard) => new Shard(this.common, shard));
  }

  apply(configuration: Configuration): void {
    this.common = this.commonOf(configuration);
    for (const shard of this.all) shard.apply(this.common);
  }

  process(packets: PacketIn[]): Outcome[] {
    return packets.map((packet) => this.handle(packet));
  }

  private handle(packet: PacketIn): Outcome {
    const shard = shardOf(this.common, packet);
    if (shard !== "steerer" || this.steerer === undefined)
      return (this.shards[shard === "steerer" ? 0 : shard] as Shard).handle(packet);
    const taken = this.steerer.take(packet);
    return "verdict" in taken ? taken : (this.shards[taken.shard] as Shard).handle(packet, courseTaken(taken));
  }

  private get all(): readonly Shard[] {
    return this.steerer === undefined ? this.shards : [this.steerer, ...this.shards];
  }

  advance(time: bigint): EmitOut[] {
    return this.all.flatMap((shard) => shard.advance(time));
  }

  counters(): CountersOut {
    return sumOf(this.all.map((shard) => shard.counters()));
  }

  flows(): FlowOut[] {
    return this.shards.flatMap((shard) => shard.flows()).sort((one, other) => one.number - other.number);
  }

  private commonOf(given: Configuration): Common {
    const configuration = this.roster.ordered(given);
    const { settings, privateEndpoints } = configuration;
    const mix = mixOf(settings.seed);
    const [backends, services] = servicesOf(configuration, mix);
    this.ipv6 ??= hasIpv6(configuration);
    return {
      settings,
      endpoints: privateEndpoints.map(({ name }) => name),
      backends: [...backends.keys()],
      periods: periodsOf(configuration),
      networks: new Networks(configuration, services),
      mix,
      identifies: configuration.loadBalancers.some(({ loadBalancingRules: rules }) =>
        rules.some(({ identify = "address" }) => identify !== "address"),
      ),
      ipv6: this.ipv6,
    };
  }
}

/** Whether an endpoint, a NAT address or a backend has an IPv6 address. */
function hasIpv6({ privateEndpoints, privateLinkServices, loadBalancers }: Configuration): boolean {
  const backends = loadBalancers.flatMap(({ backendAddressPools }) =>
    backendAddressPools.flatMap((pool) => pool.backends.map(({ address }) => addressOf(address))),
  );
  const natAddresses = privateLinkServices.flatMap((service) => service.natAddresses.map(addressOf));
  return [...privateEndpoints.flatMap(addressesOf), ...natAddresses, ...backends].some(isIpv6);
}
