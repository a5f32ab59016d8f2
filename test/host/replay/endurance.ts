// Captures replayed again and again, each time worse, through configurations whose timers, sizes and PROXY headers change.

import { memorySource } from "../../../host/capture/memory.ts";
import { type Configuration, markChecked } from "../../../host/config/configuration.ts";
import type { Side } from "../../../host/plane.ts";
import type { EndpointAlias } from "../../../host/replay/options.ts";
import { replay } from "../../../host/replay/replay.ts";
import { assert } from "../../kit.ts";
import { Dice } from "../../random/dice.ts";
import { disturbed, type Packets } from "./disturbance.ts";

const SECONDS = [1, 3, 5, 10, 30, 60, 300];

/** The same with timers that end flows in the middle of a capture. */
function withTimers(configuration: Configuration, dice: Dice): Configuration {
  const { settings } = configuration;
  const timers = {
    tcpOpeningSeconds: dice.pick(SECONDS),
    tcpIdleSeconds: dice.pick(SECONDS),
    tcpClosingSeconds: dice.pick(SECONDS),
    tcpResetSeconds: dice.pick(SECONDS),
    udpIdleSeconds: dice.pick(SECONDS),
    deniedSeconds: dice.pick(SECONDS),
    fragmentSeconds: dice.pick(SECONDS),
  };
  return markChecked({ ...configuration, settings: { ...settings, timers, maxFlows: dice.pick([20, 5000]) } });
}

/** The same with PROXY headers of some profile at every service, in networks of some MTU. */
function announcing(configuration: Configuration, dice: Dice): Configuration {
  const mtu = dice.pick([576, 1500, 65_535]);
  const profile = dice.pick(["azure", "aws", "gcp"] as const);
  return markChecked({
    ...configuration,
    virtualNetworks: configuration.virtualNetworks.map((network) => ({ ...network, mtu })),
    privateLinkServices: configuration.privateLinkServices.map((it) => ({ ...it, enableProxyProtocol: true })),
    settings: { ...configuration.settings, profile },
  });
}

/** The same with networks of some MTU that packets may be too big for and SYNs are told of. */
function sized(configuration: Configuration, dice: Dice): Configuration {
  const { settings, virtualNetworks } = configuration;
  const [packetTooBig, clampMss] = [dice.pick(["forward", "drop", "answer"] as const), dice.pick([false, true])];
  return markChecked({
    ...configuration,
    virtualNetworks: virtualNetworks.map((network) => ({ ...network, mtu: dice.pick([576, 1280, 1500]) })),
    settings: { ...settings, packetTooBig, clampMss },
  });
}

/** Replays a capture made worse again and again: what came out right, and the PROXY headers that left. The seed stands in the message of what fails. */
export async function endure(
  packets: Packets,
  configuration: Configuration,
  rounds: number,
  side: Side = "consumer",
  announces = false,
  sizes = false,
  aliases: EndpointAlias[] = [],
): Promise<{ identical: number; headers: number }> {
  let identical = 0;
  let headers = 0;
  for (let seed = 1; seed <= rounds; seed++) {
    const dice = new Dice(seed);
    const input = { file: "disturbed.pcap", source: memorySource(await disturbed(packets, dice)) };
    const timed = withTimers(configuration, dice);
    const announced = announces ? announcing(timed, dice) : timed;
    const given = sizes ? sized(announced, dice) : announced;
    const { replies, generated } = await replay({ configuration: given, inputs: [input], side, aliases });
    assert.is(replies.different, 0, `seed ${seed}: ${JSON.stringify(replies)}`);
    identical += replies.identical;
    headers += generated.proxyHeader;
  }
  return { identical, headers };
}
