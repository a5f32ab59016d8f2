// The families of random traffic that long runs put through core and reference. A round of a family follows from its seed alone.

import type { Configuration } from "../../host/config/configuration.ts";
import { corePlane } from "../core-plane.ts";
import { ReferencePlane } from "../reference/plane.ts";
import { DamagedTraffic, type Example } from "./bytes.ts";
import { Changes } from "./changes.ts";
import { comparePlanes, type PacketSource } from "./compare.ts";
import { randomConfiguration } from "./configuration.ts";
import { Crowd, crowdedConfiguration } from "./crowd.ts";
import { Dice } from "./dice.ts";
import { ipv6Configuration } from "./ipv6-configuration.ts";
import { Ipv6Traffic } from "./ipv6-traffic.ts";
import { MessageTraffic, messageConfiguration } from "./messages.ts";
import { ProxyTraffic, proxyConfiguration } from "./proxy-traffic.ts";
import { Traffic } from "./traffic.ts";

const PACKETS = 16_000;
/** A configuration that changes shows all it has sooner. */
const PACKETS_OF_CHANGES = 8000;
const PACKETS_OF_STREAMS = 1500;
/** NAT ports have to run out first. */
const PACKETS_OF_CROWD = 10_000;
/** Only so often in a hundred is there a crowd, which takes long to bring together. */
const CROWDS = 3;

/** Packets compared, by the reason that they had. */
export type Seen = Record<string, number>;

/** Compares one round; throws at the first difference. */
export type Family = (dice: Dice, example: Example) => Promise<Seen>;

export const FAMILIES: Record<string, Family> = {
  mixed: (dice) => {
    const configuration = randomConfiguration(dice);
    return compared(configuration, new Traffic(dice), dice, PACKETS);
  },
  "both families of addresses": (dice) => {
    const configuration = ipv6Configuration(dice);
    return compared(configuration, new Ipv6Traffic(dice), dice, PACKETS);
  },
  "changing configuration": (dice) => changing(dice),
  "damaged frames": (dice, { configuration, frames }) =>
    compared(configuration, new DamagedTraffic(dice, frames), dice, PACKETS),
  "first messages": (dice) => {
    const configuration = messageConfiguration(dice);
    return compared(configuration, new MessageTraffic(dice, configuration), dice, PACKETS_OF_STREAMS);
  },
  "PROXY headers": (dice) => {
    const configuration = proxyConfiguration(dice);
    return compared(configuration, new ProxyTraffic(dice, configuration), dice, PACKETS_OF_STREAMS);
  },
  "ports that run out": async (dice) => {
    if (!dice.chance(CROWDS)) return {};
    const configuration = crowdedConfiguration(dice);
    return compared(configuration, new Crowd(dice, configuration), dice, PACKETS_OF_CROWD);
  },
};

/** Every family once, each from the same seed; an error says which. */
export async function roundOf(seed: number, example: Example): Promise<Seen> {
  const seen: Seen = {};
  for (const [name, family] of Object.entries(FAMILIES)) {
    const own = await family(new Dice(seed), example).catch((error: unknown) => {
      throw new Error(`${name}, seed ${seed}: core and reference differ.`, { cause: error });
    });
    for (const [reason, packets] of Object.entries(own)) seen[reason] = (seen[reason] ?? 0) + packets;
  }
  return seen;
}

async function compared(
  configuration: Configuration,
  traffic: PacketSource,
  dice: Dice,
  packets: number,
): Promise<Seen> {
  const reference = new ReferencePlane(configuration);
  comparePlanes(await corePlane(configuration), reference, traffic, dice, packets);
  return reference.counters().reasons;
}

async function changing(dice: Dice): Promise<Seen> {
  const changes = new Changes(dice);
  const core = await corePlane(changes.configuration);
  const reference = new ReferencePlane(changes.configuration);
  comparePlanes(core, reference, new Traffic(dice), dice, PACKETS_OF_CHANGES, () => {
    if (!dice.chance(60)) return;
    const configuration = changes.next();
    core.apply(configuration);
    reference.apply(configuration);
  });
  return reference.counters().reasons;
}
