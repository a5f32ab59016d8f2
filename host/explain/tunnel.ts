// The stage that opens tunnels, told.

import * as Abi from "../abi.ts";
import type { TunnelType } from "../config/configuration.ts";
import { tunnelOf } from "../config/tunnels.ts";
import { REASONS } from "../reasons.ts";
import { addressBe } from "./end.ts";
import type { Step, Telling } from "./stage.ts";

/** A tunnel's packet. */
interface TunnelTold {
  type: TunnelType;
  source: string;
  destination: string;
  identifier: number | undefined;
  /** Name of the network that the identifier names. */
  network: string | undefined;
  /** Of what is in it, on the wire. */
  bytes: number;
}

const STAGE = "tunnel";
const TITLES: Record<TunnelType, string> = { vxlan: "VXLAN", geneve: "GENEVE", nvgre: "NVGRE", gre: "GRE" };
const IDENTIFIERS: Record<TunnelType, string> = { vxlan: "VNI", geneve: "VNI", nvgre: "VSID", gre: "key" };

/** What a tunnel that was opened has in it. */
export function openedTunnel(told: TunnelTold): Step {
  const { type, source, destination, identifier, network, bytes } = told;
  const known = identifier === undefined ? "without a key" : `${IDENTIFIERS[type]} ${identifier}`;
  const named = network === undefined ? "" : `, which is network ${network}`;
  const looked = {
    type,
    source,
    destination,
    ...(identifier === undefined ? {} : { identifier }),
    ...(network === undefined ? {} : { network }),
    bytes,
  };
  return {
    stage: STAGE,
    decided: `${TITLES[type]} ${source} > ${destination}, ${known}${named}: opened, ${bytes} bytes in it`,
    looked,
  };
}

/** By stage. */
export const TUNNEL: Record<number, Telling> = {
  [Abi.STAGE_TUNNEL]: {
    stage: STAGE,
    tell(
      [number = 0, source = 0, destination = 0, identifier = 0, network = 0, bytes = 0],
      { names },
      { six, reason },
    ) {
      const type = tunnelOf(number);
      const ends = { source: six[0] ?? addressBe(source), destination: six[1] ?? addressBe(destination) };
      if (reason !== undefined)
        return {
          decided: `${TITLES[type]} ${ends.source} > ${ends.destination}: ${REASONS.find(({ name }) => name === reason)?.sentence ?? ""}`,
          looked: { type, ...ends },
        };
      const known = identifier === Abi.TRACE_NONE ? undefined : identifier;
      const { decided, looked } = openedTunnel({
        type,
        ...ends,
        identifier: known,
        network: names.networks[network],
        bytes,
      });
      return { decided, looked };
    },
  },
};
