// Which tunnels are opened, and whose network an identifier names.

import {
  TUNNELS_NETWORKS,
  TUNNELS_NETWORK_COUNT,
  TUNNELS_PORTS,
  TUNNELS_PORT_COUNT,
  TUNNELS_TYPES,
  TUNNEL_NETWORK_IDENTIFIER,
  TUNNEL_NETWORK_NUMBER,
  TUNNEL_NETWORK_SIDES,
  TUNNEL_NETWORK_SIZE,
  TUNNEL_PORT_BE,
  TUNNEL_PORT_SIZE,
  TUNNEL_PORT_TYPE,
} from "../abi/tables";
import { TUNNELS } from "../tables";

/** Whether tunnels of a type are opened. */
export function opens(type: u32): bool {
  return ((load<u32>(TUNNELS, TUNNELS_TYPES) >> type) & 1) != 0;
}

/** Type of the tunnels that a UDP port is for, or 0. */
export function tunnelOfPort(portBe: u32): u32 {
  const count = load<u32>(TUNNELS, TUNNELS_PORT_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const entry = TUNNELS + <u32>TUNNELS_PORTS + i * TUNNEL_PORT_SIZE;
    if (<u32>load<u16>(entry, TUNNEL_PORT_BE) == portBe) return <u32>load<u16>(entry, TUNNEL_PORT_TYPE);
  }
  return 0;
}

/** Network that an identifier names on a side, or -1. Identifiers lie in ascending order, none twice. */
export function networkOfIdentifier(side: u32, identifier: u32): i32 {
  let low: u32 = 0;
  let high = load<u32>(TUNNELS, TUNNELS_NETWORK_COUNT);
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = TUNNELS + <u32>TUNNELS_NETWORKS + middle * TUNNEL_NETWORK_SIZE;
    const found = load<u32>(entry, TUNNEL_NETWORK_IDENTIFIER);
    if (found == identifier) {
      if (((<u32>load<u16>(entry, TUNNEL_NETWORK_SIDES) >> side) & 1) == 0) return -1;
      return <i32>load<u16>(entry, TUNNEL_NETWORK_NUMBER);
    }
    if (found < identifier) low = middle + 1;
    else high = middle;
  }
  return -1;
}
