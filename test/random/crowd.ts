// Traffic that uses NAT ports up: a few clients open flows from all those ports that one slice of the pools serves.
import { addressNumber } from "../../host/config/address.ts";
import { type Configuration, markChecked } from "../../host/config/configuration.ts";
import type { PacketIn } from "../plane.ts";
import { mixOf, pick } from "../reference/mix.ts";
import { randomConfiguration } from "./configuration.ts";
import type { Dice } from "./dice.ts";
import { Traffic } from "./traffic.ts";

const SHARDS = 64;
const SHARD_MARK = 0x5348415244n;
const CLIENTS = ["10.1.0.1", "10.1.0.2", "10.1.0.3"].map(addressNumber);
const NETWORK = "red";
const ENDPOINT = "10.0.0.4";
const PORT = 443;
const TCP = 6n;
const FLAGS = [0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x04, 0x10];

/** Offsets in the packets, which begin with the IPv4 header, in bytes. */
const SOURCE = 12;
const SOURCE_PORT = 20;
const TCP_FLAGS = 33;
/** To the endpoint's port, don't fragment, TTL 64, five words of TCP; checksums as they come. */
const TEMPLATE = "4500002800004000400600000a0100010a000004000001bb0000000100000002500003e800000000";

interface End {
  client: number;
  port: number;
}

/** A random configuration whose slices of ports hold fewer flows than its shards: 1,008 per NAT address and backend. */
export function crowdedConfiguration(dice: Dice): Configuration {
  const configuration = withoutAccess(randomConfiguration(dice));
  const { settings, privateEndpoints, privateLinkServices, loadBalancers } = configuration;
  delete settings.maxFlowsPerClient;
  Object.assign(settings, {
    shards: SHARDS,
    maxFlows: SHARDS * 5000,
    maxDenied: SHARDS * dice.pick([0, 50, 3000]),
  });
  Object.assign(settings.timers, { tcpOpeningSeconds: dice.pick([1, 5]), deniedSeconds: dice.pick([1, 10]) });
  settings.portQuarantineSeconds = dice.pick([0, 1, 3, 120]);
  const endpoint = privateEndpoints.find(
    ({ virtualNetwork, privateIPAddress }) => virtualNetwork === NETWORK && privateIPAddress === ENDPOINT,
  );
  Object.assign(endpoint ?? {}, { privateLinkService: "service-a", connectionState: "Approved" });
  privateLinkServices[0]?.natAddresses.splice(dice.pick([1, 2]));
  for (const { backends } of loadBalancers[0]?.backendAddressPools ?? []) {
    Object.assign(backends[0] ?? {}, { state: "up", weight: 1 });
    backends.splice(dice.pick([1, 2]));
  }
  Object.assign(loadBalancers[0]?.loadBalancingRules[0] ?? {}, { loadDistribution: "SourceIP" });
  return markChecked(configuration);
}

/** Leaves out peerings and rules: every client is to get as far as the ports. */
function withoutAccess(configuration: Configuration): Configuration {
  const { networkSecurityGroups: _, virtualNetworkGateways: __, ...rest } = configuration;
  return {
    ...rest,
    virtualNetworks: configuration.virtualNetworks.map(({ name, vlan }) => ({
      name,
      addressSpace: [],
      ...(vlan === undefined ? {} : { vlan }),
    })),
  };
}

/** Mostly beginnings of flows, a little of all other traffic. */
export class Crowd extends Traffic {
  private readonly chance: Dice;
  private readonly ends: End[];
  private clock = 0n;

  constructor(dice: Dice, { settings }: Configuration) {
    super(dice);
    this.chance = dice;
    this.ends = endsOfShard(settings.seed, dice.below(SHARDS));
  }

  override next(): PacketIn {
    const { chance } = this;
    const longest = chance.chance(99.8) ? 2_000_000 : 4_000_000_000;
    this.clock += BigInt(chance.below(longest));
    if (chance.chance(15)) return { ...super.next(), time: this.clock };
    const { client, port } = chance.pick(this.ends);
    const frame = Uint8Array.from(Buffer.from(TEMPLATE, "hex"));
    const view = new DataView(frame.buffer);
    view.setUint32(SOURCE, client);
    view.setUint16(SOURCE_PORT, port);
    frame[TCP_FLAGS] = chance.pick(FLAGS);
    return { frame, link: "raw", network: NETWORK, side: "consumer", time: this.clock };
  }
}

/** All clients' ports whose flows to the endpoint take their NAT ports from one shard. */
function endsOfShard(seed: number, shard: number): End[] {
  const mix = mixOf(seed);
  const endpoint = BigInt(addressNumber(ENDPOINT)) << 32n;
  const ends: End[] = [];
  for (const client of CLIENTS) {
    for (let port = 0; port < 65536; port++) {
      const low = (TCP << 16n) | (BigInt(port) << 32n) | (BigInt(PORT) << 48n);
      if (pick(mix(low ^ SHARD_MARK, BigInt(client) | endpoint), SHARDS) === shard) ends.push({ client, port });
    }
  }
  return ends;
}
