// Which virtual network a tagged frame belongs to (docs/behaviour.md, section 2).

import { VLAN_PAIR_INNER, VLAN_PAIR_NETWORK, VLAN_PAIR_OUTER, VLAN_PAIR_SIDES, VLAN_PAIR_SIZE } from "../abi/tables";
import { VLANS, VLAN_PAIRS, VLAN_PAIR_COUNT } from "../tables";

const IDENTIFIERS: u32 = 4096;

/** Network of frames with one tag, or -1 when no network on this side has that identifier. */
export function networkOfVlan(side: u32, identifier: u32): i32 {
  return <i32>load<u16>(VLANS + ((side * IDENTIFIERS + identifier) << 1)) - 1;
}

/** Network of frames with two tags, or -1. */
export function networkOfPair(side: u32, outer: u32, inner: u32): i32 {
  for (let i: u32 = 0; i < VLAN_PAIR_COUNT; i++) {
    const pair = VLAN_PAIRS + i * VLAN_PAIR_SIZE;
    if (
      <u32>load<u16>(pair, VLAN_PAIR_OUTER) == outer &&
      <u32>load<u16>(pair, VLAN_PAIR_INNER) == inner &&
      ((<u32>load<u16>(pair, VLAN_PAIR_SIDES) >> side) & 1) != 0
    )
      return <i32>load<u16>(pair, VLAN_PAIR_NETWORK);
  }
  return -1;
}
